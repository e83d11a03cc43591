//! The history of a party as its host reads it.

use super::HistoryKind;
use crate::Timestamp;
use crate::user::Username;

/// The id of an entry within the history of its party. Later entries have greater ids, and no id is used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HistoryId(i64);

impl HistoryId {
    /// Wraps an id.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The id.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// An entry of a history as a store returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHistory {
    /// The id of the entry.
    pub id: HistoryId,
    /// When it was done.
    pub at: Timestamp,
    /// The present name of who did it. `None` for the system, which seats the guests who wait.
    pub by: Option<Username>,
    /// The present name of the guest, of [`HistoryKind::Answer`].
    pub guest: Option<Username>,
    /// What was done.
    pub what: HistoryKind,
}
