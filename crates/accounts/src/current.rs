//! Who comes with a token.

use auth::SessionToken;
use domain::StoreError;
use domain::session::LiveSession;

use crate::Accounts;

impl Accounts {
    /// The session that a token opens, and whose it is; `None` where it never was, has ended or expired, or its user
    /// is disabled. Asked anew for each request: a log-out wins at once, over several processes too.
    ///
    /// # Errors
    /// The store could not answer: who comes is unknown, which is neither a guest nor a user.
    pub async fn current(&self, token: &SessionToken) -> Result<Option<LiveSession>, StoreError> {
        let now = self.inner.clock.now();
        let found = self.inner.ports.sessions.find(token.digest()).await?;
        let live =
            found.filter(|found| found.user.disabled_at.is_none() && self.inner.lifetimes.is_live(&found.session, now));
        if let Some(LiveSession { id, session, .. }) = &live
            && let Some(renewal) = self.inner.lifetimes.renew(session, now)
        {
            // Beside the request: a page does not wait for a disk, nor fail by it.
            let (sessions, id) = (self.inner.ports.sessions.clone(), *id);
            tokio::spawn(async move {
                if let Err(failure) = sessions.touch(id, renewal.seen_at, renewal.expires_at).await {
                    tracing::warn!(session = id.get(), error = ?failure, "when a session was last seen was not noted");
                }
            });
        }
        Ok(live)
    }
}
