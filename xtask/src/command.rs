//! Runs other programs, above all cargo.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use cargo_metadata::MetadataCommand;

/// The cargo that runs this program, in `root`.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    // `cargo run` sets variables about xtask's own package. Build scripts that watch one of them, as ring's does, would
    // run again whenever cargo is called by xtask and then by hand.
    for (name, _) in env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// The folder that cargo builds into: `target`, unless the environment or cargo's settings name another.
pub(crate) fn target(root: &Path) -> anyhow::Result<PathBuf> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec().context("cargo metadata failed")?;
    Ok(metadata.target_directory.into_std_path_buf())
}

/// Whether cargo builds the workspace incrementally there already, as it does by hand.
///
/// A first build takes a sixth less processor time without the files for the next one. Cargo compiles the workspace again
/// when that changes, so a folder that is built by hand stays incremental.
pub(crate) fn is_incremental(root: &Path) -> anyhow::Result<bool> {
    let units = fs::read_dir(target(root)?.join("debug").join("incremental")).into_iter().flatten().flatten();
    Ok(units.into_iter().any(|unit| !unit.file_name().to_string_lossy().starts_with("xtask-")))
}

/// Runs a command to its end, with this program's output.
///
/// # Errors
/// It cannot be run, or it fails; the error quotes the command.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("could not run `{}`", quoted(command)))?;
    ensure!(status.success(), "`{}` failed ({status})", quoted(command));
    Ok(())
}

/// The command as it would be typed.
pub(crate) fn quoted(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words: Vec<_> = [program].into_iter().chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    words.join(" ")
}
