//! What the tests need of the system beyond Rust, and how it gets here. Nothing is skipped because it is missing: it
//! is installed where we may (as root, with apt-get), and otherwise the one command that installs it is told.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::command;

/// Something the tests need.
struct Need {
    name: &'static str,
    why: &'static str,
    is_here: fn() -> bool,
    /// Its package for each package manager that has one.
    packages: &'static [(&'static str, &'static str)],
    /// What to see to before apt-get installs it.
    before: fn() -> anyhow::Result<()>,
}

const NEEDS: &[Need] = &[Need {
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
}];

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
        let Some(package) = apt_package(need).filter(|_| is_root()) else {
            bail!("{} is missing ({}): {}", need.name, need.why, advice(need, is_on_path));
        };
        println!("xtask: {} is missing ({}): installing Debian's package {package}", need.name, need.why);
        (need.before)()?;
        command::run(apt_get().arg("update"))?;
        command::run(apt_get().args(["install", "--yes", "--no-install-recommends", package]))?;
        anyhow::ensure!((need.is_here)(), "{package} is installed, but {} is still not found", need.name);
    }
    Ok(())
}

fn apt_package(need: &Need) -> Option<&'static str> {
    let (_, package) = need.packages.iter().find(|(manager, _)| *manager == "apt-get" && is_on_path(manager))?;
    Some(package)
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet").env("DEBIAN_FRONTEND", "noninteractive");
    command.env("UCF_FORCE_CONFFOLD", "1"); // a setting that is there already stays, without a question
    command
}

/// The one command that installs it here, as far as we know this system's package manager.
fn advice(need: &Need, is_on_path: impl Fn(&str) -> bool) -> String {
    let known = need.packages.iter().find(|(manager, _)| is_on_path(manager));
    let command = known.and_then(|(manager, package)| {
        let (_, install) = INSTALL.iter().find(|(name, _)| name == manager)?;
        Some(format!("install it with `{install} {package}`"))
    });
    command.unwrap_or_else(|| "install it with this system's package manager".to_owned())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn is_on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
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

    const NEED: &Need = &NEEDS[0];

    #[test]
    fn who_may_not_install_is_told_the_one_command() {
        let on_debian = advice(NEED, |program| program == "apt-get");
        let elsewhere = advice(NEED, |_| false);

        assert_eq!(on_debian, "install it with `sudo apt-get install postgresql`");
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
