//! The port of stored password hashes.

use async_trait::async_trait;

use super::{Credential, NewResetToken, PasswordChange, PasswordHash, ResetDigest};
use crate::session::OtherSessions;
use crate::user::{Email, User, UserId, Username};
use crate::{Alongside, StoreError, Timestamp};

/// Stored password hashes.
///
/// Each method is one commit. `Ok` means that the commit is durable. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CredentialRepository: Send + Sync {
    /// Returns the credential of the user with the key of that address, or `None` if there is no such user.
    ///
    /// Credentials of disabled users are returned too.
    async fn find_by_email(&self, email: &Email) -> Result<Option<Credential>, StoreError>;

    /// Returns the credential of the user with the key of that name, or `None` if there is no such user. Credentials of
    /// disabled users are returned too.
    async fn find_by_username(&self, username: &Username) -> Result<Option<Credential>, StoreError>;

    /// Returns the credential of the user, or `None` if there is no such user. Credentials of disabled users are returned too.
    async fn find(&self, user: UserId) -> Result<Option<Credential>, StoreError>;

    /// Replaces the hash `stale` by `fresh`, a hash of the same password at another cost. No session ends.
    ///
    /// Returns `false` and writes nothing if the stored hash is not `stale`: the password was changed in the meantime.
    async fn rehash(&self, user: UserId, stale: &PasswordHash, fresh: &PasswordHash) -> Result<bool, StoreError>;

    /// Changes the password of a user: replaces the hash, counts the version up by one, ends the sessions of the user as
    /// [`SessionRepository::keep_only`](crate::session::SessionRepository::keep_only) does, forgets every known browser and
    /// network of the user, removes every reset token of the user, and writes `alongside` about the user.
    ///
    /// A session that opens at the same time is ended, or is refused for its
    /// [`PasswordVersion`](super::PasswordVersion). Of concurrent changes that the current password authorizes, one succeeds, and so of those
    /// that one reset token authorizes, or two of one user.
    ///
    /// # Errors
    /// [`PasswordChangeError`]. Nothing was written.
    async fn change(&self, change: PasswordChange, alongside: Alongside) -> Result<OtherSessions, PasswordChangeError>;

    /// Adds a reset token, and writes `alongside` about its user. Returns `false` and writes nothing if there is no such user.
    ///
    /// Of more than [`MOST_RESET_TOKENS`](super::MOST_RESET_TOKENS) of the user, the first to expire is removed.
    async fn add_reset_token(&self, token: NewResetToken, alongside: Alongside) -> Result<bool, StoreError>;

    /// Returns the user of a reset token that works at `now`; `None` if there is none, or the user is disabled. Writes nothing.
    async fn find_by_reset_token(&self, digest: ResetDigest, now: Timestamp) -> Result<Option<User>, StoreError>;

    /// Returns when the stored reset tokens of a user expire, the first to expire first; none if there is no such user. Expired ones
    /// are returned until they are purged.
    async fn list_reset_tokens(&self, user: UserId) -> Result<Vec<Timestamp>, StoreError>;

    /// Removes up to `limit` reset tokens that have expired at `now`, the first to expire first. Returns their number.
    async fn purge_reset_tokens(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordChangeError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// Since the current password was verified it was changed, or the user was disabled; or the reset token does not work any
    /// more.
    #[error("the password was changed or the user disabled meanwhile")]
    Outdated,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
