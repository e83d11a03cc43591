//! Sessions as they are stored.
//!
//! The token is only in the browser's cookie. `auth` has the rules by which a session is opened, renewed and expires.

mod repository;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;

#[cfg(feature = "mock")]
pub use repository::MockSessionRepository;
pub use repository::{EndedSession, KeptSession, OpenSessionError, SessionRepository};

use crate::Timestamp;
use crate::user::{Roles, User, UserId};

/// The id of a session. It is not a secret: only the token authenticates a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(i64);

impl SessionId {
    /// Wraps a row id.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The row id.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// The most sessions of a user: the oldest ends.
pub const MOST_SESSIONS: u32 = 100;

/// The SHA-256 of a session's token. The store has only the digest, so that a stolen table contains no token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
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

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(..)")
    }
}

/// The device of a log-in, for the user's list of sessions. A session is not bound to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The network of the IP address (IPv4 /24, IPv6 /48). The address itself is not stored.
    pub network: Option<String>,
    /// The `User-Agent` header, truncated to 255 code points.
    pub user_agent: Option<String>,
}

/// The stored columns of a session. How long the session lives follows from these times and the service's lifetimes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The user of the session.
    pub user: UserId,
    /// When the session was opened.
    pub created_at: Timestamp,
    /// When a request last came with the session. Written at most once a minute.
    pub last_seen_at: Timestamp,
    /// When the user last gave the password in the session.
    pub authenticated_at: Timestamp,
    /// The time from which the purge may remove the session. Never before the session has expired.
    pub expires_at: Timestamp,
    /// Whether "remember me" was chosen.
    pub remembered: bool,
    /// The device of the log-in.
    pub device: Device,
}

/// A session in the list of its user's, not yet checked: it may have expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    /// The id of the session.
    pub id: SessionId,
    /// The stored times and device of the session.
    pub record: SessionRecord,
}

/// A new token for a session that stays open: after its user has given the password again, the former token is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The digest of the former token.
    pub from: TokenDigest,
    /// The digest of the new token.
    pub to: TokenDigest,
    /// When the user gave the password.
    pub authenticated_at: Timestamp,
}

/// What became of a user's sessions when all but one were to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OtherSessions {
    /// How many ended.
    pub ended: u64,
    /// The session that stays, which has its former id. `None` if none was to stay, or it had ended before.
    pub kept: Option<SessionId>,
}

/// A session as a store returns it, not yet checked.
///
/// It may have expired, and its user may be disabled. `auth::Lifetimes::live_session` makes a live session of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// The id of the session.
    pub id: SessionId,
    /// The user of the session, who may be disabled.
    pub user: User,
    /// The roles of the user.
    pub roles: Roles,
    /// The number of notices to the user, of every kind, at most [`MOST_COUNTED`](crate::notice::MOST_COUNTED).
    pub notices: u32,
    /// The stored times and device of the session, which may have expired.
    pub record: SessionRecord,
}
