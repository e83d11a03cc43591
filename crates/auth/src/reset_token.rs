//! The reset token: the secret in a link that sets a new password.

use domain::credential::ResetDigest;

use crate::{Random, SessionToken};

/// 32 random bytes in a link that sets a new password, for 30 minutes and once. Wiped on drop; `Debug` hides them.
///
/// The store keeps only the [`ResetDigest`].
#[derive(Debug, Clone)]
pub struct ResetToken(SessionToken);

impl ResetToken {
    /// Makes a new token.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self(SessionToken::new(random))
    }

    /// Parses the text of [`ResetToken::expose`]. `None` for any other spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        SessionToken::parse(text).map(Self)
    }

    /// The token's text, for the link only: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.expose()
    }

    /// The key under which the token is stored: the SHA-256 of its bytes.
    #[must_use]
    pub fn digest(&self) -> ResetDigest {
        ResetDigest::new(*self.0.digest().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fake::Counting;

    #[test]
    fn token_parses_from_its_text_and_hides_itself() {
        let token = ResetToken::new(&Counting::default());
        assert_eq!(ResetToken::parse(&token.expose()).unwrap().digest(), token.digest());
        assert!(ResetToken::parse("").is_none() && ResetToken::parse(&format!("{}A", token.expose())).is_none());
        assert_eq!(format!("{token:?}"), "ResetToken(SessionToken(..))");
    }
}
