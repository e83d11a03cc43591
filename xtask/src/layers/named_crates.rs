//! Checks in which source files a crate's name occurs, which no manifest can express. Comments and strings do not
//! count.

use super::table::NAMED_ONLY_IN;
use crate::source;
use crate::tree::Tree;

/// Every file that names a crate outside the paths of the table.
pub(super) fn violations(tree: &Tree) -> Vec<String> {
    let mut violations = Vec::new();
    for (path, text) in tree.ending(".rs") {
        let code = source::code(text);
        for (name, paths) in NAMED_ONLY_IN {
            let is_own = path.starts_with(&format!("crates/{name}/"));
            let is_allowed = is_own || paths.iter().any(|allowed| path.starts_with(allowed));
            if !is_allowed && source::names_crate(&code, name) {
                violations.push(format!("{path} names {name}, which only {paths:?} may"));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poem_is_named_only_in_http_code() {
        let violations = violations(&Tree::of(&[
            ("crates/accounts/src/log_in.rs", "use poem::Response;"),
            ("crates/accounts/src/lib.rs", "//! use poem::Route;\n#[cfg(feature = \"poem\")] mod web;"),
            ("crates/accounts/src/web/csrf.rs", "use poem::Request;"),
        ]));

        assert_eq!(violations.len(), 1, "{violations:?}");
        assert!(violations[0].starts_with("crates/accounts/src/log_in.rs names poem"));
    }

    #[test]
    fn store_is_named_only_where_the_program_is_assembled() {
        let violations = violations(&Tree::of(&[
            ("crates/web/src/pages/rsvp.rs", "fn f(parties: store::PartyStore) {}"),
            ("crates/web/src/main.rs", "use store::PartyStore;"),
            ("crates/store/src/lib.rs", "use crate::store::x;"),
        ]));

        assert_eq!(violations.len(), 1, "{violations:?}");
        assert!(violations[0].starts_with("crates/web/src/pages/rsvp.rs names store"));
    }
}
