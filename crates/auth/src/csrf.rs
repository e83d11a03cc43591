//! CSRF tokens: proof that a form was made for the one who sends it. When one is required is the HTTP layer's.
//!
//! A token is `base64url(mask || mask xor HMAC-SHA-256(secret, label))`. The secret is the session's own (or the
//! pre-session cookie's), so there is no server key: tokens survive a restart, hold over several processes, and end
//! with the session. The mask is fresh each time, since answers are compressed and a constant secret in a compressed
//! page can be guessed byte by byte (BREACH).

use std::array::from_fn;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::Random;

/// What the secret is used for here, so that no other use of it gives the same bytes.
const LABEL: &[u8] = b"csrf token v1";

/// A token for a form shown to the bearer of `secret`: 86 characters, different each time.
#[must_use]
pub fn token(secret: &[u8; 32], random: &dyn Random) -> String {
    let mask: [u8; 32] = random.bytes();
    BASE64.encode([mask, xor(mask, proof(secret))].as_flattened())
}

/// Whether `token` was made for the bearer of `secret`, in a time that does not tell how nearly.
#[must_use]
pub fn verify(secret: &[u8; 32], token: &str) -> bool {
    let mut halves = [[0; 32]; 2];
    if token.len() != 86 || BASE64.decode_slice(token, halves.as_flattened_mut()).is_err() {
        return false;
    }
    let [mask, masked] = halves;
    xor(mask, masked).ct_eq(&proof(secret)).into()
}

fn proof(secret: &[u8; 32]) -> [u8; 32] {
    // A key shorter than a block is padded with zeros (RFC 2104): done here, where its length is known, it cannot fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(secret);
    Hmac::<Sha256>::new(&block.into()).chain_update(LABEL).finalize().into_bytes().into()
}

fn xor(one: [u8; 32], other: [u8; 32]) -> [u8; 32] {
    from_fn(|at| one[at] ^ other[at])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::fake::Counting;

    #[test]
    fn a_token_is_an_hmac_under_a_mask() {
        let text = token(&[7; 32], &Counting::default());
        let bytes = BASE64.decode(&text).unwrap();
        let (mask, masked) = bytes.split_at(32);
        let unmasked: Vec<u8> = mask.iter().zip(masked).map(|(a, b)| a ^ b).collect();
        let expected = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap().chain_update(LABEL).finalize().into_bytes();
        assert_eq!((text.len(), mask[31], unmasked), (86, 31, expected.to_vec()));
    }

    #[test]
    fn tokens_differ_each_time_and_all_hold() {
        let random = Counting::default();
        let [one, other] = [(); 2].map(|()| token(&[7; 32], &random));
        assert_ne!(one, other);
        assert!(verify(&[7; 32], &one) && verify(&[7; 32], &other));
    }

    #[test]
    fn a_token_of_another_session_does_not_hold() {
        assert!(!verify(&[8; 32], &token(&[7; 32], &Counting::default())));
    }

    #[test]
    fn a_token_cut_short_does_not_hold_even_where_it_ends_in_zeros() {
        let random = Counting::default();
        for secret in (0..=255).flat_map(|n| [[n; 32]; 8]) {
            let token = token(&secret, &random);
            assert!(verify(&secret, &token) && !verify(&secret, &token[..84]), "{token}");
        }
    }

    proptest! {
        #[test]
        fn no_other_text_holds(secret: [u8; 32], text in any::<String>(), at in 0..86usize, with in "[A-Za-z0-9_-]") {
            prop_assert!(!verify(&secret, &text));
            let token = token(&secret, &Counting::default());
            let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            prop_assert_eq!(verify(&secret, &changed), changed == token);
            for spelling in [format!("{token}="), format!("{token}A"), format!(" {token}"), token[..85].to_owned()] {
                prop_assert!(!verify(&secret, &spelling));
            }
        }
    }
}
