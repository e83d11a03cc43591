//! Checks the entries of the repository's top folder.

use std::collections::BTreeSet;

use crate::tree::Tree;

const ALLOWED: &[&str] = &["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "crates", "docs", "migrations", "xtask"];

/// Only the listed entries, and dot files and folders.
pub(super) fn allowed(tree: &Tree) -> Vec<String> {
    let entries: BTreeSet<_> = tree.files().filter_map(|(path, _)| path.split('/').next()).collect();
    let others = entries.into_iter().filter(|entry| !entry.starts_with('.') && !ALLOWED.contains(entry));
    others.map(|entry| format!("{entry} is not among the entries of the top folder: {ALLOWED:?}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_top_level_entry_is_a_violation() {
        let tree = Tree::of(&[(".gitignore", ""), ("README.md", ""), ("scripts/a.sh", ""), ("scripts/b.sh", "")]);

        let violations = allowed(&tree);

        assert_eq!(violations.len(), 1);
        assert!(violations[0].starts_with("scripts is not"));
    }
}
