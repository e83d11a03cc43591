//! Installs the programs of the audit by npm. Their versions are in `xtask/audit/package-lock.json`. The lock file
//! names no registry: npm uses the configured one and checks each package against the lock's digests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::lighthouse::Lighthouse;
use crate::{browser, command};

const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// The installed packages.
pub(super) struct Packages {
    modules: PathBuf,
}

/// Installs the packages below `folder`, unless those of this lock file are there already.
pub(super) fn install(root: &Path, folder: &Path) -> anyhow::Result<Packages> {
    let (wanted, installed) = (root.join("xtask/audit"), folder.join("npm"));
    let modules = installed.join("node_modules");
    let is_current = fs::read(installed.join("installed.json")).ok() == Some(fs::read(wanted.join(FILES[1]))?);
    if !is_current {
        println!("audit: installing axe-core, Lighthouse and the W3C's checker by npm");
        fs::create_dir_all(&installed)?;
        for file in FILES {
            fs::copy(wanted.join(file), installed.join(file)).with_context(|| format!("could not copy {file}"))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&installed);
        command::run(&mut npm).context("npm comes with Node.js, in Debian's package `npm`")?;
        fs::copy(wanted.join(FILES[1]), installed.join("installed.json"))?; // last, so that an interrupted installation is repeated
    }
    Ok(Packages { modules })
}

impl Packages {
    /// The script of axe-core.
    pub(super) fn axe(&self) -> PathBuf {
        self.modules.join("axe-core/axe.min.js")
    }

    /// The Java archive of the W3C's HTML checker.
    pub(super) fn vnu(&self) -> PathBuf {
        self.modules.join("vnu-jar/build/dist/vnu.jar")
    }

    pub(super) fn lighthouse(&self) -> anyhow::Result<Lighthouse> {
        let missing = "Chromium is not on the PATH: `cargo xtask test` installs it, or prints the command that does";
        let browser = browser::find().context(missing)?;
        Ok(Lighthouse { script: self.modules.join("lighthouse/cli/index.js"), browser })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn lock_file_names_no_registry() {
        let lock = include_str!("../../audit/package-lock.json");
        assert!(lock.contains("\"integrity\""), "the digests pin the packages");
        assert!(!lock.contains("\"resolved\""), "npm adds them where `.npmrc` is not beside it");
    }
}
