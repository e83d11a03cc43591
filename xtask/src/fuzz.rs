//! `cargo xtask fuzz`: runs the tests of the modules called `fuzz` with as many inputs as one has time for. What they feed
//! to whom stands there; every day, in `cargo xtask test`, each runs a few thousand.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::command;

/// The crates that read what strangers send, and what of them is needed for it.
const READERS: &[&str] =
    &["--package=domain", "--package=auth", "--package=accounts", "--package=http-server", "--features=domain/party"];

/// How many.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many inputs each test is given.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
}

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let mut fuzz = fuzz(root, options);
    let mut cargo = fuzz.stdout(Stdio::piped()).spawn().context("could not run cargo")?;
    let mut said = Vec::new();
    for line in BufReader::new(cargo.stdout.take().context("its output is piped")?).lines() {
        let line = line?;
        println!("{line}");
        said.push(line);
    }
    ensure!(cargo.wait()?.success(), "`{}` failed", command::quoted(&fuzz));
    let crates = READERS.iter().filter(|word| word.starts_with("--package=")).count();
    all_ran(crates, &said)
}

/// A filter that matches nothing is no failure to cargo: a module that is called otherwise would never be missed.
fn all_ran(crates: usize, said: &[String]) -> anyhow::Result<()> {
    let ran = counts(said);
    ensure!(ran.len() == crates && !ran.contains(&0), "each of {crates} crates has tests to run; they ran {ran:?}");
    Ok(())
}

/// How many tests each crate ran, as libtest says it.
fn counts(said: &[String]) -> Vec<usize> {
    let count = |line: &String| line.strip_prefix("running ")?.split_once(" test")?.0.parse().ok();
    said.iter().filter_map(count).collect()
}

/// Optimized, but with overflows checked: see the profile in the top `Cargo.toml`.
fn fuzz(root: &Path, options: &Options) -> Command {
    let mut cargo = command::cargo(root);
    cargo.env("PROPTEST_CASES", options.cases.to_string());
    cargo.args(["test", "--profile=fuzz", "--lib"]).args(READERS).args(["--", "fuzz::"]);
    cargo
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn as_many_inputs_are_run_as_were_asked_for() {
        let fuzz = fuzz(Path::new("."), &Options { cases: 7 });

        let cases = fuzz.get_envs().find(|(name, _)| *name == "PROPTEST_CASES");
        assert_eq!(cases, Some((OsStr::new("PROPTEST_CASES"), Some(OsStr::new("7")))));
    }

    fn said(text: &str) -> Vec<String> {
        text.lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn tests_are_counted_by_what_their_programs_say() {
        let said =
            said("\nrunning 1 test\ntest csrf::fuzz::any ... ok\n\nrunning 0 tests\n\nrunning 12 tests\nrunning late");

        assert_eq!(counts(&said), [1, 0, 12]);
    }

    #[test]
    fn a_crate_without_a_test_to_run_fails_it() {
        assert!(all_ran(2, &said("running 1 test\nrunning 12 tests")).is_ok());
        assert!(all_ran(2, &said("running 1 test\nrunning 0 tests")).is_err());
        assert!(all_ran(2, &said("running 1 test")).is_err(), "one did not run at all");
    }
}
