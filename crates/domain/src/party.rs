//! Dinner parties: their types, the RSVP rules, the use cases and the port.

mod date;
mod guest_list;
mod idempotency_key;
mod listing;
mod parties;
mod party_id;
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
pub use party_id::{PartyId, PartyIdError};
#[cfg(feature = "mock")]
pub use repository::MockPartyRepository;
pub use repository::{PartyChange, PartyRepository, UpdateError};
pub use rsvp::{Outcome, Refusal};
pub use seats::{Heads, Seats, SeatsError};
pub use zone::Zone;

use crate::Timestamp;
use crate::user::{UserId, Username};

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
