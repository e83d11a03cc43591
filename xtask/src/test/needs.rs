//! What the tests need of the system beyond Rust, and how it gets here. Nothing is skipped because it is missing: it
//! is installed where we may (as root, with apt-get), and otherwise the one command that installs it is told.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::{browser, command};

/// Something the tests need.
struct Need {
    name: &'static str,
    why: &'static str,
    is_here: fn() -> bool,
    /// Its packages for each package manager that has them, as one types them there.
    packages: &'static [(&'static str, &'static str)],
    /// What to see to before apt-get installs it.
    before: fn() -> anyhow::Result<()>,
}

const NEEDS: &[Need] = &[
    Need {
        name: "PostgreSQL's server",
        why: "each promise of the store is tested on both engines",
        is_here: postgresql_is_here,
        packages: &[
            ("apt-get", "postgresql"),
            ("dnf", "postgresql-server"),
            ("zypper", "postgresql-server"),
            ("pacman", "postgresql"),
            ("apk", "postgresql"),
            ("brew", "postgresql"),
        ],
        before: want_no_cluster,
    },
    Need {
        name: "Chromium with its driver",
        why: "every journey is walked in a real browser",
        is_here: || is_browser(is_program),
        packages: &[
            ("apt-get", "chromium chromium-driver"),
            ("dnf", "chromium chromedriver"),
            ("zypper", "chromium chromedriver"),
            ("pacman", "chromium"), // which brings the driver
            ("apk", "chromium chromium-chromedriver"),
            ("brew", "--cask google-chrome chromedriver"),
        ],
        before: || Ok(()),
    },
];

/// How each package manager is called, up to the package's name.
const INSTALL: &[(&str, &str)] = &[
    ("apt-get", "sudo apt-get install"),
    ("dnf", "sudo dnf install"),
    ("zypper", "sudo zypper install"),
    ("pacman", "sudo pacman -S"),
    ("apk", "sudo apk add"),
    ("brew", "brew install"),
];

/// Sees to it that everything is here.
pub(super) fn provide() -> anyhow::Result<()> {
    for need in NEEDS.iter().filter(|need| !(need.is_here)()) {
        let Some(packages) = apt_packages(need).filter(|_| is_root()) else {
            bail!("{} is missing ({}): {}", need.name, need.why, advice(need, is_program));
        };
        println!("xtask: {} is missing ({}): installing Debian's {packages}", need.name, need.why);
        (need.before)()?;
        command::run(apt_get().arg("update"))?;
        let install = ["install", "--yes", "--no-install-recommends"];
        command::run(apt_get().args(install).args(packages.split(' ')))?;
        anyhow::ensure!((need.is_here)(), "{packages} is installed, but {} is still not found", need.name);
    }
    Ok(())
}

fn apt_packages(need: &Need) -> Option<&'static str> {
    let (_, packages) = need.packages.iter().find(|(manager, _)| *manager == "apt-get" && is_program(manager))?;
    Some(packages)
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet").env("DEBIAN_FRONTEND", "noninteractive");
    command.env("UCF_FORCE_CONFFOLD", "1"); // a setting that is there already stays, without a question
    command
}

/// The one command that installs it here, as far as we know this system's package manager.
fn advice(need: &Need, is_program: impl Fn(&str) -> bool) -> String {
    let known = need.packages.iter().find(|(manager, _)| is_program(manager));
    let command = known.and_then(|(manager, packages)| {
        let (_, install) = INSTALL.iter().find(|(name, _)| name == manager)?;
        Some(format!("install it with `{install} {packages}`"))
    });
    command.unwrap_or_else(|| "install it with this system's package manager".to_owned())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Whether it is on the `PATH`, or at its own path.
fn is_program(name: &str) -> bool {
    browser::program(name).is_some()
}

/// Either without the other is not enough.
fn is_browser(is_program: impl Fn(&str) -> bool) -> bool {
    is_program("chromedriver") && browser::NAMES.iter().any(|browser| is_program(browser))
}

/// As `test-support` looks for it: Debian keeps the server's programs off the `PATH`, by version.
fn postgresql_is_here() -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let bins = versions.map(|version| version.path().join("bin"));
    bins.chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())).any(|bin: PathBuf| is_server(&bin))
}

fn is_server(bin: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| bin.join(program).is_file())
}

/// Debian's package would create a cluster and start it for good; the tests start their own. Where somebody has
/// settled that already, their word stands.
fn want_no_cluster() -> anyhow::Result<()> {
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if !settings.exists() {
        fs::create_dir_all("/etc/postgresql-common")?;
        let said = "# Written by `cargo xtask test`, which needs the programs only.\ncreate_main_cluster = false\n";
        fs::write(settings, said).with_context(|| format!("could not write {}", settings.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTGRESQL: &Need = &NEEDS[0];
    const CHROMIUM: &Need = &NEEDS[1];

    #[test]
    fn who_may_not_install_is_told_the_one_command() {
        let on_debian = |need| advice(need, |program| program == "apt-get");
        let elsewhere = advice(POSTGRESQL, |_| false);

        assert_eq!(on_debian(POSTGRESQL), "install it with `sudo apt-get install postgresql`");
        assert_eq!(on_debian(CHROMIUM), "install it with `sudo apt-get install chromium chromium-driver`");
        assert_eq!(elsewhere, "install it with this system's package manager");
    }

    #[test]
    fn every_need_can_be_installed_with_every_manager() {
        for need in NEEDS {
            for (manager, _) in INSTALL {
                assert!(advice(need, |program| program == *manager).contains(manager), "{} by {manager}", need.name);
            }
        }
    }

    #[test]
    fn a_browser_without_its_driver_is_not_enough_nor_the_driver_alone() {
        let is_here = |programs: &[&str]| is_browser(|name| programs.contains(&name));

        assert!(!is_here(&["chromium"]) && !is_here(&["chromedriver"]) && !is_here(&[]));
        assert!(is_here(&["chromium", "chromedriver"]) && is_here(&["google-chrome", "chromedriver"]));
    }

    #[test]
    fn a_client_without_the_server_is_not_enough() {
        let bin = tempfile::tempdir().unwrap();
        fs::write(bin.path().join("pg_ctl"), "").unwrap();
        assert!(!is_server(bin.path()));

        for program in ["initdb", "postgres"] {
            fs::write(bin.path().join(program), "").unwrap();
        }

        assert!(is_server(bin.path()));
    }
}
