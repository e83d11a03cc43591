//! The port of stored notices.

use async_trait::async_trait;

use super::{NoticeId, StoredNotice};
use crate::user::UserId;
use crate::{StoreError, Timestamp};

/// Stored notices. They are added in the commit of the change that they are about: by `PartyRepository`, and by an embedder's own jobs.
///
/// A notice with an [`about`](super::Notice::about) replaces the earlier one of the same user, subject and `about`. Of those without, the
/// [`MOST_OF_SUBJECT`](super::MOST_OF_SUBJECT) newest of one user and subject are kept. To a deleted user, and about one, nothing is added.
///
/// Each method is one commit. `Ok` means that the commit is durable. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NoticeRepository: Send + Sync {
    /// Lists the notices to `user`, the newest first, at most `limit`.
    async fn list(&self, user: UserId, limit: u32) -> Result<Vec<StoredNotice>, StoreError>;

    /// Removes a notice to `user`. Returns `false` if there is none with that id; then nothing is written.
    async fn dismiss(&self, user: UserId, id: NoticeId) -> Result<bool, StoreError>;

    /// Removes the notices to `user` up to `newest`, and that. A notice with a later id stays; ids are drawn when a notice is
    /// added, and on PostgreSQL that may be a moment before another process sees it. Returns their number.
    async fn dismiss_all(&self, user: UserId, newest: NoticeId) -> Result<u64, StoreError>;

    /// Of the `limit` oldest notices, removes those that were added before `before`. Returns their number.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
