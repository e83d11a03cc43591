//! The use cases by which an operator disables a user, and enables one.

use domain::event::EventKind;
use domain::user::UserId;
use domain::{Alongside, StoreError};

use crate::{Accounts, Caller};

impl Accounts {
    /// Disables a user, who cannot log in any more, and ends every session of the user for good. Returns the number of sessions;
    /// `None` where there is no such user, or the user is disabled already.
    ///
    /// # Errors
    /// [`StoreError`]: the user is not disabled, or [the outcome is unknown](StoreError::is_outcome_unknown): a session store
    /// elsewhere may still have sessions, which another call ends.
    pub async fn disable(&self, user: UserId, caller: &Caller) -> Result<Option<u64>, StoreError> {
        let event = self.event(EventKind::Disabled, caller).of(user);
        let ended = self.inner.ports.users.disable(user, event.at, Alongside::event(event.clone())).await?;
        if let Some(sessions) = ended {
            self.emit(&event.counting(sessions));
        }
        // A session store elsewhere has ended none in that commit. For a user who was disabled before, this ends what an
        // interrupted call has left there.
        let elsewhere = self.end_sessions_elsewhere(user).await?;
        Ok(ended.map(|ended| ended + elsewhere))
    }

    /// Enables a disabled user. Returns `false` where there is no such user, or the user is not disabled.
    ///
    /// # Errors
    /// [`StoreError`]: the user may still be disabled.
    pub async fn enable(&self, user: UserId, caller: &Caller) -> Result<bool, StoreError> {
        let event = self.event(EventKind::Enabled, caller).of(user);
        let is_enabled = self.inner.ports.users.enable(user, Alongside::event(event.clone())).await?;
        if is_enabled {
            self.emit(&event);
        }
        Ok(is_enabled)
    }

    /// Ends the sessions of a user in a session store elsewhere, after a commit that has ended those of the same store. Beside a
    /// user who is enabled or stays meanwhile, a second time would end a session that was opened since.
    ///
    /// # Errors
    /// [`StoreError`]: the commit before is durable, so that the outcome of both is unknown.
    pub(crate) async fn end_sessions_elsewhere(&self, user: UserId) -> Result<u64, StoreError> {
        if self.inner.ports.end_sessions_in_one_commit() {
            return Ok(0);
        }
        self.inner.ports.sessions.end_all(user, Alongside::nothing()).await.map_err(StoreError::outcome_unknown)
    }
}
