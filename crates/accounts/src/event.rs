//! Events: what happened to accounts. Each is logged, and passed to the embedder's listener; the store keeps it for 90 days.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::event::{Event, EventFilter, EventId, EventKind, OperatorName, StoredEvent};
use domain::session::SessionId;
use domain::user::UserId;
use domain::{Page, PageSize, StoreError};
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use crate::log_budget::LogLine;
use crate::{Accounts, Caller};

/// How many events without a commit of their own may wait for the store at once. While the store cannot write, a flood of
/// failed log-ins would fill its write queue. An event without a permit is logged and not stored.
const MAX_PENDING_EVENTS: usize = 64;

/// The permits for events without a commit of their own.
pub(crate) fn event_permits() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MAX_PENDING_EVENTS))
}

/// An embedder's listener: see [`crate::Builder::on_event`].
pub(crate) type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

impl Accounts {
    /// Lists stored events, the newest first: those before the cursor `before`, or from the newest. Events are stored for 90
    /// days.
    ///
    /// A row may stand for several events: see [`Event::count`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn events(
        &self,
        filter: EventFilter,
        before: Option<EventId>,
        size: PageSize,
    ) -> Result<Page<StoredEvent, EventId>, StoreError> {
        self.inner.ports.events.list(filter, before, size).await
    }

    /// An event that happens now, on request of a caller.
    pub(crate) fn event(&self, kind: EventKind, caller: &Caller) -> Event {
        Event::new(kind, self.inner.clock.now(), caller.origin())
    }

    /// Logs an event and passes it to the listener. It is called after the commit.
    pub(crate) fn emit(&self, event: &Event) {
        if limited_line(event.kind).is_none_or(|line| self.logs(line)) {
            tracing::info!(
                user = event.user.map(UserId::get),
                session = event.session.map(SessionId::get),
                count = Some(event.count).filter(|count| *count != 1),
                detail = event.detail,
                network = event.origin.network,
                operator = event.origin.operator.as_ref().map(OperatorName::as_str),
                "{}",
                event.kind
            );
        }
        // The event is committed: a listener that panics must not turn the response into an error.
        if let Some(listener) = &self.inner.listener
            && catch_unwind(AssertUnwindSafe(|| listener(event))).is_err()
        {
            tracing::error!(?event, "event listener panicked");
        }
    }

    /// Emits a failed log-in, and stores it in a task of its own. A response that waited for it would take longer for the first
    /// failure of an account than for an unknown name, whose row others have added.
    pub(crate) fn emit_log_in_failed(&self, user: Option<UserId>, caller: &Caller) {
        let event = self.event(EventKind::LogInFailed, caller).of(user);
        self.emit(&event);
        let Ok(permit) = Arc::clone(&self.inner.event_permits).try_acquire_owned() else { return };
        let events = Arc::clone(&self.inner.ports.events);
        let add = async move {
            if let Err(failure) = events.add(event).await {
                tracing::warn!(error = ?failure, "a failed log-in is not stored");
            }
            drop(permit);
        };
        tokio::spawn(add.in_current_span()); // the log line keeps the request's id
    }
}

/// The budget of the log lines of a kind, if a stranger can cause it at will.
fn limited_line(kind: EventKind) -> Option<LogLine> {
    match kind {
        EventKind::LogInFailed => Some(LogLine::LogInFailed),
        EventKind::Throttled => Some(LogLine::Throttled),
        _ => None,
    }
}
