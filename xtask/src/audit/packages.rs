//! The programs that judge pages, by npm: which versions is said by `xtask/audit/package-lock.json`, which names no
//! registry; npm asks the one it is set up with, and checks what comes against the lock's digests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::lighthouse::Lighthouse;
use crate::{browser, command};

const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// The packages, installed.
pub(super) struct Packages {
    modules: PathBuf,
}

/// Installs them below `folder`, unless those of this lock are there already.
pub(super) fn provide(root: &Path, folder: &Path) -> anyhow::Result<Packages> {
    let (wanted, installed) = (root.join("xtask/audit"), folder.join("npm"));
    let modules = installed.join("node_modules");
    let is_there = fs::read(installed.join("installed.json")).ok() == Some(fs::read(wanted.join(FILES[1]))?);
    if !is_there {
        println!("audit: installing axe-core, Lighthouse and the W3C's checker by npm");
        fs::create_dir_all(&installed)?;
        for file in FILES {
            fs::copy(wanted.join(file), installed.join(file)).with_context(|| format!("could not copy {file}"))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&installed);
        command::run(&mut npm).context("npm comes with Node.js, in Debian's package `npm`")?;
        fs::copy(wanted.join(FILES[1]), installed.join("installed.json"))?; // last, so that half of it is none of it
    }
    Ok(Packages { modules })
}

impl Packages {
    /// axe-core, as one script.
    pub(super) fn axe(&self) -> PathBuf {
        self.modules.join("axe-core/axe.min.js")
    }

    /// The W3C's checker, for Java.
    pub(super) fn vnu(&self) -> PathBuf {
        self.modules.join("vnu-jar/build/dist/vnu.jar")
    }

    pub(super) fn lighthouse(&self) -> anyhow::Result<Lighthouse> {
        let missing = "Chromium is not on the PATH: `cargo xtask test` installs it, or says how to";
        let browser = browser::find().context(missing)?;
        Ok(Lighthouse { script: self.modules.join("lighthouse/cli/index.js"), browser })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_lock_names_no_registry() {
        let lock = include_str!("../../audit/package-lock.json");
        assert!(lock.contains("\"integrity\""), "digests are what keeps it");
        assert!(!lock.contains("\"resolved\""), "npm adds them where `.npmrc` is not beside it");
    }
}
