//! The session token: the secret in a logged-in browser's cookie.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use domain::session::TokenDigest;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Random;

/// 32 random bytes that authenticate a session. Wiped on drop; `Debug` hides them.
///
/// The store keeps only the [`TokenDigest`]. The bytes are in one place on the heap: moving the token copies none of them, which
/// would stay on the stacks of the threads that it passes.
pub struct SessionToken(Box<Zeroizing<[u8; 32]>>);

impl SessionToken {
    /// The length of a token's text, in characters: 32 bytes in base64url.
    const TEXT_LENGTH: usize = 43;

    /// Makes a new token.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        let mut token = Self::empty();
        random.fill(&mut **token.0);
        token
    }

    /// Parses the text of [`SessionToken::expose`]. `None` for any other spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut token = Self::empty();
        let is_token = text.len() == Self::TEXT_LENGTH && BASE64.decode_slice(text, &mut **token.0).is_ok();
        is_token.then_some(token)
    }

    fn empty() -> Self {
        Self(Box::new(Zeroizing::new([0; 32])))
    }

    /// The token's text, for the cookie only: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        BASE64.encode(self.secret())
    }

    /// The key under which the session is stored. One SHA-256 is enough, since the input is random.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::new(Sha256::digest(self.secret()).into())
    }

    /// The secret bytes, as the key of [`crate::csrf`].
    #[must_use]
    pub fn secret(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Copies from heap to heap.
impl Clone for SessionToken {
    fn clone(&self) -> Self {
        let mut token = Self::empty();
        token.0.copy_from_slice(self.secret());
        token
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::fake::Counting;

    #[test]
    fn each_token_has_fresh_random_bytes() {
        let random = Counting::default();
        let [first, second] = [(); 2].map(|()| SessionToken::new(&random).expose());
        assert_eq!((first.as_str(), second.len()), ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 43));
        assert_ne!(first, second);
    }

    #[test]
    fn digest_is_sha_256_of_token_bytes() {
        let digest = SessionToken::empty().digest(); // the known answer for 32 zeros
        assert_eq!(digest.as_bytes()[..8], [0x66, 0x68, 0x7a, 0xad, 0xf8, 0x62, 0xbd, 0x77]);
    }

    #[test]
    fn debug_output_hides_token() {
        assert_eq!(format!("{:?}", SessionToken::empty()), "SessionToken(..)");
    }

    proptest! {
        #[test]
        fn token_parses_in_one_spelling_only(bytes: [u8; 32], text in any::<String>(), end in "[A-Za-z0-9_-]") {
            let token = SessionToken(Box::new(bytes.into())).expose();
            let parsed = SessionToken::parse(&token).map(|parsed| (*parsed.secret(), *parsed.clone().secret()));
            prop_assert_eq!(parsed, Some((bytes, bytes)));
            prop_assert!(SessionToken::parse(&text).is_none());
            for other in [format!("{token}="), format!("{token}A"), format!(" {token}"), token[..42].to_owned()] {
                prop_assert!(SessionToken::parse(&other).is_none());
            }
            let changed = format!("{}{end}", &token[..42]); // two bits of the last character are not data
            if let Some(parsed) = SessionToken::parse(&changed) {
                prop_assert_eq!(parsed.expose(), changed);
            }
        }
    }
}
