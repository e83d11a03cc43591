//! Caseless matching: when two spellings are equal.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;

use crate::invisible::is_invisible;

/// Returns the key by which a text is unique and found: case folded, normalized (NFKC), without invisible characters.
///
/// Case folding and normalization are those of Unicode's compatibility caseless matching (The Unicode Standard, D146).
/// The key is computed in Rust, since both database engines fold ASCII only.
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
    fn spellings_of_one_name_have_one_key() {
        for (a, b) in [("Straße", "STRASSE"), ("Ａｄａ", "ada"), ("e\u{301}va", "ÉVA"), ("ΣΊΣΥΦΟΣ", "σίσυφος")]
        {
            assert_eq!(caseless_key(a), caseless_key(b));
        }
        assert_eq!(caseless_key("a\u{ad}d\u{200b}a\u{fe0f}"), "ada");
        assert_ne!(caseless_key("ada"), caseless_key("adah"));
    }

    proptest! {
        #[test]
        fn key_of_key_is_equal(text in any::<String>()) {
            prop_assert_eq!(caseless_key(&caseless_key(&text)), caseless_key(&text));
        }

        #[test]
        fn key_of_normalized_text_is_equal(text in any::<String>()) {
            prop_assert_eq!(caseless_key(&text.nfc().collect::<String>()), caseless_key(&text));
            prop_assert_eq!(caseless_key(&text.nfkd().collect::<String>()), caseless_key(&text));
        }
    }
}
