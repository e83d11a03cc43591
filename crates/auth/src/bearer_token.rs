//! The bearer token: the secret by which a program authenticates (RFC 6750). The tables of tokens are the embedder's.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Random;

/// The token of a program, as its text: an API key, say. Wiped on drop; `Debug` hides it.
///
/// A store keeps its [digest](BearerToken::digest) only.
#[derive(Clone)]
pub struct BearerToken(Zeroizing<String>);

impl BearerToken {
    /// Makes a new token of 32 random bytes: 43 characters of base64url.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(&mut *bytes);
        Self(Zeroizing::new(BASE64.encode(*bytes)))
    }

    /// Parses a token in the syntax of RFC 6750 (2.1, `b64token`): letters, digits and `-._~+/`, then any number of `=`. `None` for
    /// any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let characters = text.trim_end_matches('=');
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        let is_token = !characters.is_empty() && characters.bytes().all(is_valid);
        is_token.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The token's text: to show it to its user once, or to verify it where it is signed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The SHA-256 of the token's text, under which a table keeps it. One SHA-256 is enough for a token of [`BearerToken::new`],
    /// since its input is random.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(..)")
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
        let [first, second] = [(); 2].map(|()| BearerToken::new(&random));
        assert_eq!((first.expose(), second.expose().len()), ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 43));
        assert_ne!(first.digest(), second.digest());
        assert_eq!(BearerToken::parse(first.expose()).unwrap().digest(), first.digest());
    }

    #[test]
    fn digest_is_sha_256_of_the_text() {
        let digest = BearerToken::parse("abc").unwrap().digest(); // FIPS 180-2, B.1
        assert_eq!(digest[..8], [0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea]);
    }

    #[test]
    fn text_beyond_the_syntax_is_no_token() {
        for text in ["", "=", "==", "a b", " a", "a ", "a=b", "a,b", "\"a\"", "a\0", "é", "a\tb", "a:b"] {
            assert!(BearerToken::parse(text).is_none(), "{text:?}");
        }
        for text in ["a", "mF_9.B5f-4.1JqM", "a+/~=", "a=="] {
            assert_eq!(BearerToken::parse(text).unwrap().expose(), text);
        }
    }

    #[test]
    fn debug_output_hides_token() {
        assert_eq!(format!("{:?}", BearerToken::parse("hush").unwrap()), "BearerToken(..)");
    }

    proptest! {
        #[test]
        fn any_text_is_a_token_as_it_is_or_none(text in any::<String>()) {
            prop_assert!(BearerToken::parse(&text).is_none_or(|token| token.expose() == text && text.is_ascii()));
        }
    }
}
