//! When two e-mail addresses are one mailbox.

use std::borrow::Cow;

use crate::caseless_key;

/// The unique key of an address: its unquoted, case folded local part at the ASCII form of its domain.
///
/// - A quoted local part is the mailbox of the unquoted one (RFC 5321, 4.1.2).
/// - The local part is case folded. RFC 5321 allows two mailboxes that differ in case only, but no provider has them,
///   and users type their address in either case.
/// - The domain is compared as the DNS compares it: in ASCII, by UTS 46, non-transitional. `exämple.de` is
///   `xn--exmple-cua.de`, and `straße.de` is not `strasse.de`.
pub(super) fn key(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{}", caseless_key(&unquoted(local)), ascii_domain(domain)),
        None => caseless_key(address),
    }
}

/// The local part without quotes and without the backslashes that escape its characters (RFC 5321, 4.1.2).
fn unquoted(local: &str) -> Cow<'_, str> {
    let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return local.into() };
    let mut characters = quoted.chars();
    let mut content = String::with_capacity(quoted.len());
    while let Some(c) = characters.next() {
        content.push(if c == '\\' { characters.next().unwrap_or(c) } else { c });
    }
    content.into()
}

/// The domain in ASCII and lower case. One that UTS 46 rejects is case folded, so that its user can still log in.
fn ascii_domain(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| caseless_key(domain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_mailbox_have_one_key() {
        for (one, other) in [
            ("Ada@Example.COM", "ada@example.com"),
            ("ada@exämple.de", "ada@xn--exmple-cua.de"),
            ("ada@EXÄMPLE.de", "ada@XN--EXMPLE-CUA.DE"),
            ("ada@exa\u{308}mple.de", "ada@exämple.de"),
            ("\"q1\"@example.com", "q1@example.com"),
            ("\"q\\1\"@example.com", "q1@example.com"),
            ("ＡＤＡ@example.com", "ada@example.com"),
        ] {
            assert_eq!(key(one), key(other), "{one}");
        }
    }

    #[test]
    fn different_mailboxes_have_different_keys() {
        for (one, other) in [
            ("ada@straße.de", "ada@strasse.de"),
            ("ada@example.com", "ada@example.org"),
            ("\"a@b\"@example.com", "a@b.example.com"),
            ("\"a.b\"@example.com", "ab@example.com"),
        ] {
            assert_ne!(key(one), key(other), "{one}");
        }
        assert_eq!(key("ada@straße.de"), "ada@xn--strae-oqa.de");
    }

    #[test]
    fn invalid_domain_has_a_key() {
        assert_eq!(key("Ada@XN--A.de"), "ada@xn--a.de");
        assert_eq!(key("Ada@intranet"), "ada@intranet");
        assert_eq!(key("Ada"), "ada");
    }

    proptest! {
        #[test]
        fn key_of_key_is_equal(local in "[a-z0-9._%+-]{1,20}", domain in "[a-zäßéδ日0-9]{1,10}\\.[a-z]{2,6}") {
            let key_of = key(&format!("{local}@{domain}"));
            prop_assert_eq!(key(&key_of), key_of);
        }
    }
}
