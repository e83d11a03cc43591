//! `cargo xtask test`: every check there is, in order, the quick ones first; the first that fails ends it. What the
//! tests need of the system is in `needs`; counting what ran is in `tally`.

mod needs;
mod tally;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::{command, layers, tidy};

/// The features that clippy, rustdoc and the tests share: all, so that each dependency is compiled twice at most (once
/// to be checked, once to be run).
const EVERYTHING: &[&str] = &["--workspace", "--all-features"];

/// Crates that must build on their own, with these arguments: a build of the whole workspace adds up everybody's
/// features, and would hide that a crate needs a feature it does not ask for, or that Party or Poem is forced on
/// whoever asked for neither.
const ALONE: &[&[&str]] = &[
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
    step("needs", needs::provide)?;
    step("format", || command::run(command::cargo(root).args(["fmt", "--all", "--check"])))?;
    step("tidy", || tidy::run(root))?;
    step("layers", || layers::run(root))?;
    step("clippy", || command::run(clippy(root).args(EVERYTHING).args(["--all-targets", "--", "-D", "warnings"])))?;
    step("features", || {
        ALONE.iter().try_for_each(|alone| command::run(clippy(root).args(*alone).args(["--", "-D", "warnings"])))
    })?;
    step("docs", || {
        let mut doc = command::cargo(root);
        command::run(doc.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--quiet", "--no-deps"]).args(EVERYTHING))
    })?;
    step("alone", || {
        let alone = ["test", "--quiet", "--package", "accounts", "--no-default-features", "--doc"];
        command::run(command::cargo(root).args(alone)) // to register and to log in needs no Poem, and is shown so
    })?;
    let passed = step("tests", || tally::run(command::cargo(root).arg("test").args(EVERYTHING)))?;
    println!("tests: {passed}");
    println!("xtask: everything is in order, after {}", words(start.elapsed()));
    Ok(())
}

fn clippy(root: &Path) -> Command {
    let mut cargo = command::cargo(root);
    cargo.args(["clippy", "--quiet"]);
    cargo
}

/// Runs one step, telling its name before and its time after.
fn step<T>(name: &str, check: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    println!("xtask: {name} …");
    let start = Instant::now();
    let done = check().with_context(|| format!("the step `{name}` failed"))?;
    println!("xtask: {name} done in {}", words(start.elapsed()));
    Ok(done)
}

/// `12.3 s`, or `4 min 5 s`.
fn words(time: Duration) -> String {
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
    fn a_step_that_fails_is_named() {
        let failed = step("layers", || -> anyhow::Result<()> { bail!("web depends on auth") });

        assert_eq!(format!("{:#}", failed.unwrap_err()), "the step `layers` failed: web depends on auth");
    }

    #[test]
    fn a_time_is_told_in_seconds_and_then_in_minutes() {
        assert_eq!(
            [59_900, 60_000, 185_000].map(|ms| words(Duration::from_millis(ms))),
            ["59.9 s", "1 min 0 s", "3 min 5 s"]
        );
    }
}
