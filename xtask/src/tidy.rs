//! `cargo xtask tidy`: what the house's style asks and a machine can see. Each check is a function of the tree that
//! gives its breaches; what clippy and rustfmt see is left to them.

mod docs;
mod entries;
mod migrations;
mod modules;
mod names;
mod spelling;
mod statements;

use std::path::Path;

use crate::tree::Tree;

type Check = fn(&Tree) -> Vec<String>;

const CHECKS: &[Check] = &[
    entries::allowed,
    modules::documented,
    modules::short,
    migrations::paired,
    docs::decisions_listed,
    docs::paths_exist,
    docs::links_lead_somewhere,
    names::plain,
    names::finished,
    spelling::american,
    statements::constant,
    statements::compiled_once,
];

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let tree = Tree::read(root)?;
    let breaches: Vec<_> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    crate::report("tidy", &breaches)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_tidy_folder_passes_and_one_breach_in_it_fails() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("crates/x/src")).unwrap();
        fs::write(folder.path().join("crates/x/src/lib.rs"), "//! What lives here.\n").unwrap();
        fs::write(folder.path().join("README.md"), "The crate is in `crates/x/src/lib.rs`.\n").unwrap();
        run(folder.path()).unwrap();

        fs::write(folder.path().join("crates/x/src/lib.rs"), "pub fn x() {}\n").unwrap();

        assert_eq!(run(folder.path()).unwrap_err().to_string(), "tidy found 1 breach(es)");
    }
}
