//! The port of stored password hashes.

use async_trait::async_trait;

use super::{Credential, PasswordHash};
use crate::StoreError;
use crate::user::{Email, UserId, Username};

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

    /// Replaces the hash `stale` by `fresh`, a hash of the same password at another cost. No session ends.
    ///
    /// Returns `false` and writes nothing if the stored hash is not `stale`: the password was changed in the meantime.
    async fn rehash(&self, user: UserId, stale: &PasswordHash, fresh: &PasswordHash) -> Result<bool, StoreError>;
}
