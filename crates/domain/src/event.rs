//! Events: what happened to accounts, for the operator and for the account's own user.

mod kind;
mod origin;
mod repository;

#[cfg(feature = "contract")]
pub mod contract;

pub use kind::{Counted, EventKind};
pub use origin::{OperatorName, Origin, OriginError, RequestId};
#[cfg(feature = "mock")]
pub use repository::MockEventRepository;
pub use repository::{EventFilter, EventRepository};

use std::time::Duration;

use crate::Timestamp;
use crate::session::SessionId;
use crate::user::UserId;

/// How long an event is stored: 90 days. From then on it may be removed.
pub const STORED_FOR: Duration = Duration::from_hours(90 * 24);

/// How many events of a user are stored as rows of their own within an hour. From then on, events of one kind and network are
/// one row an hour, with their number.
pub const MOST_PER_HOUR: u32 = 60;

/// How many rows the failed log-ins of an hour take: one each of an account and a network. From then on, all others of the hour
/// are one row without account and network.
pub const MOST_FAILURES_PER_HOUR: u32 = 1_000;

/// The most code points of [`Event::detail`].
const MAX_DETAIL: usize = 200;

/// Something that happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// When it happened. Where [`Event::count`] is above 1: when it happened first.
    pub at: Timestamp,
    /// How often it happened, or how many sessions ended, or how many uses a code has: [`EventKind::counts`].
    pub count: u64,
    /// The user. It may be deleted: the number stays. `None` for a name without an account.
    pub user: Option<UserId>,
    /// The session that was opened or ended.
    pub session: Option<SessionId>,
    /// What exactly: of [`EventKind::Throttled`] the action, of [`EventKind::RoleAdded`] and [`EventKind::RoleRemoved`] the role, of
    /// [`EventKind::PasswordChanged`] that a reset link did it, of the kinds of registration codes the number of the code. At most
    /// 200 code points.
    pub detail: Option<String>,
    /// Where the request came from.
    pub origin: Origin,
}

impl Event {
    /// An event that happened once, at a time, on request of a client or an operator.
    #[must_use]
    pub fn new(kind: EventKind, at: Timestamp, origin: Origin) -> Self {
        Self { kind, at, count: 1, user: None, session: None, detail: None, origin }
    }

    /// The event, with the user to whose account it happened.
    #[must_use]
    pub fn of(self, user: impl Into<Option<UserId>>) -> Self {
        Self { user: user.into(), ..self }
    }

    /// The event, with the session that was opened or ended.
    #[must_use]
    pub fn in_session(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }

    /// The event, with what exactly happened.
    #[must_use]
    pub fn about(self, detail: &str) -> Self {
        Self { detail: Some(detail.chars().take(MAX_DETAIL).collect()), ..self }
    }

    /// The event, with a count.
    #[must_use]
    pub fn counting(self, count: u64) -> Self {
        Self { count, ..self }
    }
}

/// The id of a stored event. Later events have greater ids. An id is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(i64);

impl EventId {
    /// Wraps a row id.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The row id.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// An event as a store returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The id of the event.
    pub id: EventId,
    /// The event.
    pub event: Event,
}
