//! The port of stored events.

use async_trait::async_trait;

use super::{Event, EventId, EventKind, StoredEvent};
use crate::user::UserId;
use crate::{Page, PageSize, StoreError, Timestamp};

/// Which events are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Those of one user, or of all.
    pub user: Option<UserId>,
    /// Those of one kind, or of all.
    pub kind: Option<EventKind>,
    /// Those at this time or later, or of any time. Of a row that stands for several events, the time of the first counts.
    pub since: Option<Timestamp>,
}

/// Stored events. The table is append-only: an event is never changed, but for the count of a row that stands for several.
///
/// Most events are written by other ports, in the commit of the use case: see [`crate::Alongside`].
///
/// Each method is one commit. `Ok` means that the commit is durable. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EventRepository: Send + Sync {
    /// Adds an event that belongs to no other commit. An event that [is not stored](super::EventKind::is_stored) writes
    /// nothing.
    ///
    /// Failed log-ins of an hour, an account and a network are one row: the first, with their number. With more than
    /// [`MOST_FAILURES_PER_HOUR`](super::MOST_FAILURES_PER_HOUR) such rows, the others of that hour are one row without
    /// account and network.
    ///
    /// Of a user with [`MOST_PER_HOUR`](super::MOST_PER_HOUR) events in the last hour, the further ones of an hour, a kind and
    /// a network are one row. The rule holds for events alongside a use case too.
    async fn add(&self, event: Event) -> Result<(), StoreError>;

    /// Lists events that the filter lets pass, the newest first: those before the cursor `before`, or from the newest.
    ///
    /// An event that is added between two pages does not shift the second.
    async fn list(
        &self,
        filter: EventFilter,
        before: Option<EventId>,
        size: PageSize,
    ) -> Result<Page<StoredEvent, EventId>, StoreError>;

    /// Removes at most `limit` events older than [`STORED_FOR`](super::STORED_FOR) at `now`, the oldest first. Returns their
    /// number.
    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
