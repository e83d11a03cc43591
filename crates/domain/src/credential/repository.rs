//! The port to stored password hashes.

use async_trait::async_trait;

use super::{Credential, PasswordHash};
use crate::StoreError;
use crate::user::{Email, UserId};

/// Stored password hashes. Each method is one commit; `Ok` means that it is on the disk.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CredentialRepository: Send + Sync {
    /// The credential of the user with that address, in whatever spelling, or `None`. Disabled users have theirs.
    async fn find_by_email(&self, email: &Email) -> Result<Option<Credential>, StoreError>;

    /// Puts `fresh` in the place of `stale`, the same password at another cost; the sessions live on.
    ///
    /// `false`, and nothing written, where the stored hash is no longer `stale`: the password was changed meanwhile.
    async fn rehash(&self, user: UserId, stale: &PasswordHash, fresh: &PasswordHash) -> Result<bool, StoreError>;
}
