//! Words that do not stand in code: names that say nothing, and what was left unfinished.

use crate::source::{code, is_word};
use crate::tree::Tree;

/// Endings of a type that say nothing about what it is.
const EMPTY: &[&str] = &["Manager", "Helper", "Helpers", "Util", "Utils"];

/// Macros that a finished program does not call.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

/// No `get_` before a function's name, no type called a manager, helper or util.
pub(super) fn plain(tree: &Tree) -> Vec<String> {
    in_code(tree, |line| {
        let words: Vec<_> = line.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
        words.windows(2).filter_map(says_nothing).collect()
    })
}

fn says_nothing(words: &[&str]) -> Option<String> {
    match words {
        ["fn", name] if name.starts_with("get_") => Some(format!("calls a function `{name}`: leave out `get_`")),
        ["struct" | "enum" | "trait" | "type", name] => {
            let empty = EMPTY.iter().find(|end| name.ends_with(*end))?;
            Some(format!("calls a type `{name}`: `{empty}` says nothing"))
        }
        _ => None,
    }
}

/// No call of a macro that stands for work not done.
pub(super) fn finished(tree: &Tree) -> Vec<String> {
    in_code(tree, |line| {
        let called = |name: &&&str| line.split(&format!("{name}!")).skip(1).any(|after| !after.starts_with('='));
        UNFINISHED.iter().filter(called).map(|name| format!("calls `{name}!`")).collect()
    })
}

/// Asks `breaches` about each line of code.
fn in_code(tree: &Tree, breaches: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.ending(".rs") {
        for (line, number) in code(text).lines().zip(1..) {
            found.extend(breaches(line).into_iter().map(|what| format!("{path}:{number} {what}")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_says_nothing_is_a_breach() {
        let text = "pub(crate) async fn get_user() {}\nstruct LoginManager<T>(T);\ntrait Helper {}\n\
            fn budget_left() {} // fn get_x\nlet text = \"fn get_y struct Util\"; struct Utility;";
        let tree = Tree::of(&[("a.rs", text)]);

        assert_eq!(
            plain(&tree),
            [
                "a.rs:1 calls a function `get_user`: leave out `get_`",
                "a.rs:2 calls a type `LoginManager`: `Manager` says nothing",
                "a.rs:3 calls a type `Helper`: `Helper` says nothing",
            ]
        );
    }

    #[test]
    fn what_is_unfinished_is_a_breach() {
        let text = "fn a() { todo!() }\n// todo!()\nfn b() { dbg!(1); let todo = !done; todo != 1; unimplemented! {} }";
        let tree = Tree::of(&[("a.rs", text)]);

        assert_eq!(finished(&tree), ["a.rs:1 calls `todo!`", "a.rs:3 calls `unimplemented!`", "a.rs:3 calls `dbg!`"]);
    }
}
