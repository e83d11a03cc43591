//! Finds the programs of PostgreSQL's server on this machine.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Where Debian and Ubuntu install each version's programs, off the `PATH`.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The folder with `initdb`, `pg_ctl` and `postgres`: that of the newest version, or else one on the `PATH`.
pub(super) fn folder() -> anyhow::Result<PathBuf> {
    newest(Path::new(VERSIONS)).or_else(|| on_path(&env::var_os("PATH")?)).with_context(|| {
        format!(
            "PostgreSQL's `initdb` and `pg_ctl` are neither below {VERSIONS} nor on the PATH: \
             `cargo xtask test` installs them (Debian's package is `postgresql`)"
        )
    })
}

fn newest(versions_folder: &Path) -> Option<PathBuf> {
    let versions = versions_folder.read_dir().ok()?.filter_map(|entry| {
        let path = entry.ok()?.path();
        let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
        Some((version, path.join("bin")))
    });
    versions.filter(|(_, bin)| is_complete(bin)).max().map(|(_, bin)| bin)
}

fn on_path(path: &OsStr) -> Option<PathBuf> {
    env::split_paths(path).find(|folder| is_complete(folder))
}

fn is_complete(bin: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| bin.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn install(bin: &Path) {
        fs::create_dir_all(bin).unwrap();
        for program in ["initdb", "pg_ctl", "postgres"] {
            fs::write(bin.join(program), "").unwrap();
        }
    }

    #[test]
    fn newest_version_is_found_by_number() {
        let root = tempfile::tempdir().unwrap();
        install(&root.path().join("9/bin"));
        install(&root.path().join("15/bin"));
        fs::create_dir_all(root.path().join("17/bin")).unwrap(); // a client without a server

        assert_eq!(newest(root.path()), Some(root.path().join("15/bin")));
    }

    #[test]
    fn path_is_searched_without_versions_folder() {
        let root = tempfile::tempdir().unwrap();
        let (empty, full) = (root.path().join("empty"), root.path().join("full"));
        install(&full);
        let path = env::join_paths([&empty, &full]).unwrap();

        assert_eq!(newest(root.path()), None);
        assert_eq!(on_path(&path), Some(full));
        assert_eq!(on_path(empty.as_os_str()), None);
    }
}
