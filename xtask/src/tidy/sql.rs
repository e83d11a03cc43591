//! Checks SQL for what SQLite cannot cache. That a statement is a constant is checked by clippy's `disallowed_methods`,
//! see `.clippy.toml`.

use crate::tree::Tree;

/// No bare parameter after `LIMIT` or `LIKE`.
///
/// SQLite compiles such a statement again at each use, since the value might change its plan. As part of an expression,
/// `LIMIT ($1 + 0)` or `LIKE ($1 || '')`, it does not.
pub(super) fn compiled_once(tree: &Tree) -> Vec<String> {
    let mut violations = Vec::new();
    for (path, text) in tree.ending(".rs").filter(|(path, _)| path.starts_with("crates/") && !is_test(path)) {
        for (line, number) in text.lines().zip(1..) {
            if ["LIMIT $", "LIKE $"].iter().any(|word| line.contains(word)) {
                violations
                    .push(format!("{path}:{number} has SQLite compile the statement at each use: write ($1 + 0)"));
            }
        }
    }
    violations
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_parameter_after_limit_is_a_violation() {
        let text = "const A: &str = \"SELECT id FROM users LIMIT ($1 + 0)\";\nconst B: &str = \"SELECT id FROM users LIMIT $1\";";
        let violations =
            compiled_once(&Tree::of(&[("crates/store/src/users.rs", text), ("crates/a/tests/b.rs", text)]));

        let expected = "crates/store/src/users.rs:2 has SQLite compile the statement at each use: write ($1 + 0)";
        assert_eq!(violations, [expected]);
    }
}
