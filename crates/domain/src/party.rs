//! A dinner party: what it is, and what may happen to it. No page, no SQL, no clock.

mod date;
mod guest_list;
mod idempotency_key;
mod listing;
mod parties;
mod repository;
mod rsvp;
mod seats;

#[cfg(feature = "contract")]
pub mod contract;

pub use crate::short_text::{ShortText, ShortTextError};
pub use date::{PartyDate, PartyDateError, Zone, format_utc_date, parse_date, parse_time};
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

use crate::Timestamp;
use crate::user::{UserId, Username};

/// Identifies a party for good; people type it. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyId(i64);

/// A text that is no Party ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Party ID is a whole number")]
pub struct PartyIdError;

impl PartyId {
    /// The party with that number in the store.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// Reads a Party ID as somebody typed it: ASCII digits, with space around them or a `#` before.
    ///
    /// # Errors
    /// Anything else, and numbers past what a store counts to.
    pub fn parse(typed: &str) -> Result<Self, PartyIdError> {
        let typed = typed.trim();
        seats::ascii_digits(typed.strip_prefix('#').unwrap_or(typed)).map(Self).ok_or(PartyIdError)
    }

    /// The number in the store.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A party with as much of its guest list as the rule at hand needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Which one.
    pub id: PartyId,
    /// Who gives it, and sits at the table for good.
    pub host: UserId,
    /// What a sentence about the party names: its host and its date.
    pub heading: PartyHeading,
    /// Whether it is on.
    pub state: PartyState,
    /// Until when seats are given away.
    pub rsvp_deadline: Timestamp,
    /// Who has which seats.
    pub guests: GuestList,
}

/// What a sentence about a party names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyHeading {
    /// Who gives the party.
    pub host: Username,
    /// When it begins, where it is given.
    pub date: PartyDate,
}

/// Whether a party is on. That it is past follows from the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyState {
    /// It will be, or was.
    Scheduled,
    /// The host called it off.
    Cancelled,
}

/// A party that somebody is about to host. It begins with its host seated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParty {
    /// Who gives it.
    pub host: UserId,
    /// When.
    pub date: PartyDate,
    /// Where: a public label, not an address.
    pub venue: ShortText,
    /// What there is to eat.
    pub main_dish: ShortText,
    /// Seats at the table, the host's included.
    pub seats: Seats,
    /// The key of the form that was submitted. `None` if the request has none: then each request adds a party.
    pub idempotency_key: Option<IdempotencyKey>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_party_id_is_ascii_digits_that_a_store_can_count() {
        assert_eq!(PartyId::parse(" #42 "), Ok(PartyId(42)));
        for typed in ["", "abc", "1.5", "-1", "+1", "1180591620717411303424", "١", "1 2", "##1", "1\0"] {
            assert_eq!(PartyId::parse(typed), Err(PartyIdError), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_id_or_refused(text in any::<String>()) {
            if let Ok(id) = PartyId::parse(&text) {
                prop_assert_eq!(PartyId::parse(&id.get().to_string()), Ok(id));
            }
        }
    }
}
