//! The port to stored sessions.

use async_trait::async_trait;

use super::{SessionId, SessionRecord, StoredSession, TokenDigest};
use crate::user::UserId;
use crate::{StoreError, Timestamp};

/// A session that is no more: what there is to tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSession {
    /// Which one it was.
    pub id: SessionId,
    /// Whose it was.
    pub user: UserId,
}

/// Stored sessions. Each method is one commit; `Ok` means that it is on the disk.
///
/// A session that was ended stays ended: apart from `open`, every write is an update or a removal of a row that is
/// there, so that a request in flight during a log-out brings nothing back.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Opens a session under the digest of its token, and ends the one it replaces in the same commit.
    async fn open(
        &self,
        digest: TokenDigest,
        session: SessionRecord,
        replaces: Option<TokenDigest>,
    ) -> Result<SessionId, StoreError>;

    /// Returns the session and its user, or `None` if there is no such session. Expired sessions and sessions of
    /// disabled users are returned too.
    async fn find(&self, digest: TokenDigest) -> Result<Option<StoredSession>, StoreError>;

    /// Notes that a request came with the session. `false`, and nothing written, where it has been ended, or was seen
    /// after `unless_seen_after`: of many requests at once one is noted, and a late one takes nothing back.
    async fn touch(
        &self,
        id: SessionId,
        seen_at: Timestamp,
        expires_at: Timestamp,
        unless_seen_after: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Ends a session, and tells which it was. `None` where there was none.
    async fn end(&self, digest: TokenDigest) -> Result<Option<EndedSession>, StoreError>;

    /// Ends every session of a user, and tells how many there were.
    async fn end_all(&self, user: UserId) -> Result<u64, StoreError>;

    /// Forgets at most `limit` sessions whose `expires_at` is `now` or earlier, and tells how many.
    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
