//! Finds the live session of a token, and keeps its last-seen time up to date.

use std::sync::Arc;

use auth::{LiveSession, Renewal, SessionToken};
use domain::StoreError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument as _;

use crate::Accounts;

/// How many last-seen updates may wait for the store at once, over all sessions.
///
/// While the store cannot write, each page view would add one more, until they fill the store's write queue (1,024 in
/// `store`) and real changes are refused. An update without a permit is dropped: a later page view makes it.
const MAX_PENDING_TOUCHES: usize = 64;

/// The permits for last-seen updates.
pub(crate) fn touch_permits() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MAX_PENDING_TOUCHES))
}

impl Accounts {
    /// Finds the live session of a token, with its user. `None` where there is no such session, it has ended or expired, or
    /// its user is disabled.
    ///
    /// The store is queried each time. So a log-out takes effect at once, in every process on the same database.
    ///
    /// # Errors
    /// [`StoreError`]: the store failed. The visitor is unknown, and must be treated neither as anonymous nor as a user.
    pub async fn find_session(&self, token: &SessionToken) -> Result<Option<LiveSession>, StoreError> {
        let now = self.inner.clock.now();
        let stored = self.inner.ports.sessions.find(token.digest()).await?;
        let live = stored.and_then(|stored| self.inner.lifetimes.live_session(stored, now));
        if let Some(session) = &live
            && let Some(renewal) = self.inner.lifetimes.renew(session, now)
            && let Ok(permit) = Arc::clone(&self.inner.touch_permits).try_acquire_owned()
        {
            self.touch_in_background(session, renewal, permit);
        }
        Ok(live)
    }

    /// Updates the last-seen time in a task of its own: a page does not wait for the write, and does not fail with it.
    fn touch_in_background(&self, session: &LiveSession, renewal: Renewal, permit: OwnedSemaphorePermit) {
        let (sessions, id) = (self.inner.ports.sessions.clone(), session.id());
        let touch = async move {
            let Renewal { seen_at, expires_at, unless_seen_after } = renewal;
            if let Err(failure) = sessions.touch(id, seen_at, expires_at, unless_seen_after).await {
                tracing::warn!(session = id.get(), error = ?failure, "last-seen update failed");
            }
            drop(permit);
        };
        tokio::spawn(touch.in_current_span()); // the log line keeps the request's id
    }
}
