//! Checks for names without a meaning of their own.

use crate::source::{code, is_word};
use crate::tree::Tree;

/// Endings of type names that do not say what the type is.
const EMPTY_ENDINGS: &[&str] = &["Manager", "Helper", "Helpers", "Util", "Utils"];

/// No function `get_…`, and no type called a manager, helper or util.
pub(super) fn meaningful(tree: &Tree) -> Vec<String> {
    let mut violations = Vec::new();
    for (path, text) in tree.ending(".rs") {
        for (line, number) in code(text).lines().zip(1..) {
            let words: Vec<_> = line.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
            let found = words.windows(2).filter_map(violation);
            violations.extend(found.map(|violation| format!("{path}:{number} {violation}")));
        }
    }
    violations
}

fn violation(words: &[&str]) -> Option<String> {
    match words {
        ["fn", name] if name.starts_with("get_") => Some(format!("calls a function `{name}`: leave out `get_`")),
        ["struct" | "enum" | "trait" | "type", name] => {
            let ending = EMPTY_ENDINGS.iter().find(|ending| name.ends_with(*ending))?;
            Some(format!("calls a type `{name}`: `{ending}` has no meaning"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_without_meaning_is_a_violation() {
        let text = "pub(crate) async fn get_user() {}\nstruct LoginManager<T>(T);\ntrait Helper {}\n\
            fn budget_left() {} // fn get_x\nlet text = \"fn get_y struct Util\"; struct Utility;";
        let tree = Tree::of(&[("a.rs", text)]);

        assert_eq!(
            meaningful(&tree),
            [
                "a.rs:1 calls a function `get_user`: leave out `get_`",
                "a.rs:2 calls a type `LoginManager`: `Manager` has no meaning",
                "a.rs:3 calls a type `Helper`: `Helper` has no meaning",
            ]
        );
    }
}
