//! The secret that is a login.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use domain::session::TokenDigest;
use sha2::{Digest, Sha256};

use crate::Random;

/// 32 random bytes: whoever has them is logged in. A secret: it cannot be printed, and the store has its digest alone.
#[derive(Clone)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// The length of a token's text, in characters.
    const LENGTH: usize = 43;

    /// A fresh token.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self(random.bytes())
    }

    /// Reads a token as [`SessionToken::expose`] wrote it; `None` for every other spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let read = text.len() == Self::LENGTH && BASE64.decode_slice(text, &mut bytes).is_ok();
        read.then_some(Self(bytes))
    }

    /// The token's text, for the visitor's cookie alone: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        BASE64.encode(self.0)
    }

    /// The key under which the session is stored. One round of SHA-256 is enough for what is random already.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::new(Sha256::digest(self.0).into())
    }

    /// The secret bytes, to key [`crate::csrf`].
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
    fn each_token_is_asked_of_the_source() {
        let random = Counting::default();
        let [one, other] = [(); 2].map(|()| SessionToken::new(&random).expose());
        assert_eq!((one.as_str(), other.len()), ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 43));
        assert_ne!(one, other);
    }

    #[test]
    fn the_digest_is_sha_256_of_the_bytes() {
        let digest = SessionToken([0; 32]).digest(); // the known answer for 32 zeros
        assert_eq!(digest.as_bytes()[..8], [0x66, 0x68, 0x7a, 0xad, 0xf8, 0x62, 0xbd, 0x77]);
    }

    #[test]
    fn a_token_cannot_be_printed() {
        assert_eq!(format!("{:?}", SessionToken([0; 32])), "SessionToken(..)");
    }

    proptest! {
        #[test]
        fn a_token_reads_as_itself_and_nothing_else_does(bytes: [u8; 32], text in any::<String>(), end in "[A-Za-z0-9_-]") {
            let token = SessionToken(bytes).expose();
            prop_assert_eq!(SessionToken::parse(&token).map(|read| read.0), Some(bytes));
            prop_assert!(SessionToken::parse(&text).is_none());
            for other in [format!("{token}="), format!("{token}A"), format!(" {token}"), token[..42].to_owned()] {
                prop_assert!(SessionToken::parse(&other).is_none());
            }
            let changed = format!("{}{end}", &token[..42]); // its last character has two bits that say nothing
            if let Some(read) = SessionToken::parse(&changed) {
                prop_assert_eq!(read.expose(), changed);
            }
        }
    }
}
