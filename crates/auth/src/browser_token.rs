//! The browser token: the secret in the cookie by which a browser is recognized after a log-out.

use domain::known_browser::BrowserDigest;

use crate::{Random, SessionToken};

/// 32 random bytes that identify a browser. They authenticate nobody: an account that has logged in with the browser counts
/// the browser's failures apart from those of strangers. Wiped on drop; `Debug` hides them.
///
/// The store keeps only the [`BrowserDigest`].
#[derive(Debug, Clone)]
pub struct BrowserToken(SessionToken);

impl BrowserToken {
    /// Makes a new token.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self(SessionToken::new(random))
    }

    /// Parses the text of [`BrowserToken::expose`]. `None` for any other spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        SessionToken::parse(text).map(Self)
    }

    /// The token's text, for the cookie only: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.expose()
    }

    /// The key under which the browser is stored: the SHA-256 of the token.
    #[must_use]
    pub fn digest(&self) -> BrowserDigest {
        BrowserDigest::new(*self.0.digest().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fake::Counting;

    #[test]
    fn token_is_parsed_from_its_text_and_stored_by_its_digest() {
        let token = BrowserToken::new(&Counting::default());
        let text = token.expose();
        assert_eq!(text, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        let parsed = BrowserToken::parse(&text).unwrap();
        assert_eq!((parsed.expose(), parsed.digest()), (text.clone(), token.digest()));
        assert_eq!(token.digest().as_bytes(), SessionToken::parse(&text).unwrap().digest().as_bytes());
        assert!(BrowserToken::parse(&text[..42]).is_none());
    }

    #[test]
    fn debug_output_hides_token() {
        assert_eq!(format!("{:?}", BrowserToken::new(&Counting::default())), "BrowserToken(SessionToken(..))");
    }
}
