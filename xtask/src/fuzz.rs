//! `cargo xtask fuzz`: runs the tests of the modules called `fuzz` with as many inputs as one has time for. What they feed
//! to whom stands there; every day, in `cargo xtask test`, each runs a few thousand.

use std::path::Path;
use std::process::Command;

use crate::command;

/// The crates that read what strangers send, and what of them is needed for it.
const READERS: &[&str] = &["--package=domain", "--package=auth", "--package=accounts", "--features=domain/party"];

/// How many.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many inputs each test is given.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
}

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    command::run(&mut fuzz(root, options))
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
}
