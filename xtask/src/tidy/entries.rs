//! What may stand in the repository's top folder.

use std::collections::BTreeSet;

use crate::tree::Tree;

const ALLOWED: &[&str] = &["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "crates", "docs", "migrations", "xtask"];

/// Only the few listed entries, and dot files and folders.
pub(super) fn allowed(tree: &Tree) -> Vec<String> {
    let tops: BTreeSet<_> = tree.files().filter_map(|(path, _)| path.split('/').next()).collect();
    let strangers = tops.into_iter().filter(|top| !top.starts_with('.') && !ALLOWED.contains(top));
    strangers.map(|top| format!("{top} is not among the entries of the top folder: {ALLOWED:?}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_entry_at_the_top_is_a_breach() {
        let tree = Tree::of(&[(".gitignore", ""), ("README.md", ""), ("scripts/a.sh", ""), ("scripts/b.sh", "")]);

        let breaches = allowed(&tree);

        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].starts_with("scripts is not"));
    }
}
