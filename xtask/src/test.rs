//! `cargo xtask test`: runs every check, the quick ones first, and stops at the first that fails. Programs that the
//! tests need are in `prerequisites`; counting the tests is in `test_counts`.

mod prerequisites;
mod test_counts;

use std::env;
use std::path::Path;
use std::process::Command;
use std::thread::{self, ScopedJoinHandle, available_parallelism};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};

use self::test_counts::TestCounts;
use crate::{command, layers, package, spelling, tidy};

/// The packages and features for clippy, rustdoc and the tests.
///
/// They are the same, so that each dependency is compiled at most twice: once to be checked, once to be run.
const WHOLE_WORKSPACE: &[&str] = &["--workspace", "--all-features"];

/// Crates that are also checked on their own.
///
/// A build of the whole workspace unifies features, and would hide that a crate needs a feature which its manifest does
/// not enable, or that it forces Party or Poem on its users.
const STANDALONE_BUILDS: &[&[&str]] = &[
    &["--package", "accounts-domain", "--no-default-features"],
    &["--package", "accounts-auth"],
    &["--package", "accounts"],
    &["--package", "accounts", "--no-default-features"],
    &["--package", "accounts-store", "--no-default-features"],
    &["--package", "accounts-http-server"],
    &["--package", "example-secret-recipe"],
    &["--package", "example-triplanned"],
    &["--package", "example-book-club"],
];

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let start = Instant::now();
    let cargo = Cargo { root, is_incremental: command::is_incremental(root)? };
    step("prerequisites", prerequisites::install)?;
    step("format", || command::run(command::cargo(root).args(["fmt", "--all", "--check"])))?;
    step("tidy", || tidy::run(root))?;
    step("layers", || layers::run(root))?;
    // The spelling checker is compiled first, in a target folder of its own. That fills the cores where a crate of the
    // workspace is compiled alone, since all others depend on it.
    thread::scope(|scope| {
        let mut spelling = Some(scope.spawn(|| step("spelling", || spelling::run(root))));
        for check in [clippy, features, packages, docs] {
            check(cargo)?;
            if let Some(checked) = spelling.take_if(|spelling| spelling.is_finished()) {
                join(checked)?;
            }
        }
        spelling.map_or(Ok(()), join)
    })?;
    let passed = step("tests", || {
        let mut passed = TestCounts::default();
        // Without the examples: clippy has checked them, and linking them takes a minute.
        passed.run(cargo.test().arg("--tests"))?;
        passed.run(cargo.test().arg("--doc"))?;
        Ok(passed)
    })?;
    println!("tests: {passed}");
    println!("xtask: all checks passed in {}", duration(start.elapsed()));
    Ok(())
}

fn join(check: ScopedJoinHandle<'_, anyhow::Result<()>>) -> anyhow::Result<()> {
    check.join().map_err(|_| anyhow!("a step panicked"))?
}

/// Cargo in this repository.
#[derive(Clone, Copy)]
struct Cargo<'a> {
    root: &'a Path,
    is_incremental: bool,
}

impl Cargo<'_> {
    fn command(self) -> Command {
        let mut cargo = command::cargo(self.root);
        if !self.is_incremental {
            cargo.env("CARGO_INCREMENTAL", "0");
        }
        cargo
    }

    fn clippy(self, selected: &[&[&str]]) -> anyhow::Result<()> {
        command::run(self.command().args(["clippy", "--quiet"]).args(selected.concat()).args(["--", "-D", "warnings"]))
    }

    /// `cargo test` of the whole workspace, with two tests at a time for each core: most wait for a database, a browser
    /// or a timeout half of their time.
    fn test(self) -> Command {
        let mut cargo = self.command();
        cargo.arg("test").args(WHOLE_WORKSPACE);
        if env::var_os("RUST_TEST_THREADS").is_none() {
            let cores = available_parallelism().map_or(2, usize::from);
            cargo.env("RUST_TEST_THREADS", (2 * cores).to_string());
        }
        cargo
    }
}

fn clippy(cargo: Cargo<'_>) -> anyhow::Result<()> {
    step("clippy", || cargo.clippy(&[WHOLE_WORKSPACE, &["--all-targets"]]))
}

fn features(cargo: Cargo<'_>) -> anyhow::Result<()> {
    step("features", || STANDALONE_BUILDS.iter().try_for_each(|build| cargo.clippy(&[build])))
}

fn packages(cargo: Cargo<'_>) -> anyhow::Result<()> {
    step("packages", || package::run(cargo.root))
}

fn docs(cargo: Cargo<'_>) -> anyhow::Result<()> {
    step("docs", || {
        let mut doc = cargo.command();
        command::run(doc.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--quiet", "--no-deps"]).args(WHOLE_WORKSPACE))
    })
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
