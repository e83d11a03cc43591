//! Ending sessions. A session ended stays ended: the store has no row for its token any more.

use auth::SessionToken;
use domain::StoreError;
use domain::session::EndedSession;
use domain::user::UserId;

use crate::{Accounts, Event};

impl Accounts {
    /// Ends the session of a token. `false` where there was none.
    ///
    /// # Errors
    /// The store could not answer: the session may live on, and whoever asked must be told.
    pub async fn log_out(&self, token: &SessionToken) -> Result<bool, StoreError> {
        let ended = self.inner.ports.sessions.end(token.digest()).await?;
        if let Some(EndedSession { id, user }) = ended {
            self.tell(&Event::LoggedOut { user, session: id });
        }
        Ok(ended.is_some())
    }

    /// Ends every session of a user, "remember me" included, and tells how many there were.
    ///
    /// # Errors
    /// The store could not answer: the sessions may live on.
    pub async fn log_out_everywhere(&self, user: UserId) -> Result<u64, StoreError> {
        let sessions = self.inner.ports.sessions.end_all(user).await?;
        self.tell(&Event::LoggedOutEverywhere { user, sessions });
        Ok(sessions)
    }
}
