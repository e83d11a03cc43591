//! Runs Lighthouse on a page: accessibility and best practices once, performance as the median of several runs.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// A page, and the cookies of the client that opens it.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) cookies: String,
}

/// The script, and the browser that it uses.
pub(super) struct Lighthouse {
    pub(super) script: PathBuf,
    pub(super) browser: PathBuf,
}

/// How often each page is measured.
pub(super) type Runs = NonZeroU32;

/// How often a run is tried: Lighthouse itself fails now and then on a busy machine.
const TRIES: u32 = 3;

/// The lowest acceptable score of each category, of 100.
const MINIMUM_SCORES: [(&str, u32); 3] = [("accessibility", 100), ("best-practices", 100), ("performance", 95)];

/// Measures a page and prints its scores. Returns low scores, layout shifts and failed checks.
pub(super) fn measure(lighthouse: &Lighthouse, page: &Page, runs: Runs) -> anyhow::Result<Vec<String>> {
    let first = lighthouse.run(page, "accessibility,best-practices,performance")?;
    let mut performances = vec![score(&first, "performance")?];
    for _ in 1..runs.get() {
        performances.push(score(&lighthouse.run(page, "performance")?, "performance")?);
    }
    let scores = [score(&first, MINIMUM_SCORES[0].0)?, score(&first, MINIMUM_SCORES[1].0)?, median(&mut performances)];
    let shift = first["audits"]["cumulative-layout-shift"]["numericValue"]
        .as_f64()
        .context("Lighthouse reports no layout shift")?;
    println!(
        "audit: {:<34} {:>4} {:>4} {:>4}  of {performances:?}, shift {shift}",
        page.name, scores[0], scores[1], scores[2]
    );
    let mut findings = below(&page.name, scores);
    if shift > 0.0 {
        findings.push(format!("{}: its layout shifts by {shift}", page.name));
    }
    findings.extend(failed(&first).into_iter().map(|audit| format!("{}: Lighthouse {audit}", page.name)));
    Ok(findings)
}

impl Lighthouse {
    /// One run, repeated where Lighthouse itself fails.
    fn run(&self, page: &Page, categories: &str) -> anyhow::Result<Value> {
        let mut tried = self.try_run(page, categories);
        for _ in 1..TRIES {
            if tried.is_err() {
                tried = self.try_run(page, categories);
            }
        }
        tried
    }

    fn try_run(&self, page: &Page, categories: &str) -> anyhow::Result<Value> {
        let mut node = Command::new("node");
        node.arg(&self.script).args([page.url.as_str(), "--output=json", "--output-path=stdout", "--quiet"]);
        node.arg(format!("--only-categories={categories}")).arg("--no-enable-error-reporting");
        node.arg("--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage");
        if !page.cookies.is_empty() {
            node.arg(format!("--extra-headers={}", serde_json::json!({ "Cookie": page.cookies })));
        }
        let output = node.env("CHROME_PATH", &self.browser).output().context("could not run `node`")?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "Lighthouse failed: {}", stderr.trim());
        let result: Value = serde_json::from_slice(&output.stdout).context("Lighthouse printed no JSON")?;
        let error = &result["runtimeError"]["message"];
        ensure!(error.is_null(), "Lighthouse could not load the page: {error}");
        Ok(result)
    }
}

/// A category's score, of 100.
fn score(result: &Value, category: &str) -> anyhow::Result<u32> {
    let score = result["categories"][category]["score"].as_f64();
    let score = score.with_context(|| format!("Lighthouse reports no score for {category}"))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    Ok((score * 100.0).round() as u32)
}

fn median(scores: &mut [u32]) -> u32 {
    scores.sort_unstable();
    scores[scores.len() / 2]
}

fn below(name: &str, scores: [u32; 3]) -> Vec<String> {
    let low = MINIMUM_SCORES.iter().zip(scores).filter(|((_, minimum), score)| score < minimum);
    low.map(|((category, minimum), score)| format!("{name}: {category} is {score}; the minimum is {minimum}")).collect()
}

/// The failed checks of accessibility and best practices that count for the score.
fn failed(result: &Value) -> Vec<String> {
    let mut failed = Vec::new();
    for (category, _) in &MINIMUM_SCORES[..2] {
        for reference in result["categories"][category]["auditRefs"].as_array().into_iter().flatten() {
            let audit = &result["audits"][reference["id"].as_str().unwrap_or_default()];
            if reference["weight"].as_f64() > Some(0.0) && audit["score"].as_f64().is_some_and(|score| score < 1.0) {
                failed.push(format!("{category}: {} {}", audit["title"], audit["details"]["items"]));
            }
        }
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn median_is_the_middle_score() {
        assert_eq!(median(&mut [100, 90, 99, 98, 70]), 98);
        assert_eq!(median(&mut [97]), 97);
    }

    #[test]
    fn score_below_its_minimum_is_reported() {
        assert_eq!(below("home", [100, 100, 95]), [""; 0]);
        let reported = ["home: accessibility is 99; the minimum is 100", "home: performance is 94; the minimum is 95"];
        assert_eq!(below("home", [99, 100, 94]), reported);
    }

    #[test]
    fn only_failed_checks_that_count_are_reported() {
        let references =
            json!([{ "id": "label", "weight": 1 }, { "id": "hint", "weight": 0 }, { "id": "fine", "weight": 1 }]);
        let result = json!({
            "categories": { "accessibility": { "score": 0.995, "auditRefs": references } },
            "audits": { "label": { "title": "No label", "score": 0 }, "hint": { "score": 0 }, "fine": { "score": 1 } },
        });
        assert_eq!(failed(&result), ["accessibility: \"No label\" null"]);
        assert_eq!(score(&result, "accessibility").unwrap(), 100);
        assert!(score(&result, "performance").is_err());
    }
}
