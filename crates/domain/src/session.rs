//! A login that is remembered: what is stored of it. The token itself is in the visitor's cookie alone, and how a
//! session is opened, renewed and expires is `auth`'s.

mod repository;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;

#[cfg(feature = "mock")]
pub use repository::MockSessionRepository;
pub use repository::{EndedSession, SessionRepository};

use crate::Timestamp;
use crate::user::{User, UserId};

/// Identifies a session for its owner's list; it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(i64);

impl SessionId {
    /// The session with that number in the store.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number in the store.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// The SHA-256 of a session's token: what the store keeps, so that a stolen table logs nobody in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Takes the 32 bytes of a digest.
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

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(..)")
    }
}

/// From where somebody logged in, for their own list of sessions. Nothing is bound to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The network of the address (IPv4 /24, IPv6 /48), not the address.
    pub network: Option<String>,
    /// What the browser calls itself, cut to 255 code points.
    pub user_agent: Option<String>,
}

/// The stored columns of a session. How long the session lives follows from these times and the service's lifetimes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Whose it is.
    pub user: UserId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When a request last came with it; written at most once a minute.
    pub last_seen_at: Timestamp,
    /// When a password was last given in it.
    pub authenticated_at: Timestamp,
    /// When it may be forgotten: never before it has expired.
    pub expires_at: Timestamp,
    /// Whether "remember me" was chosen.
    pub remembered: bool,
    /// From where it was opened.
    pub device: Device,
}

/// A session as a store returns it, not yet checked.
///
/// It may have expired, and its user may be disabled. `auth::Lifetimes::check` makes a live session of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// The id of the session.
    pub id: SessionId,
    /// The user of the session, who may be disabled.
    pub user: User,
    /// The stored times and device of the session, which may have expired.
    pub record: SessionRecord,
}
