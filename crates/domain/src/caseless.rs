//! The one way two spellings are found to be the same.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;

use crate::visible::is_invisible;

/// The key under which a text is unique and searched: case folded and compatibility normalized (NFKC), as Unicode's
/// compatibility caseless matching does (The Unicode Standard, D146), without what cannot be seen. In Rust, since both
/// engines fold ASCII only.
#[must_use]
pub fn caseless_key(text: &str) -> String {
    let mapper = CaseMapper::new();
    let decomposed: String = text.nfd().filter(|c| !is_invisible(*c)).collect();
    let compatible: String = mapper.fold_string(&decomposed).nfkc().collect();
    mapper.fold_string(&compatible).nfkc().filter(|c| !is_invisible(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for (one, other) in [("Straße", "STRASSE"), ("Ａｄａ", "ada"), ("e\u{301}va", "ÉVA"), ("ΣΊΣΥΦΟΣ", "σίσυφος")]
        {
            assert_eq!(caseless_key(one), caseless_key(other));
        }
        assert_eq!(caseless_key("a\u{ad}d\u{200b}a\u{fe0f}"), "ada");
        assert_ne!(caseless_key("ada"), caseless_key("adah"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(caseless_key(&caseless_key(&text)), caseless_key(&text));
        }

        #[test]
        fn normalizing_first_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(caseless_key(&text.nfc().collect::<String>()), caseless_key(&text));
            prop_assert_eq!(caseless_key(&text.nfkd().collect::<String>()), caseless_key(&text));
        }
    }
}
