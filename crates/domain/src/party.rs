//! Dinner parties: their types, the RSVP rules, the use cases and the port.

mod date;
mod guest_list;
mod idempotency_key;
mod listing;
mod parties;
mod repository;
mod rsvp;
mod seats;
mod zone;

#[cfg(feature = "contract")]
pub mod contract;

pub use crate::short_text::{ShortText, ShortTextError};
pub use date::{PartyDate, PartyDateError, format_utc_date, parse_date, parse_time};
pub use guest_list::{Answer, GuestList, GuestListError, SeatResult, Withdrawal};
pub use idempotency_key::IdempotencyKey;
pub use listing::{
    Attendee, HomeView, PartyCursor, PartyQuery, PartySummary, PartyView, ProfileCursors, ProfileView, Scope,
};
pub use parties::{HostError, Parties};
#[cfg(feature = "mock")]
pub use repository::MockPartyRepository;
pub use repository::{PartyChange, PartyRepository, UpdateError};
pub use rsvp::{Outcome, Refusal};
pub use seats::{Heads, Seats, SeatsError};
pub use zone::Zone;

use crate::Timestamp;
use crate::user::{UserId, Username};

/// The id of a party, which guests type. An id is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyId(i64);

/// A text that is not a Party ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Party ID is a whole number")]
pub struct PartyIdError;

impl PartyId {
    /// Wraps a row id.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// Parses a Party ID as typed: ASCII digits, with an optional `#` before and white space around.
    ///
    /// # Errors
    /// [`PartyIdError`] for any other text, and for a number above `i64::MAX`.
    pub fn parse(typed: &str) -> Result<Self, PartyIdError> {
        let typed = typed.trim();
        seats::ascii_digits(typed.strip_prefix('#').unwrap_or(typed)).map(Self).ok_or(PartyIdError)
    }

    /// The row id.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A party with the part of its guest list that a rule needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The id of the party.
    pub id: PartyId,
    /// The host, who always has one seat.
    pub host: UserId,
    /// The name of the host, and the date.
    pub heading: PartyHeading,
    /// Whether the party is scheduled or cancelled.
    pub state: PartyState,
    /// The time from which no guest gets a seat.
    pub rsvp_deadline: Timestamp,
    /// The seats and the answers.
    pub guests: GuestList,
}

/// What a message about a party names: its host and its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyHeading {
    /// The name of the host.
    pub host: Username,
    /// The beginning, in the time zone of the party.
    pub date: PartyDate,
}

/// Whether a party takes place. That it is past follows from the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyState {
    /// The party will take place, or did.
    Scheduled,
    /// The host cancelled the party.
    Cancelled,
}

/// A party to add. One seat is taken by its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParty {
    /// The host.
    pub host: UserId,
    /// The beginning.
    pub date: PartyDate,
    /// The venue: a public description, not an address.
    pub venue: ShortText,
    /// The main dish.
    pub main_dish: ShortText,
    /// The seats at the table, including that of the host.
    pub seats: Seats,
    /// The key of the form that was submitted. `None` if the request has none: then each request adds a party.
    pub idempotency_key: Option<IdempotencyKey>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn party_id_is_ascii_digits_up_to_i64() {
        assert_eq!(PartyId::parse(" #42 "), Ok(PartyId(42)));
        for typed in ["", "abc", "1.5", "-1", "+1", "1180591620717411303424", "١", "1 2", "##1", "1\0"] {
            assert_eq!(PartyId::parse(typed), Err(PartyIdError), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn parsed_id_parses_to_itself(text in any::<String>()) {
            if let Ok(id) = PartyId::parse(&text) {
                prop_assert_eq!(PartyId::parse(&id.get().to_string()), Ok(id));
            }
        }
    }
}
