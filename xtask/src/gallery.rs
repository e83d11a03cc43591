//! The example `gallery` of the crate `load-tools`, which shows every page in each of its states: how it is built and started.
//! What is done with it is the verbs'.

use std::env::consts::EXE_SUFFIX;
use std::path::Path;
use std::process::Command;

use crate::command;

/// The gallery, about to be started. The recipe, which is a program and no crate, is built for it.
pub(crate) fn open(root: &Path, target: &Path) -> anyhow::Result<Command> {
    command::run(command::cargo(root).args(["build", "--quiet", "--package", "example-secret-recipe"]))?;
    let recipe = target.join("debug").join(format!("example-secret-recipe{EXE_SUFFIX}"));
    let mut gallery = command::cargo(root);
    gallery.args(["run", "--quiet", "--package", "load-tools", "--example", "gallery", "--", "--recipe"]).arg(recipe);
    Ok(gallery)
}
