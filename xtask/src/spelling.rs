//! `cargo xtask spelling`: runs `typos` on every file of the repository. Its settings, with American English as the
//! locale, are in `.typos.toml`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::command;

/// The crate `typos-cli`, which cargo installs below the target folder.
const VERSION: &str = "1.52.0";

/// Installs `typos` if this version is not installed yet, and runs it.
///
/// The dev profile without debug information: 90 s of processor time for building it once, instead of 180 s in the
/// release profile, while a run takes 2 s instead of 0.2 s.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let folder = command::target(root)?.join("tools");
    let typos = folder.join("bin").join(format!("typos{}", std::env::consts::EXE_SUFFIX));
    if !is_installed(&typos) {
        println!("spelling: installing typos-cli {VERSION}");
        let mut install = command::cargo(root);
        install.env("CARGO_PROFILE_DEV_DEBUG", "0").args(["install", "--quiet", "--locked", "--debug", "--force"]);
        command::run(install.args(["typos-cli", "--version", &format!("={VERSION}"), "--root"]).arg(&folder))?;
        ensure!(is_installed(&typos), "cargo installed another version of typos-cli than {VERSION}");
    }
    command::run(Command::new(&typos).current_dir(root)).context("spelling mistakes, or names for `.typos.toml`")?;
    println!("spelling: no mistakes");
    Ok(())
}

fn is_installed(typos: &PathBuf) -> bool {
    let output = Command::new(typos).arg("--version").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == format!("typos-cli {VERSION}"))
}
