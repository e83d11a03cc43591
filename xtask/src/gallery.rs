//! Starts the example `gallery` of the crate `load-tools`, which shows every page in each of its states to a browser.
//! The verbs `screenshots` and `audit` use it.

use std::env::consts::EXE_SUFFIX;
use std::path::Path;
use std::process::Command;

use crate::command;
use crate::load_tools::example;

/// The command that starts the gallery. The secret recipe, whose program it runs, is built first.
pub(crate) fn command(root: &Path, target: &Path) -> anyhow::Result<Command> {
    command::run(command::cargo(root).args(["build", "--quiet", "--package", "example-secret-recipe"]))?;
    let recipe = target.join("debug").join(format!("example-secret-recipe{EXE_SUFFIX}"));
    let mut gallery = example(root, "load-tools", "gallery");
    gallery.arg("--recipe").arg(recipe);
    Ok(gallery)
}
