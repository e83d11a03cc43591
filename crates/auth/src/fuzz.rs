//! Property tests with generated PHC strings and tokens.
//!
//! The input is random text made of the fragments that the parsers look for. No input may panic, and a parsed value has
//! one spelling. `cargo xtask fuzz` runs at least a million cases of each.

use domain::credential::PasswordHash;
use proptest::prelude::*;

use crate::phc::Phc;
use crate::{Cost, SessionToken, csrf};

/// The number of cases in `PROPTEST_CASES`, and at least 4,096.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.max(4096), ..default }
}

const SALT: &str = "AAECAwQFBgcICQoLDA0ODw";
const DIGEST: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

#[rustfmt::skip] // one fragment per line would be long
const PHC_FRAGMENTS: &[&str] = &[
    "$", "$$", "=", ",", "+", "-", "pbkdf2-sha256", "pbkdf2-sha512", "pbkdf2", "argon2id", "v=19", "i=600000",
    "i=1000", "i=999", "i=4294967296", "i=", "i=0600000", "l=32", "l=33", "l=", "p=1", "m=19456", SALT, DIGEST,
    "AAAA", "A", "é", "\0", "$pbkdf2-sha256$i=600000,l=32$",
];

/// A hash as this crate formats it.
fn valid_hashes() -> impl Strategy<Value = String> {
    let parts = (1_000..=Cost::MAX_ROUNDS, prop::collection::vec(any::<u8>(), 16..=48), any::<[u8; 32]>());
    parts.prop_map(|(rounds, salt, digest)| Phc { rounds, salt, digest }.to_hash().expose().to_owned())
}

/// Fragments in any order, or a valid hash in which a fragment replaces a part.
fn hashes() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![6 => prop::sample::select(PHC_FRAGMENTS).prop_map(str::to_owned), 1 => any::<String>()];
    let random = prop::collection::vec(fragment.clone(), 0..12).prop_map(|fragments| fragments.concat());
    let changed = (valid_hashes(), fragment, any::<prop::sample::Index>(), 0..8usize);
    let changed = changed.prop_map(|(hash, fragment, at, length)| {
        let at = at.index(hash.len()); // a valid hash is ASCII: every index is a character boundary
        let end = hash.len().min(at + length);
        format!("{}{fragment}{}", &hash[..at], &hash[end..])
    });
    prop_oneof![random, changed]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parsed_hash_is_within_bounds_and_has_one_spelling(text in hashes()) {
        let Some(phc) = Phc::parse(&PasswordHash::new(text.clone())) else { return Ok(()) };
        prop_assert!((1_000..=Cost::MAX_ROUNDS).contains(&phc.rounds) && (16..=48).contains(&phc.salt.len()));
        let formatted = phc.to_hash();
        prop_assert_eq!(formatted.expose(), text);
    }

    #[test]
    fn parsed_token_has_one_spelling(text in "[A-Za-z0-9_=+/ -]{42,44}|\\PC{0,44}|[A-Za-z0-9_-]{86}") {
        if let Some(token) = SessionToken::parse(&text) {
            prop_assert_eq!(token.expose(), text.clone());
        }
        prop_assert!(!csrf::verify(&[7; 32], &text));
    }
}
