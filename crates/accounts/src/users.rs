//! Finds users. An e-mail address is private: a page shows it to its own user only.

use domain::PageSize;
use domain::StoreError;
use domain::user::{Email, User, UserId, Username};

use crate::Accounts;

/// What one user is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserKey<'a> {
    /// The id.
    Id(UserId),
    /// The username, in any spelling.
    Username(&'a Username),
    /// The e-mail address, in any spelling. Whether an address has an account is private too.
    Email(&'a Email),
}

impl From<UserId> for UserKey<'_> {
    fn from(id: UserId) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a Username> for UserKey<'a> {
    fn from(username: &'a Username) -> Self {
        Self::Username(username)
    }
}

impl<'a> From<&'a Email> for UserKey<'a> {
    fn from(email: &'a Email) -> Self {
        Self::Email(email)
    }
}

impl Accounts {
    /// Finds the user with that id, username or e-mail address: `find_user(id)`, `find_user(&username)`, `find_user(&email)`.
    /// Disabled users are found too. A deleted user is found by the id and by the name `deleted-{id}`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find_user<'a>(&self, key: impl Into<UserKey<'a>>) -> Result<Option<User>, StoreError> {
        let ports = &self.inner.ports;
        match key.into() {
            UserKey::Id(id) => ports.users.find(id).await,
            UserKey::Username(username) => ports.users.find_by_username(username).await,
            UserKey::Email(email) => {
                Ok(ports.credentials.find_by_email(email).await?.map(|credential| credential.user))
            }
        }
    }

    /// Whether no account exists yet, as at the first start of a service.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn has_no_users(&self) -> Result<bool, StoreError> {
        Ok(self.inner.ports.users.list(None, PageSize::clamped(1)).await?.items.is_empty())
    }
}
