//! Signed texts: what a browser sends back to us, unchanged or not at all.
//!
//! A signed text is `base64url(HMAC-SHA-256(secret, label || payload) || payload)`. It is not encrypted: its reader is the
//! visitor for whom it was made. The secret is that of the pre-session cookie or of the session, so the text is valid in that
//! browser only, and there is no server key.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use subtle::ConstantTimeEq;

use crate::keyed_hash::keyed_hash;

/// What a text is signed for. A text that was signed for one purpose is rejected for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A form that waits for a log-in, under the secret of the pre-session cookie.
    InterruptedForm,
    /// A flash message, under the secret of the session.
    FlashMessage,
}

impl Purpose {
    /// The first part of the message. It keeps other uses of the secret from producing the same bytes.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::InterruptedForm => b"signed text v1",
            Self::FlashMessage => b"flash message v1",
        }
    }
}

/// The length of the HMAC, in bytes.
const MAC_LENGTH: usize = 32;

/// The length of the signed text of a payload, in characters.
#[must_use]
pub fn signed_length(payload: usize) -> usize {
    (4 * (MAC_LENGTH + payload)).div_ceil(3)
}

/// Signs a payload. The text consists of letters, digits, `-` and `_`.
#[must_use]
pub fn sign(secret: &[u8; 32], purpose: Purpose, payload: &[u8]) -> String {
    let mac = keyed_hash(secret, &[purpose.label(), payload]);
    BASE64.encode([&mac[..], payload].concat())
}

/// Returns the payload of a text that was signed with `secret` for this purpose, or `None` for any other text. Compares in
/// constant time.
#[must_use]
pub fn verify(secret: &[u8; 32], purpose: Purpose, text: &str) -> Option<Vec<u8>> {
    let mut bytes = BASE64.decode(text).ok()?;
    let (mac, payload) = bytes.split_at_checked(MAC_LENGTH)?;
    let is_valid: bool = mac.ct_eq(&keyed_hash(secret, &[purpose.label(), payload])).into();
    is_valid.then(|| bytes.split_off(MAC_LENGTH))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Purpose::{FlashMessage, InterruptedForm};
    use super::*;

    #[test]
    fn text_of_another_secret_or_purpose_is_rejected() {
        let signed = sign(&[7; 32], FlashMessage, b"soup");
        assert_eq!(verify(&[7; 32], FlashMessage, &signed), Some(b"soup".to_vec()));
        assert_eq!(verify(&[8; 32], FlashMessage, &signed), None);
        assert_eq!(verify(&[7; 32], InterruptedForm, &signed), None);
    }

    proptest! {
        #[test]
        fn signed_payload_is_returned_and_altered_text_is_rejected(
            secret: [u8; 32],
            payload in prop::collection::vec(any::<u8>(), 0..200),
            at: prop::sample::Index,
            with in "[A-Za-z0-9_-]",
            text in any::<String>(),
        ) {
            let signed = sign(&secret, InterruptedForm, &payload);
            prop_assert_eq!(signed.len(), signed_length(payload.len()));
            prop_assert_eq!(verify(&secret, InterruptedForm, &signed), Some(payload));
            prop_assert_eq!(verify(&secret, InterruptedForm, &text), None);
            let at = at.index(signed.len());
            let changed = format!("{}{with}{}", &signed[..at], &signed[at + 1..]);
            prop_assert_eq!(verify(&secret, InterruptedForm, &changed).is_some(), changed == signed);
            prop_assert_eq!(verify(&secret, InterruptedForm, &signed[..at]), None);
            prop_assert_eq!(verify(&secret, InterruptedForm, &format!("{signed}{with}")), None);
        }
    }
}
