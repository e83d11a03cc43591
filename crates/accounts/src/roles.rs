//! The use cases of roles. What a role allows is the embedder's to decide; an operator gives and takes it.

use domain::event::EventKind;
use domain::user::{AddRoleError, Role, Roles, UserId};
use domain::{Alongside, StoreError};

use crate::{Accounts, Caller};

impl Accounts {
    /// Gives a user a role. Returns `false` where the user has it already. It holds from the next request on.
    ///
    /// # Errors
    /// [`AddRoleError`]: nothing was written.
    pub async fn add_role(&self, user: UserId, role: &Role, caller: &Caller) -> Result<bool, AddRoleError> {
        let event = self.event(EventKind::RoleAdded, caller).of(user).about(role.as_str());
        let is_added = self.inner.ports.users.add_role(user, role.clone(), Alongside::event(event.clone())).await?;
        if is_added {
            self.emit(&event);
        }
        Ok(is_added)
    }

    /// Takes a role from a user. Returns `false` where the user does not have it. No request that begins later has it, in any
    /// process.
    ///
    /// # Errors
    /// [`StoreError`]: the user may still have the role.
    pub async fn remove_role(&self, user: UserId, role: &Role, caller: &Caller) -> Result<bool, StoreError> {
        let event = self.event(EventKind::RoleRemoved, caller).of(user).about(role.as_str());
        let is_removed =
            self.inner.ports.users.remove_role(user, role.clone(), Alongside::event(event.clone())).await?;
        if is_removed {
            self.emit(&event);
        }
        Ok(is_removed)
    }

    /// The roles of a user. A page has those of its own user without a query: `CurrentUser::has_role`, or
    /// [`LiveSession::roles`](crate::LiveSession::roles).
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn roles(&self, user: UserId) -> Result<Roles, StoreError> {
        self.inner.ports.users.list_roles(user).await
    }
}
