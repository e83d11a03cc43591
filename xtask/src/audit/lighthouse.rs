//! Lighthouse over a page: accessibility and best practices at once, performance as the median of several runs.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// A page as somebody sees it.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) cookies: String,
}

/// The program, and the browser it looks through.
pub(super) struct Lighthouse {
    pub(super) script: PathBuf,
    pub(super) browser: PathBuf,
}

/// How often each page is measured.
pub(super) type Runs = NonZeroU32;

/// How often a run is begun that does not end.
const TRIES: u32 = 3;

/// The least that each may come to, of 100.
const LEAST: [(&str, u32); 3] = [("accessibility", 100), ("best-practices", 100), ("performance", 95)];

/// Measures a page, prints how it fared, and gives what is below the least or shifts its layout.
pub(super) fn measure(lighthouse: &Lighthouse, page: &Page, runs: Runs) -> anyhow::Result<Vec<String>> {
    let first = lighthouse.run(page, "accessibility,best-practices,performance")?;
    let mut performances = vec![score(&first, "performance")?];
    for _ in 1..runs.get() {
        performances.push(score(&lighthouse.run(page, "performance")?, "performance")?);
    }
    let scores = [score(&first, LEAST[0].0)?, score(&first, LEAST[1].0)?, median(&mut performances)];
    let shift = first["audits"]["cumulative-layout-shift"]["numericValue"].as_f64().context("no layout shift")?;
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
    /// One run; it is begun again where Lighthouse itself trips, as it does now and then on a machine that is busy.
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
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "Lighthouse failed: {}", told.trim());
        let result: Value = serde_json::from_slice(&output.stdout).context("Lighthouse told no JSON")?;
        let error = &result["runtimeError"]["message"];
        ensure!(error.is_null(), "Lighthouse saw nothing: {error}");
        Ok(result)
    }
}

/// A category's score, of 100.
fn score(result: &Value, category: &str) -> anyhow::Result<u32> {
    let score = result["categories"][category]["score"].as_f64();
    let score = score.with_context(|| format!("Lighthouse gives no score for {category}"))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 100")]
    Ok((score * 100.0).round() as u32)
}

fn median(scores: &mut [u32]) -> u32 {
    scores.sort_unstable();
    scores[scores.len() / 2]
}

fn below(name: &str, scores: [u32; 3]) -> Vec<String> {
    let poor = LEAST.iter().zip(scores).filter(|((_, least), score)| score < least);
    poor.map(|((category, least), score)| format!("{name}: {category} is {score}; {least} is the least")).collect()
}

/// The checks of accessibility and best practices that count and are not passed.
fn failed(result: &Value) -> Vec<String> {
    let mut failed = Vec::new();
    for (category, _) in &LEAST[..2] {
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
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(&mut [100, 90, 99, 98, 70]), 98);
        assert_eq!(median(&mut [97]), 97);
    }

    #[test]
    fn a_page_below_the_least_is_told_and_one_at_it_passes() {
        assert_eq!(below("home", [100, 100, 95]), [""; 0]);
        let told = ["home: accessibility is 99; 100 is the least", "home: performance is 94; 95 is the least"];
        assert_eq!(below("home", [99, 100, 94]), told);
    }

    #[test]
    fn only_a_check_that_counts_is_told() {
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
