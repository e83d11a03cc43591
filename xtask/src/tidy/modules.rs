//! What every Rust file looks like: it says what lives in it, and it is short.

use crate::tree::Tree;

/// About three screens; the aim is a screen and a half.
const LINES: usize = 400;

/// Each file begins with `//!`: what lives here, what must not.
pub(super) fn documented(tree: &Tree) -> Vec<String> {
    let bare = tree.ending(".rs").filter(|(_, text)| !text.starts_with("//! "));
    bare.map(|(path, _)| format!("{path} does not begin with `//!`, saying what lives here and what must not"))
        .collect()
}

/// No file is longer than a reader can hold, tests included.
pub(super) fn short(tree: &Tree) -> Vec<String> {
    let counted = tree.ending(".rs").map(|(path, text)| (path, text.lines().count()));
    let long = counted.filter(|(_, lines)| *lines > LINES);
    long.map(|(path, lines)| format!("{path} has {lines} lines; {LINES} are the most")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_say_what_lives_in_it_is_a_breach() {
        let tree = Tree::of(&[("a.rs", "//! Said.\nfn a() {}"), ("b.rs", "fn b() {}\n//! Too late."), ("c.md", "")]);

        assert_eq!(documented(&tree).len(), 1);
        assert!(documented(&tree)[0].starts_with("b.rs"));
    }

    #[test]
    fn the_line_after_the_last_allowed_is_a_breach() {
        let (full, over) = ("x\n".repeat(LINES), "x\n".repeat(LINES + 1));
        let tree = Tree::of(&[("full.rs", &full), ("over.rs", &over), ("long.md", &over)]);

        assert_eq!(short(&tree), [format!("over.rs has {} lines; {LINES} are the most", LINES + 1)]);
    }
}
