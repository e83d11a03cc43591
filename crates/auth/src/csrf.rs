//! CSRF tokens.
//!
//! A token proves that a form was rendered for the session that submits it. The HTTP layer decides which requests need
//! one.
//!
//! A token is `base64url(mask || mask xor HMAC-SHA-256(secret, label))`. The secret is that of the session or of the
//! pre-session cookie. So there is no server key: tokens survive a restart, are valid in every process, and end with
//! the session. Each token has a fresh mask: responses are compressed, and a constant secret in a compressed page can
//! be guessed byte by byte (BREACH).

use std::array::from_fn;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use subtle::ConstantTimeEq;

use crate::Random;
use crate::keyed_hash::keyed_hash;

/// The message of the HMAC. It keeps other uses of the secret from producing the same bytes.
const LABEL: &[u8] = b"csrf token v1";

/// The length of a token's text, in characters: 64 bytes in base64url.
const TOKEN_LENGTH: usize = 86;

/// Returns a new token for a form of the session with `secret`: 86 characters, different each time.
#[must_use]
pub fn token(secret: &[u8; 32], random: &dyn Random) -> String {
    let mask: [u8; 32] = random.bytes();
    BASE64.encode([mask, xor(mask, keyed_hash(secret, &[LABEL]))].as_flattened())
}

/// Whether `token` was made for the session with `secret`. Compares in constant time.
#[must_use]
pub fn verify(secret: &[u8; 32], token: &str) -> bool {
    let mut halves = [[0; 32]; 2];
    if token.len() != TOKEN_LENGTH || BASE64.decode_slice(token, halves.as_flattened_mut()).is_err() {
        return false;
    }
    let [mask, masked] = halves;
    xor(mask, masked).ct_eq(&keyed_hash(secret, &[LABEL])).into()
}

fn xor(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    from_fn(|at| a[at] ^ b[at])
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;
    use sha2::Sha256;

    use super::*;
    use crate::random::fake::Counting;

    #[test]
    fn token_is_masked_hmac() {
        let text = token(&[7; 32], &Counting::default());
        let bytes = BASE64.decode(&text).unwrap();
        let (mask, masked) = bytes.split_at(32);
        let unmasked: Vec<u8> = mask.iter().zip(masked).map(|(a, b)| a ^ b).collect();
        let expected = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap().chain_update(LABEL).finalize().into_bytes();
        assert_eq!((text.len(), mask[31], unmasked), (86, 31, expected.to_vec()));
    }

    #[test]
    fn tokens_of_one_secret_differ_and_are_all_valid() {
        let random = Counting::default();
        let [first, second] = [(); 2].map(|()| token(&[7; 32], &random));
        assert_ne!(first, second);
        assert!(verify(&[7; 32], &first) && verify(&[7; 32], &second));
    }

    #[test]
    fn token_of_another_session_is_rejected() {
        assert!(!verify(&[8; 32], &token(&[7; 32], &Counting::default())));
    }

    #[test]
    fn truncated_token_is_rejected_even_if_it_ends_in_zeros() {
        let random = Counting::default();
        for secret in (0..=255).flat_map(|n| [[n; 32]; 8]) {
            let token = token(&secret, &random);
            assert!(verify(&secret, &token) && !verify(&secret, &token[..84]), "{token}");
        }
    }

    proptest! {
        #[test]
        fn altered_token_is_rejected(secret: [u8; 32], text in any::<String>(), at in 0..86usize, with in "[A-Za-z0-9_-]") {
            prop_assert!(!verify(&secret, &text));
            let token = token(&secret, &Counting::default());
            let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            prop_assert_eq!(verify(&secret, &changed), changed == token);
            for altered in [format!("{token}="), format!("{token}A"), format!(" {token}"), token[..85].to_owned()] {
                prop_assert!(!verify(&secret, &altered));
            }
        }
    }
}
