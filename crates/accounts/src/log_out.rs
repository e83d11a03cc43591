//! The use cases to log out. The store removes the session's row, so that no request in flight can revive it.

use auth::SessionToken;
use domain::StoreError;
use domain::session::EndedSession;
use domain::user::UserId;

use crate::{Accounts, Event};

impl Accounts {
    /// Ends the session of a token. Returns `false` where there is no such session.
    ///
    /// # Errors
    /// [`StoreError`]: the session may still be open. Do not report a log-out to the user.
    pub async fn log_out(&self, token: &SessionToken) -> Result<bool, StoreError> {
        let ended = self.inner.ports.sessions.end(token.digest()).await?;
        if let Some(EndedSession { id, user }) = ended {
            self.emit(&Event::LoggedOut { user, session: id });
        }
        Ok(ended.is_some())
    }

    /// Ends every session of a user, remembered ones included, and returns their number. No browser and no network is known
    /// to the account any more.
    ///
    /// # Errors
    /// [`StoreError`]: the sessions may still be open, or the browsers still known.
    pub async fn log_out_everywhere(&self, user: UserId) -> Result<u64, StoreError> {
        let sessions = self.inner.ports.sessions.end_all(user).await?;
        self.inner.ports.known_browsers.forget_all(user).await?;
        self.emit(&Event::LoggedOutEverywhere { user, sessions });
        Ok(sessions)
    }
}
