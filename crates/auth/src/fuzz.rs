//! What a store or a visitor may hold in place of what we wrote there, put together at random from the pieces that its
//! readers look for: PHC strings, tokens. Nothing may panic, and what is read has one spelling. `cargo xtask fuzz` runs
//! each a million times and more.

use domain::credential::PasswordHash;
use proptest::prelude::*;

use crate::phc::Phc;
use crate::{Cost, SessionToken, csrf};

/// As many cases as `PROPTEST_CASES` asks for; every day a few thousand.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(4096), ..asked }
}

const SALT: &str = "AAECAwQFBgcICQoLDA0ODw";
const DIGEST: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

#[rustfmt::skip] // a piece a line would hide the rest
const OF_HASHES: &[&str] = &[
    "$", "$$", "=", ",", "+", "-", "pbkdf2-sha256", "pbkdf2-sha512", "pbkdf2", "argon2id", "v=19", "i=600000",
    "i=1000", "i=999", "i=4294967296", "i=", "i=0600000", "l=32", "l=33", "l=", "p=1", "m=19456", SALT, DIGEST,
    "AAAA", "A", "é", "\0", "$pbkdf2-sha256$i=600000,l=32$",
];

/// A hash as we write it.
fn ours() -> impl Strategy<Value = String> {
    let parts = (1_000..=Cost::CEILING, prop::collection::vec(any::<u8>(), 16..=48), any::<[u8; 32]>());
    parts.prop_map(|(rounds, salt, digest)| Phc { rounds, salt, digest }.to_hash().expose().to_owned())
}

/// Pieces in any order; or a hash as we write it, with a piece in place of a part of it.
fn hashes() -> impl Strategy<Value = String> {
    let piece = prop_oneof![6 => prop::sample::select(OF_HASHES).prop_map(str::to_owned), 1 => any::<String>()];
    let pieces = prop::collection::vec(piece.clone(), 0..12).prop_map(|pieces| pieces.concat());
    let bent = (ours(), piece, any::<prop::sample::Index>(), 0..8usize).prop_map(|(hash, piece, at, length)| {
        let at = at.index(hash.len()); // ours are ASCII: any place is between two characters
        let end = hash.len().min(at + length);
        format!("{}{piece}{}", &hash[..at], &hash[end..])
    });
    prop_oneof![pieces, bent]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_hash_is_read_within_its_bounds_and_in_one_spelling_or_not_at_all(text in hashes()) {
        let Some(phc) = Phc::parse(&PasswordHash::new(text.clone())) else { return Ok(()) };
        prop_assert!((1_000..=Cost::CEILING).contains(&phc.rounds) && (16..=48).contains(&phc.salt.len()));
        let again = phc.to_hash();
        prop_assert_eq!(again.expose(), text);
    }

    #[test]
    fn a_token_reads_as_itself_or_not_at_all(text in "[A-Za-z0-9_=+/ -]{42,44}|\\PC{0,44}|[A-Za-z0-9_-]{86}") {
        if let Some(token) = SessionToken::parse(&text) {
            prop_assert_eq!(token.expose(), text.clone());
        }
        prop_assert!(!csrf::verify(&[7; 32], &text));
    }
}
