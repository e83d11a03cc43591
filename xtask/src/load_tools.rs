//! What the verbs that start an example of `load-tools` share: the program under test, the example, and a seeded
//! database.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::command;

/// Which program is tested.
#[derive(clap::Args)]
pub(crate) struct ProgramOptions {
    /// Tests this program, which is built already, instead of building one.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Builds the program in the release profile, and not in the dev profile, in which the tests have built it already.
    #[arg(long, conflicts_with = "program")]
    release: bool,
}

impl ProgramOptions {
    /// The path of the program `dinnerparty`, which is built first unless a path was given.
    pub(crate) fn provide(&self, root: &Path) -> anyhow::Result<PathBuf> {
        if let Some(program) = &self.program {
            return std::path::absolute(program).with_context(|| format!("no path: {}", program.display()));
        }
        let mut build = command::cargo(root);
        build.args(["build", "--package", "web", "--bin", "dinnerparty"]);
        if self.release {
            build.arg("--release");
        }
        command::run(&mut build)?;
        let profile = if self.release { "release" } else { "debug" };
        Ok(command::target(root)?.join(profile).join("dinnerparty"))
    }
}

/// Runs an example in the dev profile: what is measured is the program under test.
pub(crate) fn example(root: &Path, package: &str, name: &str) -> Command {
    let mut run = command::cargo(root);
    run.args(["run", "--quiet", "--package", package, "--example", name, "--"]);
    run
}

/// A new SQLite database with seeded users and parties, removed when it is dropped.
pub(crate) struct SeededDatabase {
    folder: PathBuf,
}

impl SeededDatabase {
    /// Fills it by the example `seed` of the crate `web`.
    pub(crate) fn new(root: &Path, users: u32, parties: u32) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("load-tools-{}", std::process::id()));
        std::fs::create_dir(&folder).context("could not create a folder for the database")?;
        let database = Self { folder };
        let mut seed = example(root, "web", "seed");
        seed.args(["--database", &database.url(), &format!("--users={users}"), &format!("--parties={parties}")]);
        command::run(&mut seed)?;
        Ok(database)
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.folder.join("seeded.db").display())
    }
}

impl Drop for SeededDatabase {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder); // it is below the system's temporary folder
    }
}
