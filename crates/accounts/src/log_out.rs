//! The use cases to log out. The store removes the session's row, so that no request in flight can revive it.

use auth::SessionToken;
use domain::event::EventKind;
use domain::session::EndedSession;
use domain::user::UserId;
use domain::{Alongside, StoreError};

use crate::{Accounts, Caller};

impl Accounts {
    /// Ends the session of a token. Returns `false` where there is no such session.
    ///
    /// # Errors
    /// [`StoreError`]: the session may still be open. Do not report a log-out to the user.
    pub async fn log_out(&self, token: &SessionToken, caller: &Caller) -> Result<bool, StoreError> {
        let event = self.event(EventKind::LoggedOut, caller);
        let ended = self.inner.ports.sessions.end(token.digest(), Alongside::event(event.clone())).await?;
        if let Some(EndedSession { id, user }) = ended {
            self.emit(&event.of(user).in_session(id));
        }
        Ok(ended.is_some())
    }

    /// Ends every session of a user, remembered ones included, and returns their number. No browser and no network is known
    /// to the account any more.
    ///
    /// # Errors
    /// [`StoreError`]: the sessions may still be open. Where [the outcome is unknown](StoreError::is_outcome_unknown), they may have
    /// ended while the browsers are still known.
    pub async fn log_out_everywhere(&self, user: UserId, caller: &Caller) -> Result<u64, StoreError> {
        let event = self.event(EventKind::LoggedOutEverywhere, caller).of(user);
        let sessions = self.inner.ports.sessions.end_all(user, Alongside::event(event.clone())).await?;
        self.emit(&event.counting(sessions));
        self.inner.ports.known_browsers.forget_all(user).await.map_err(StoreError::outcome_unknown)?;
        Ok(sessions)
    }
}
