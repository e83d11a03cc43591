//! `cargo xtask tidy`: checks the rules of style that clippy and rustfmt cannot see. Each check is a function from the
//! repository's files to its violations.

mod docs;
mod migrations;
mod modules;
mod names;
mod sql;
mod top_level;

use std::path::Path;

use crate::tree::Tree;

type Check = fn(&Tree) -> Vec<String>;

const CHECKS: &[Check] = &[
    top_level::allowed,
    modules::documented,
    modules::short,
    migrations::paired,
    docs::decisions_are_listed,
    docs::quoted_paths_exist,
    docs::links_resolve,
    names::meaningful,
    sql::compiled_once,
];

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let tree = Tree::read(root)?;
    let violations: Vec<_> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    crate::report("tidy", &violations)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn one_violation_fails_a_tidy_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("crates/x/src")).unwrap();
        fs::write(folder.path().join("crates/x/src/lib.rs"), "//! What the crate is.\n").unwrap();
        fs::write(folder.path().join("README.md"), "The crate is in `crates/x/src/lib.rs`.\n").unwrap();
        run(folder.path()).unwrap();

        fs::write(folder.path().join("crates/x/src/lib.rs"), "pub fn x() {}\n").unwrap();

        assert_eq!(run(folder.path()).unwrap_err().to_string(), "tidy found 1 violation(s)");
    }
}
