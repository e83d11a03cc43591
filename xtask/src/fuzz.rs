//! `cargo xtask fuzz`: runs the property tests in modules called `fuzz` with many more cases than `cargo xtask test`
//! does, which runs a few thousand of each.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::command;

/// The crates that parse input from clients, and the features that they need.
const CRATES: &[&str] = &[
    "--package=accounts-domain",
    "--package=accounts-auth",
    "--package=accounts",
    "--package=accounts-http-server",
    "--features=accounts-domain/party",
];

/// How many cases.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many cases each test runs.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
}

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let mut fuzz = fuzz(root, options);
    let mut cargo = fuzz.stdout(Stdio::piped()).spawn().context("could not run cargo")?;
    let mut output = Vec::new();
    for line in BufReader::new(cargo.stdout.take().context("its output is piped")?).lines() {
        let line = line?;
        println!("{line}");
        output.push(line);
    }
    ensure!(cargo.wait()?.success(), "`{}` failed", command::quoted(&fuzz));
    let crates = CRATES.iter().filter(|word| word.starts_with("--package=")).count();
    ensure_all_ran(crates, &output)
}

/// Fails where a crate ran no test: to cargo, a filter that matches no test is a success.
fn ensure_all_ran(crates: usize, output: &[String]) -> anyhow::Result<()> {
    let ran = test_counts(output);
    ensure!(ran.len() == crates && !ran.contains(&0), "each of {crates} crates must run tests; they ran {ran:?}");
    Ok(())
}

/// How many tests each crate ran, from libtest's output.
fn test_counts(output: &[String]) -> Vec<usize> {
    let count = |line: &String| line.strip_prefix("running ")?.split_once(" test")?.0.parse().ok();
    output.iter().filter_map(count).collect()
}

/// In a profile with optimization and overflow checks, see the top `Cargo.toml`.
fn fuzz(root: &Path, options: &Options) -> Command {
    let mut cargo = command::cargo(root);
    cargo.env("PROPTEST_CASES", options.cases.to_string());
    cargo.args(["test", "--profile=fuzz", "--lib"]).args(CRATES).args(["--", "fuzz::"]);
    cargo
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn number_of_cases_is_passed_on() {
        let fuzz = fuzz(Path::new("."), &Options { cases: 7 });

        let cases = fuzz.get_envs().find(|(name, _)| *name == "PROPTEST_CASES");
        assert_eq!(cases, Some((OsStr::new("PROPTEST_CASES"), Some(OsStr::new("7")))));
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn tests_are_counted_from_output_of_libtest() {
        let output =
            lines("\nrunning 1 test\ntest csrf::fuzz::any ... ok\n\nrunning 0 tests\n\nrunning 12 tests\nrunning late");

        assert_eq!(test_counts(&output), [1, 0, 12]);
    }

    #[test]
    fn crate_without_tests_is_an_error() {
        assert!(ensure_all_ran(2, &lines("running 1 test\nrunning 12 tests")).is_ok());
        assert!(ensure_all_ran(2, &lines("running 1 test\nrunning 0 tests")).is_err());
        assert!(ensure_all_ran(2, &lines("running 1 test")).is_err(), "one crate did not run");
    }
}
