//! `cargo xtask screenshots`: takes pictures of every page of DinnerParty and two examples in each of its states, at four
//! widths, in light, dark and forced colors. The states are in the example `gallery` of the crate `load-tools`.

use std::fs;
use std::path::Path;

use crate::{command, gallery};

/// Which states.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only states whose name contains this text, such as `triplanned` or `party-full`.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// Takes the pictures into `target/screenshots`. Earlier pictures are removed, unless `--only` is given.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let target = command::target(root)?;
    let (mut gallery, pictures) = (gallery::command(root, &target)?, target.join("screenshots"));
    match &options.only {
        Some(only) => drop(gallery.args(["--only", only])),
        None if pictures.exists() => fs::remove_dir_all(&pictures)?,
        None => {}
    }
    command::run(gallery.arg("--pictures").arg(pictures))
}
