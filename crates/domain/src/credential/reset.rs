//! Tokens of links that set a new password, as they are stored.

use std::fmt;
use std::time::Duration;

use crate::Timestamp;
use crate::user::UserId;

/// How long a link that sets a new password works: 30 minutes.
pub const RESET_LIFETIME: Duration = Duration::from_mins(30);

/// The most tokens of a user that work at once: one more removes the first to expire.
pub const MOST_RESET_TOKENS: u32 = 20;

/// The SHA-256 of a reset token. The store has only the digest, so that a stolen table contains no link.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResetDigest([u8; 32]);

impl ResetDigest {
    /// Wraps the 32 bytes of a digest.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ResetDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResetDigest(..)")
    }
}

/// A reset token to store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewResetToken {
    /// The digest of the token.
    pub digest: ResetDigest,
    /// The user whose password it sets.
    pub user: UserId,
    /// When it is made. It works until [`RESET_LIFETIME`] later.
    pub made_at: Timestamp,
}
