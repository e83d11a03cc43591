//! Who comes with a token.

use std::sync::Arc;

use auth::{LiveSession, Renewal, SessionToken};
use domain::StoreError;
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use crate::Accounts;

/// Notes of when sessions were last seen that may wait for the store at once, of all sessions together. While nothing can
/// be written each page view would leave one more, until they fill the room that the store has for writes (1,024 in ours)
/// and what people really change is refused. Who finds no room is noted with a later page: that is what such a note is for,
/// and so it needs no book of which session has one already.
const NOTES: usize = 64;

/// Room for those notes.
pub(crate) fn notes() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(NOTES))
}

impl Accounts {
    /// The session that a token opens, and whose it is; `None` where it never was, has ended or expired, or its user
    /// is disabled. Asked anew for each request: a log-out wins at once, over several processes too.
    ///
    /// # Errors
    /// The store could not answer: who comes is unknown, which is neither a guest nor a user.
    pub async fn find_session(&self, token: &SessionToken) -> Result<Option<LiveSession>, StoreError> {
        let now = self.inner.clock.now();
        let stored = self.inner.ports.sessions.find(token.digest()).await?;
        let live = stored.and_then(|stored| self.inner.lifetimes.check(stored, now));
        if let Some(session) = &live
            && let Some(renewal) = self.inner.lifetimes.renew(session, now)
            && let Ok(room) = Arc::clone(&self.inner.notes).try_acquire_owned()
        {
            // Beside the request: a page does not wait for a disk, nor fail by it.
            let (sessions, id) = (self.inner.ports.sessions.clone(), session.id());
            let touch = async move {
                let Renewal { seen_at, expires_at, unless_seen_after } = renewal;
                if let Err(failure) = sessions.touch(id, seen_at, expires_at, unless_seen_after).await {
                    tracing::warn!(session = id.get(), error = ?failure, "when a session was last seen was not noted");
                }
                drop(room);
            };
            tokio::spawn(touch.in_current_span()); // so that its line in the log names the request
        }
        Ok(live)
    }
}
