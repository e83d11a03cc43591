//! The port to stored users.

use async_trait::async_trait;

use super::{NewUser, User, UserId, Username};
use crate::credential::PasswordHash;
use crate::{Page, PageSize, StoreError};

/// Stored users. Each method is one commit; `Ok` means that it is on the disk.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Adds a user with the hash of their password.
    ///
    /// Of several that share a username's or an address's key, at any moment and from any process, exactly one is
    /// added; each other is told every key that is taken.
    async fn add(&self, user: NewUser, hash: PasswordHash) -> Result<User, AddUserError>;

    /// The user, or `None` if there is no such user. Disabled ones are found.
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The user with that name, in whatever spelling, or `None`.
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StoreError>;

    /// Users who joined before `before` (or all), the newest first. A user who joins meanwhile shifts no page.
    async fn list(&self, before: Option<UserId>, size: PageSize) -> Result<Page<User, UserId>, StoreError>;
}

/// What of a new user is taken already; at least one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenKeys {
    /// Somebody has the username, in whatever spelling.
    pub username: bool,
    /// Somebody has the e-mail address, in whatever spelling.
    pub email: bool,
}

/// Why a user was not added. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AddUserError {
    /// Somebody was faster.
    #[error("the username or the e-mail address is taken")]
    Taken(TakenKeys),
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}
