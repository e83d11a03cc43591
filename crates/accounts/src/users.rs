//! Finds users. An e-mail address is private: a page shows it to its own user only.

use domain::PageSize;
use domain::StoreError;
use domain::user::{User, Username};

use crate::Accounts;

impl Accounts {
    /// Finds the user with that name, in any spelling. Disabled users are found too.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find_user(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.inner.ports.users.find_by_username(username).await
    }

    /// Whether no account exists yet, as at the first start of a service.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn has_no_users(&self) -> Result<bool, StoreError> {
        Ok(self.inner.ports.users.list(None, PageSize::clamped(1)).await?.items.is_empty())
    }
}
