//! The answer of a guest, and what is stored with it.

use std::time::Duration;

use super::Heads;
use crate::Timestamp;

/// The state of one guest at one party. A user who neither answered nor was invited has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// The guest is coming, and holds that many seats.
    Seated(Heads),
    /// The guest is on the waiting list, with that many people.
    Waitlisted(Heads),
    /// The guest may come, and holds no seat.
    Maybe,
    /// The guest is not coming.
    Declined,
    /// The host invited the guest, who has not answered.
    Invited,
    /// The host removed the guest.
    Removed,
}

impl Answer {
    /// The number of seats that the answer holds.
    #[must_use]
    pub fn seats_held(self) -> u32 {
        match self {
            Self::Seated(heads) => heads.get(),
            Self::Waitlisted(_) | Self::Maybe | Self::Declined | Self::Invited | Self::Removed => 0,
        }
    }

    /// Whether the guest is on the waiting list.
    #[must_use]
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Waitlisted(_))
    }

    /// The number of people: those who are coming, or who wait.
    #[must_use]
    pub fn heads(self) -> Option<Heads> {
        match self {
            Self::Seated(heads) | Self::Waitlisted(heads) => Some(heads),
            Self::Maybe | Self::Declined | Self::Invited | Self::Removed => None,
        }
    }
}

/// An answer, its place in the order of those seated or waiting, and the seats that the guest gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rsvp {
    /// The answer.
    pub answer: Answer,
    /// The number that orders the guests who are seated, and those who wait: assigned under the row lock of the party when the guest
    /// was seated or began to wait. It is not a time. 0 for a guest who neither is seated nor waits.
    pub place: i64,
    /// The guest's number on the waiting list when the RSVP was loaded or set, 1 for the first. `None` for a guest who does not
    /// wait, and where it was not loaded.
    pub rank: Option<u32>,
    /// The seats that the guest gave up with this answer.
    pub given_up: Option<GivenUp>,
}

/// Seats that a guest gave up by the answer "maybe" or "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenUp {
    /// The number of seats.
    pub heads: Heads,
    /// When.
    pub at: Timestamp,
}

impl GivenUp {
    /// How long the guest can undo it: 10 minutes.
    pub const UNDO_PERIOD: Duration = Duration::from_mins(10);

    /// Whether the guest can still undo it at `now` (row 16).
    #[must_use]
    pub fn can_be_undone(self, now: Timestamp) -> bool {
        now < self.at + Self::UNDO_PERIOD
    }
}
