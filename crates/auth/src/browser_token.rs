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
