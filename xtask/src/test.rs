//! `cargo xtask test`: runs every check, the quick ones first, and stops at the first that fails. Programs that the
//! tests need are in `prerequisites`; counting the tests is in `test_counts`.

mod prerequisites;
mod test_counts;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::{command, layers, spelling, tidy};

/// The packages and features for clippy, rustdoc and the tests.
///
/// They are the same, so that each dependency is compiled at most twice: once to be checked, once to be run.
const WHOLE_WORKSPACE: &[&str] = &["--workspace", "--all-features"];

/// Crates that are also checked on their own.
///
/// A build of the whole workspace unifies features, and would hide that a crate needs a feature which its manifest does
/// not enable, or that it forces Party or Poem on its users.
const STANDALONE_BUILDS: &[&[&str]] = &[
    &["--package", "domain", "--no-default-features"],
    &["--package", "auth"],
    &["--package", "accounts"],
    &["--package", "accounts", "--no-default-features"],
    &["--package", "store", "--no-default-features"],
    &["--package", "http-server"],
    &["--package", "example-secret-recipe"],
    &["--package", "example-triplanned"],
];

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let start = Instant::now();
    step("prerequisites", prerequisites::install)?;
    step("format", || command::run(command::cargo(root).args(["fmt", "--all", "--check"])))?;
    step("spelling", || spelling::run(root))?;
    step("tidy", || tidy::run(root))?;
    step("layers", || layers::run(root))?;
    step("clippy", || {
        command::run(clippy(root).args(WHOLE_WORKSPACE).args(["--all-targets", "--", "-D", "warnings"]))
    })?;
    step("features", || {
        STANDALONE_BUILDS
            .iter()
            .try_for_each(|build| command::run(clippy(root).args(*build).args(["--", "-D", "warnings"])))
    })?;
    step("docs", || {
        let mut doc = command::cargo(root);
        command::run(doc.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--quiet", "--no-deps"]).args(WHOLE_WORKSPACE))
    })?;
    let passed = step("tests", || test_counts::run(command::cargo(root).arg("test").args(WHOLE_WORKSPACE)))?;
    println!("tests: {passed}");
    println!("xtask: all checks passed in {}", duration(start.elapsed()));
    Ok(())
}

fn clippy(root: &Path) -> Command {
    let mut cargo = command::cargo(root);
    cargo.args(["clippy", "--quiet"]);
    cargo
}

/// Runs one step, and prints its name before and its duration after.
fn step<T>(name: &str, check: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    println!("xtask: {name} …");
    let start = Instant::now();
    let done = check().with_context(|| format!("the step `{name}` failed"))?;
    println!("xtask: {name} passed in {}", duration(start.elapsed()));
    Ok(done)
}

/// `12.3 s`, or `4 min 5 s`.
fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn failed_step_is_named() {
        let failed = step("layers", || -> anyhow::Result<()> { bail!("web depends on auth") });

        assert_eq!(format!("{:#}", failed.unwrap_err()), "the step `layers` failed: web depends on auth");
    }

    #[test]
    fn duration_from_a_minute_on_is_in_minutes() {
        assert_eq!(
            [59_900, 60_000, 185_000].map(|ms| duration(Duration::from_millis(ms))),
            ["59.9 s", "1 min 0 s", "3 min 5 s"]
        );
    }
}
