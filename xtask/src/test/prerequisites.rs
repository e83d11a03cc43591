//! Programs that the tests need beside Rust. A missing one is never skipped: it is installed where that is allowed (as
//! root, with apt-get), and otherwise the error names the command that installs it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::{browser, command};

/// A program that the tests need.
struct Prerequisite {
    name: &'static str,
    reason: &'static str,
    is_installed: fn() -> bool,
    /// The package manager, and its packages as arguments.
    packages: &'static [(&'static str, &'static str)],
    /// Runs before apt-get installs the packages.
    prepare: fn() -> anyhow::Result<()>,
}

const PREREQUISITES: &[Prerequisite] = &[
    Prerequisite {
        name: "PostgreSQL's server",
        reason: "the store is tested on both engines",
        is_installed: is_postgresql_installed,
        packages: &[
            ("apt-get", "postgresql"),
            ("dnf", "postgresql-server"),
            ("zypper", "postgresql-server"),
            ("pacman", "postgresql"),
            ("apk", "postgresql"),
            ("brew", "postgresql"),
        ],
        prepare: disable_cluster,
    },
    Prerequisite {
        name: "Chromium with its driver",
        reason: "the pages are tested in a real browser",
        is_installed: || has_browser(is_program),
        packages: &[
            ("apt-get", "chromium chromium-driver"),
            ("dnf", "chromium chromedriver"),
            ("zypper", "chromium chromedriver"),
            ("pacman", "chromium"), // contains the driver
            ("apk", "chromium chromium-chromedriver"),
            ("brew", "--cask google-chrome chromedriver"),
        ],
        prepare: || Ok(()),
    },
];

/// The command of each package manager, without the packages.
const INSTALL: &[(&str, &str)] = &[
    ("apt-get", "sudo apt-get install"),
    ("dnf", "sudo dnf install"),
    ("zypper", "sudo zypper install"),
    ("pacman", "sudo pacman -S"),
    ("apk", "sudo apk add"),
    ("brew", "brew install"),
];

/// Installs what is missing.
pub(super) fn install() -> anyhow::Result<()> {
    for missing in PREREQUISITES.iter().filter(|each| !(each.is_installed)()) {
        let Prerequisite { name, reason, .. } = missing;
        let Some(packages) = apt_packages(missing).filter(|_| is_root()) else {
            bail!("{name} is missing ({reason}): {}", advice(missing, is_program));
        };
        println!("xtask: {name} is missing ({reason}): installing Debian's {packages}");
        (missing.prepare)()?;
        command::run(apt_get().arg("update"))?;
        let install = ["install", "--yes", "--no-install-recommends"];
        command::run(apt_get().args(install).args(packages.split(' ')))?;
        anyhow::ensure!((missing.is_installed)(), "{packages} is installed, but {name} is still not found");
    }
    Ok(())
}

fn apt_packages(missing: &Prerequisite) -> Option<&'static str> {
    let (_, packages) = missing.packages.iter().find(|(manager, _)| *manager == "apt-get" && is_program(manager))?;
    Some(packages)
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet").env("DEBIAN_FRONTEND", "noninteractive");
    command.env("UCF_FORCE_CONFFOLD", "1"); // keeps existing settings without asking
    command
}

/// The command that installs the packages with this system's package manager, as far as it is known.
fn advice(missing: &Prerequisite, is_program: impl Fn(&str) -> bool) -> String {
    let known = missing.packages.iter().find(|(manager, _)| is_program(manager));
    let command = known.and_then(|(manager, packages)| {
        let (_, install) = INSTALL.iter().find(|(name, _)| name == manager)?;
        Some(format!("install it with `{install} {packages}`"))
    });
    command.unwrap_or_else(|| "install it with this system's package manager".to_owned())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Whether a program exists, by its path or on the `PATH`.
fn is_program(name: &str) -> bool {
    browser::program(name).is_some()
}

/// Whether both the browser and its driver are installed.
fn has_browser(is_program: impl Fn(&str) -> bool) -> bool {
    is_program("chromedriver") && browser::NAMES.iter().any(|browser| is_program(browser))
}

/// Looks where `test-postgres` looks: Debian has the server's programs in a folder by version, not on the `PATH`.
fn is_postgresql_installed() -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let bins = versions.map(|version| version.path().join("bin"));
    bins.chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())).any(|bin: PathBuf| has_server(&bin))
}

fn has_server(bin: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| bin.join(program).is_file())
}

/// Keeps Debian's package from creating a cluster that starts with the system: the tests start their own.
///
/// An existing setting is not changed.
fn disable_cluster() -> anyhow::Result<()> {
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if !settings.exists() {
        fs::create_dir_all("/etc/postgresql-common")?;
        let text = "# Written by `cargo xtask test`, which needs the programs only.\ncreate_main_cluster = false\n";
        fs::write(settings, text).with_context(|| format!("could not write {}", settings.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTGRESQL: &Prerequisite = &PREREQUISITES[0];
    const CHROMIUM: &Prerequisite = &PREREQUISITES[1];

    #[test]
    fn advice_names_the_command_of_the_package_manager() {
        let on_debian = |missing| advice(missing, |program| program == "apt-get");
        let elsewhere = advice(POSTGRESQL, |_| false);

        assert_eq!(on_debian(POSTGRESQL), "install it with `sudo apt-get install postgresql`");
        assert_eq!(on_debian(CHROMIUM), "install it with `sudo apt-get install chromium chromium-driver`");
        assert_eq!(elsewhere, "install it with this system's package manager");
    }

    #[test]
    fn every_manager_has_packages_for_every_prerequisite() {
        for each in PREREQUISITES {
            for (manager, _) in INSTALL {
                assert!(advice(each, |program| program == *manager).contains(manager), "{} by {manager}", each.name);
            }
        }
    }

    #[test]
    fn browser_and_driver_are_both_needed() {
        let is_installed = |programs: &[&str]| has_browser(|name| programs.contains(&name));

        assert!(!is_installed(&["chromium"]) && !is_installed(&["chromedriver"]) && !is_installed(&[]));
        assert!(is_installed(&["chromium", "chromedriver"]) && is_installed(&["google-chrome", "chromedriver"]));
    }

    #[test]
    fn postgresql_client_alone_is_not_enough() {
        let bin = tempfile::tempdir().unwrap();
        fs::write(bin.path().join("pg_ctl"), "").unwrap();
        assert!(!has_server(bin.path()));

        for program in ["initdb", "postgres"] {
            fs::write(bin.path().join(program), "").unwrap();
        }

        assert!(has_server(bin.path()));
    }
}
