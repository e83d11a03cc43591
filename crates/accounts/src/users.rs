//! Finding people. Who may see what of them is the embedder's to decide: an e-mail address is nobody else's.

use domain::PageSize;
use domain::StoreError;
use domain::user::{User, Username};

use crate::Accounts;

impl Accounts {
    /// The user with that name, in whatever spelling, or `None`. Disabled ones are found.
    ///
    /// # Errors
    /// The store could not answer.
    pub async fn find_user(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.inner.ports.users.find_by_username(username).await
    }

    /// Whether nobody has an account yet: a first start.
    ///
    /// # Errors
    /// The store could not answer.
    pub async fn has_no_users(&self) -> Result<bool, StoreError> {
        Ok(self.inner.ports.users.list(None, PageSize::clamped(1)).await?.items.is_empty())
    }
}
