//! The use case to rename a user.

use domain::Alongside;
use domain::event::EventKind;
use domain::user::{RenameUserError, User, UserId, Username};

use crate::{Accounts, Caller};

impl Accounts {
    /// Renames a user. Sessions stay. The former name is reserved for 90 days: its address has no page, the user may take it
    /// back, and for all others it and its look-alikes are taken. A user who has that name already, in the same spelling, is
    /// returned as is.
    ///
    /// # Errors
    /// [`RenameUserError`]: nothing was written.
    pub async fn rename(&self, user: UserId, name: Username, caller: &Caller) -> Result<User, RenameUserError> {
        name.ensure_assignable()?;
        let event = self.event(EventKind::Renamed, caller).of(user);
        let former = self.inner.ports.users.find(user).await?.ok_or(RenameUserError::NotFound)?;
        let renamed = self.inner.ports.users.rename(user, name, event.at, Alongside::event(event.clone())).await?;
        if renamed.username != former.username {
            self.emit(&event);
        }
        Ok(renamed)
    }
}
