//! `cargo xtask screenshots`: pictures of every page of the three services in each of its states, narrow and wide, light
//! and dark. Which states there are is said by the example `gallery` of the crate `load-tools`.

use std::fs;
use std::path::Path;

use crate::{command, gallery};

/// Which states.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the states whose name holds this, such as `triplanned` or `party-full`.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// Takes them into `target/screenshots`. What was there before goes, unless only some are taken.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let target = command::target(root)?;
    let (mut gallery, pictures) = (gallery::open(root, &target)?, target.join("screenshots"));
    match &options.only {
        Some(only) => drop(gallery.args(["--only", only])),
        None if pictures.exists() => fs::remove_dir_all(&pictures)?,
        None => {}
    }
    command::run(gallery.arg("--pictures").arg(pictures))
}
