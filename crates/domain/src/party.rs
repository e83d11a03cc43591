//! Dinner parties: their types, the RSVP rules, the use cases and the port.

mod date;
mod deletion;
mod export;
mod guest_list;
mod idempotency_key;
mod link_token;
mod listing;
mod parties;
mod party_id;
mod phase;
mod quota;
mod repository;
mod rsvp;
mod seats;
mod visibility;
mod zone;

#[cfg(feature = "contract")]
pub mod contract;

pub use crate::text::{ShortText, TextError};
pub use date::{PartyDate, PartyDateError, format_utc_date, parse_date, parse_time};
pub use deletion::{HostedAhead, refused_deletion};
pub use export::{ExportedAnswer, ExportedParty};
pub use guest_list::{Answer, GuestList, GuestListError, SeatResult, Withdrawal};
pub use idempotency_key::IdempotencyKey;
pub use link_token::{LinkToken, LinkTokenError};
pub use listing::{
    Attendee, HomeView, Invitation, InvitationView, PartyCursor, PartyFilter, PartyQuery, PartySummary, PartyView,
    ProfileCursors, ProfileView,
};
pub use parties::{HostError, Parties};
pub use party_id::{PartyId, PartyIdError};
pub use phase::{PartyEnd, PartyEndError, Phase};
pub use quota::{HostQuota, Quotas, RsvpQuota};
#[cfg(feature = "mock")]
pub use repository::MockPartyRepository;
pub use repository::{AddError, ListError, PartyChange, PartyRepository, UpdateError};
pub use rsvp::{ChangeError, Outcome, Refusal};
pub use seats::{Heads, Seats, SeatsError};
pub use visibility::Visibility;
pub use zone::Zone;

use crate::text::Text;
use crate::user::{UserId, Username};
use crate::{Timestamp, search_key};

/// What the host writes about a party: 1 to 2,000 code points, with line breaks.
pub type Details = Text<2000, true>;

/// The street address of a party: one line of 1 to 300 code points. Only seated guests and the host see it (I9).
pub type Address = Text<300, false>;

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
    /// The end. Until then, from the start, the party is under way.
    pub ends_at: Timestamp,
    /// The time from which no guest gets a seat.
    pub rsvp_deadline: Timestamp,
    /// The users who may find the party.
    pub visibility: Visibility,
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

impl PartyState {
    /// Whether a party in this state takes RSVPs at `now`: it is scheduled, has not begun, and is before its deadline.
    #[must_use]
    pub fn is_open(self, phase: Phase, rsvp_deadline: Timestamp, now: Timestamp) -> bool {
        self == Self::Scheduled && phase == Phase::Upcoming && now < rsvp_deadline
    }
}

/// A party to add. One seat is taken by its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParty {
    /// The host.
    pub host: UserId,
    /// The beginning.
    pub date: PartyDate,
    /// The end.
    pub ends_at: PartyEnd,
    /// The place: a public description, not an address.
    pub venue: ShortText,
    /// The main dish.
    pub main_dish: ShortText,
    /// What the host writes about the party.
    pub details: Option<Details>,
    /// The street address, for seated guests.
    pub address: Option<Address>,
    /// The seats at the table, including that of the host.
    pub seats: Seats,
    /// The users who may find the party.
    pub visibility: Visibility,
    /// The random token of the link.
    pub link: LinkToken,
    /// The key of the form that was submitted. `None` if the request has none: then each request adds a party.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl NewParty {
    /// A listed party of five hours, without details and address.
    #[must_use]
    pub fn new(
        host: UserId,
        date: PartyDate,
        venue: ShortText,
        main_dish: ShortText,
        seats: Seats,
        link: LinkToken,
    ) -> Self {
        Self {
            host,
            ends_at: PartyEnd::default_of(&date),
            date,
            venue,
            main_dish,
            details: None,
            address: None,
            seats,
            visibility: Visibility::Listed,
            link,
            idempotency_key: None,
        }
    }
}

/// The number of code points of the details that a search reads: 300.
const SEARCHED_DETAILS_LENGTH: usize = 300;

/// The key by which a party is found: of its host, dish, venue and the first 300 code points of its details.
#[must_use]
pub fn party_search_key(host: &str, main_dish: &str, venue: &str, details: Option<&str>) -> String {
    let details: String = details.unwrap_or_default().chars().take(SEARCHED_DETAILS_LENGTH).collect();
    search_key(&format!("{host}\n{main_dish}\n{venue}\n{details}"))
}
