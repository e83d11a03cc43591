//! Checks each Rust file for its first line and its length.

use crate::tree::Tree;

/// The longest allowed file in lines. The aim is about 110.
const MAX_LINES: usize = 400;

/// Each file begins with `//!`, which says what lives in it and what must not.
pub(super) fn documented(tree: &Tree) -> Vec<String> {
    let bare = tree.ending(".rs").filter(|(_, text)| !text.starts_with("//! "));
    bare.map(|(path, _)| format!("{path} does not begin with `//!`, saying what lives here and what must not"))
        .collect()
}

/// No file is longer than [`MAX_LINES`], tests included.
pub(super) fn short(tree: &Tree) -> Vec<String> {
    let counted = tree.ending(".rs").map(|(path, text)| (path, text.lines().count()));
    let long = counted.filter(|(_, lines)| *lines > MAX_LINES);
    long.map(|(path, lines)| format!("{path} has {lines} lines; the limit is {MAX_LINES}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_without_module_comment_is_a_violation() {
        let tree = Tree::of(&[("a.rs", "//! A.\nfn a() {}"), ("b.rs", "fn b() {}\n//! Too late."), ("c.md", "")]);

        assert_eq!(documented(&tree).len(), 1);
        assert!(documented(&tree)[0].starts_with("b.rs"));
    }

    #[test]
    fn one_line_over_the_limit_is_a_violation() {
        let (full, over) = ("x\n".repeat(MAX_LINES), "x\n".repeat(MAX_LINES + 1));
        let tree = Tree::of(&[("full.rs", &full), ("over.rs", &over), ("long.md", &over)]);

        assert_eq!(short(&tree), [format!("over.rs has {} lines; the limit is {MAX_LINES}", MAX_LINES + 1)]);
    }
}
