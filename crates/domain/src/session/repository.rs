//! The port of stored sessions.

use async_trait::async_trait;

use super::{ListedSession, OtherSessions, Rotation, SessionId, SessionRecord, StoredSession, TokenDigest};
use crate::credential::PasswordVersion;
use crate::user::UserId;
use crate::{Alongside, StoreError, Timestamp};

/// The ids of a session that was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSession {
    /// The id of the session.
    pub id: SessionId,
    /// The user of the session.
    pub user: UserId,
}

/// A session that was kept while all others of its user were ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptSession {
    /// The id of the session.
    pub id: SessionId,
    /// The user of the session.
    pub user: UserId,
    /// The number of sessions that were ended.
    pub ended: u64,
}

/// Why a session was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenSessionError {
    /// There is no such user, or the user is disabled, or the deletion of the user is due or done.
    #[error("there is no such user, or the user is disabled")]
    UserDisabled,
    /// The password of the user is not the one that was verified any more.
    #[error("the password was changed after it was verified")]
    PasswordChanged,
    /// The deletion of the user is requested and not due: it must be undone before.
    #[error("the deletion of the user is requested")]
    DeletionRequested,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stored sessions.
///
/// Each method is one commit. `Ok` means that the commit is durable. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
///
/// An ended session stays ended. Except for `open`, every write updates or removes an existing row, so that a request
/// in flight during a log-out does not restore the session. A [`SessionId`] is never reused.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Opens a session under the digest of its token, after the user has proved who they are at a version of the password.
    ///
    /// The same commit ends the session `replaces`, if it exists, and writes `alongside`, about the session and its user.
    ///
    /// Of more than [`MOST_SESSIONS`](super::MOST_SESSIONS) of the user, the oldest ends in the same commit.
    ///
    /// # Errors
    /// [`OpenSessionError::UserDisabled`]: there is no such user, or the user may not log in when the session is created.
    /// [`OpenSessionError::PasswordChanged`]: the version is not the user's. [`OpenSessionError::DeletionRequested`]: the deletion of
    /// the user is requested. It fails also if the digest is in use. No session is ended then.
    async fn open(
        &self,
        digest: TokenDigest,
        session: SessionRecord,
        verified: PasswordVersion,
        replaces: Option<TokenDigest>,
        alongside: Alongside,
    ) -> Result<SessionId, OpenSessionError>;

    /// Returns the session, its user, the user's roles and the number of the user's notices, or `None` if there is no such session.
    ///
    /// Expired sessions and sessions of disabled users are returned too.
    async fn find(&self, digest: TokenDigest) -> Result<Option<StoredSession>, StoreError>;

    /// Records that a request came with the session at `seen_at`, and sets its new `expires_at`.
    ///
    /// Returns `false` and writes nothing if the session has ended, or if it was seen after `unless_seen_after`. So one
    /// of many concurrent requests writes, and a late request does not set the times back.
    async fn touch(
        &self,
        id: SessionId,
        seen_at: Timestamp,
        expires_at: Timestamp,
        unless_seen_after: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Records that the user gave the password in a session at `at`, replaces the digest of its token by `fresh`, and writes
    /// `alongside` about it. Returns its id.
    ///
    /// Returns `None` and writes nothing if there is no such session: it has ended, or another call has replaced the digest. So
    /// of concurrent calls with one digest, from any process, one returns the id. It fails if `fresh` is in use.
    async fn confirm(
        &self,
        digest: TokenDigest,
        fresh: TokenDigest,
        at: Timestamp,
        alongside: Alongside,
    ) -> Result<Option<SessionId>, StoreError>;

    /// Ends a session, writes `alongside` about it, and returns its ids. Returns `None` and writes nothing if there is no such
    /// session.
    async fn end(&self, digest: TokenDigest, alongside: Alongside) -> Result<Option<EndedSession>, StoreError>;

    /// Ends every session of a user and returns their number. Writes `alongside` about the user, unless there was no session;
    /// its events count the sessions.
    async fn end_all(&self, user: UserId, alongside: Alongside) -> Result<u64, StoreError>;

    /// Ends the session with that id of that user, and writes `alongside` about it. Returns `false` and writes nothing if the
    /// user has no such session: another user's is not ended.
    async fn end_of_user(&self, user: UserId, id: SessionId, alongside: Alongside) -> Result<bool, StoreError>;

    /// Ends every session of the user of a session but that one, and replaces the digest of its token by `fresh`: a copy of the
    /// token opens nothing any more. Writes `alongside` about the user, unless there was no other session; its events count the
    /// sessions.
    ///
    /// Returns `None` and writes nothing if there is no such session. So of concurrent calls for two sessions of a user, from
    /// any process, one keeps its session and the other finds none. It fails if `fresh` is in use.
    async fn end_others(
        &self,
        digest: TokenDigest,
        fresh: TokenDigest,
        alongside: Alongside,
    ) -> Result<Option<KeptSession>, StoreError>;

    /// Lists the sessions of a user, the one that was opened last first. Expired sessions are returned too.
    async fn list(&self, user: UserId) -> Result<Vec<ListedSession>, StoreError>;

    /// Ends every session of a user but the one with the token `keep.from`, which gets the token `keep.to` and the time of
    /// authentication. One that has the token `keep.to` already stays as it is, so that a second call changes nothing.
    async fn keep_only(&self, user: UserId, keep: Option<Rotation>) -> Result<OtherSessions, StoreError>;

    /// Removes at most `limit` sessions whose `expires_at` is `now` or earlier, and returns their number.
    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
