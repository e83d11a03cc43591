//! Runs the W3C's HTML checker on the source of each state.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

/// The checker's errors in the pages of a folder, one a line. Its warnings are printed.
pub(super) fn check(vnu: &Path, sources: &Path) -> anyhow::Result<Vec<String>> {
    let mut java = Command::new("java");
    java.arg("-jar").arg(vnu).args(["--stdout", "--exit-zero-always", "--format", "gnu"]).arg(sources);
    let output = java.output().context("could not run `java`, in Debian's package `default-jre-headless`")?;
    ensure!(output.status.success(), "the W3C's checker failed: {}", String::from_utf8_lossy(&output.stderr));
    let report = String::from_utf8_lossy(&output.stdout);
    let (errors, warnings): (Vec<_>, Vec<_>) = report.lines().map(short).partition(|line| is_error(line));
    for warning in warnings {
        println!("audit: {warning}");
    }
    let count = sources.read_dir()?.count();
    println!("audit: the W3C's checker read {count} pages and found {} error(s)", errors.len());
    Ok(errors)
}

fn is_error(line: &str) -> bool {
    line.contains(": error: ") || line.contains(": error fatal: ") || line.contains(": non-document-error")
}

/// A line of the report without the folder.
fn short(line: &str) -> String {
    let (place, rest) = line.trim_start_matches('"').split_once("\":").unwrap_or((line, ""));
    let file = place.rsplit('/').next().unwrap_or(place);
    if rest.is_empty() { line.to_owned() } else { format!("{file}:{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_and_warning_are_distinguished() {
        let error = short("\"file:/a/b/page.html\":1.2-1.9: error: Stray end tag “p”.");
        assert_eq!(error, "page.html:1.2-1.9: error: Stray end tag “p”.");
        assert!(is_error(&error));
        assert!(!is_error(&short("\"file:/a/page.html\":3.1-3.2: info warning: Trailing slash.")));
    }
}
