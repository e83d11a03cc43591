//! Rules that a manifest cannot keep: in which files a crate's name may stand. Comments and strings do not count.

use super::table::SPOKEN_IN;
use crate::source;
use crate::tree::Tree;

/// Every file that names a crate where the table does not let it.
pub(super) fn breaches(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, text) in tree.ending(".rs") {
        let code = source::code(text);
        for (name, places) in SPOKEN_IN {
            let is_at_home = path.starts_with(&format!("crates/{name}/")) || places.iter().any(|p| path.starts_with(p));
            if !is_at_home && source::names_crate(&code, name) {
                breaches.push(format!("{path} names {name}, which only {places:?} may"));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poem_is_named_only_on_the_http_side() {
        let tree = Tree::of(&[
            ("crates/accounts/src/log_in.rs", "use poem::Response;"),
            ("crates/accounts/src/lib.rs", "//! use poem::Route;\n#[cfg(feature = \"poem\")] mod web;"),
            ("crates/accounts/src/web/csrf.rs", "use poem::Request;"),
        ]);

        assert_eq!(breaches(&tree).len(), 1, "{:?}", breaches(&tree));
        assert!(breaches(&tree)[0].starts_with("crates/accounts/src/log_in.rs names poem"));
    }

    #[test]
    fn the_store_is_named_only_where_the_program_is_put_together() {
        let tree = Tree::of(&[
            ("crates/web/src/pages/rsvp.rs", "fn f(parties: store::PartyStore) {}"),
            ("crates/web/src/main.rs", "use store::PartyStore;"),
            ("crates/store/src/lib.rs", "use crate::store::x;"),
        ]);

        assert_eq!(breaches(&tree).len(), 1, "{:?}", breaches(&tree));
        assert!(breaches(&tree)[0].starts_with("crates/web/src/pages/rsvp.rs names store"));
    }
}
