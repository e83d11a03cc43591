//! The session token: the secret in a logged-in browser's cookie.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use domain::session::TokenDigest;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Random;

/// 32 random bytes that authenticate a session. Wiped on drop; `Debug` hides them.
///
/// The store keeps only the [`TokenDigest`].
#[derive(Clone)]
pub struct SessionToken(Zeroizing<[u8; 32]>);

impl SessionToken {
    /// The length of a token's text, in characters: 32 bytes in base64url.
    const TEXT_LENGTH: usize = 43;

    /// Makes a new token.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self(random.bytes().into())
    }

    /// Parses the text of [`SessionToken::expose`]. `None` for any other spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        let is_token = text.len() == Self::TEXT_LENGTH && BASE64.decode_slice(text, &mut *bytes).is_ok();
        is_token.then_some(Self(bytes))
    }

    /// The token's text, for the cookie only: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        BASE64.encode(*self.0)
    }

    /// The key under which the session is stored. One SHA-256 is enough, since the input is random.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::new(Sha256::digest(*self.0).into())
    }

    /// The secret bytes, as the key of [`crate::csrf`].
    #[must_use]
    pub fn secret(&self) -> &[u8; 32] {
        &self.0
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
        let digest = SessionToken([0; 32].into()).digest(); // the known answer for 32 zeros
        assert_eq!(digest.as_bytes()[..8], [0x66, 0x68, 0x7a, 0xad, 0xf8, 0x62, 0xbd, 0x77]);
    }

    #[test]
    fn debug_output_hides_token() {
        assert_eq!(format!("{:?}", SessionToken([0; 32].into())), "SessionToken(..)");
    }

    proptest! {
        #[test]
        fn token_parses_in_one_spelling_only(bytes: [u8; 32], text in any::<String>(), end in "[A-Za-z0-9_-]") {
            let token = SessionToken(bytes.into()).expose();
            prop_assert_eq!(SessionToken::parse(&token).map(|parsed| *parsed.0), Some(bytes));
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
