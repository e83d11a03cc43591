//! Statements are constants: sqlx takes a text put together at run time only by a word that says so. And they are
//! compiled once.

use crate::source::{code, is_word};
use crate::tree::Tree;

const WORD: &str = "AssertSqlSafe";

/// Where the word may stand, tests aside: to ask for the plan of a constant, and to make a database for a test.
const ALLOWED: &[&str] = &["crates/store/src/plan.rs", "crates/test-support/"];

/// No statement is put together at run time, outside of tests.
pub(super) fn constant(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    let allowed = |path: &str| is_test(path) || ALLOWED.iter().any(|start| path.starts_with(start));
    for (path, text) in tree.ending(".rs").filter(|(path, _)| !allowed(path)) {
        for (line, number) in code(text).lines().zip(1..) {
            if line.split(|c| !is_word(c)).any(|word| word == WORD) {
                found.push(format!("{path}:{number} names `{WORD}`: a statement is a constant"));
            }
        }
    }
    found
}

/// No statement's LIMIT or pattern is a parameter by itself: SQLite would compile the statement anew at each use, since the
/// value might change its plan. Part of an expression, `LIMIT ($1 + 0)` and `LIKE ($1 || '')`, it does not.
pub(super) fn compiled_once(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.ending(".rs").filter(|(path, _)| path.starts_with("crates/") && !is_test(path)) {
        for (line, number) in text.lines().zip(1..) {
            if ["LIMIT $", "LIKE $"].iter().any(|word| line.contains(word)) {
                found.push(format!("{path}:{number} has SQLite compile the statement at each use: write ($1 + 0)"));
            }
        }
    }
    found
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_put_together_at_run_time_is_a_breach() {
        let text =
            "// AssertSqlSafe\nuse sqlx::AssertSqlSafe;\nquery(AssertSqlSafe(sql));\nlet text = \"AssertSqlSafe\";";
        let breaches = constant(&Tree::of(&[("crates/store/src/users.rs", text)]));

        let told = [2, 3]
            .map(|line| format!("crates/store/src/users.rs:{line} names `AssertSqlSafe`: a statement is a constant"));
        assert_eq!(breaches, told);
    }

    #[test]
    fn a_statement_that_is_compiled_at_each_use_is_a_breach() {
        let text = "const A: &str = \"SELECT id FROM users LIMIT ($1 + 0)\";\nconst B: &str = \"SELECT id FROM users LIMIT $1\";";
        let breaches = compiled_once(&Tree::of(&[("crates/store/src/users.rs", text)]));

        let told = "crates/store/src/users.rs:2 has SQLite compile the statement at each use: write ($1 + 0)";
        assert_eq!(breaches, [told]);
    }

    #[test]
    fn tests_and_the_plans_of_constants_may() {
        let allowed = [
            "crates/store/src/plan.rs",
            "crates/test-support/src/postgres.rs",
            "crates/a/src/b/tests.rs",
            "crates/a/tests/b.rs",
        ];
        assert_eq!(constant(&Tree::of(&allowed.map(|path| (path, "AssertSqlSafe(sql)")))), [""; 0]);
        assert_eq!(constant(&Tree::of(&[("crates/store/src/plans.rs", "AssertSqlSafe(sql)")])).len(), 1);
    }
}
