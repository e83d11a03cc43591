//! Dinner parties: their types, the RSVP rules, the use cases and the port.

mod answer;
mod change;
mod date;
mod deadline;
mod deletion;
mod export;
#[cfg(test)]
mod fixtures;
mod guest_list;
mod history;
mod hosting;
mod link_token;
mod listing;
mod message;
mod notice;
mod outcome;
mod parties;
mod party_id;
mod phase;
mod quota;
mod repository;
mod rsvp;
mod rsvp_texts;
mod seats;
mod texts;
mod visibility;
mod zone;

#[cfg(feature = "contract")]
pub mod contract;

pub use crate::text::{ShortText, TextError};
pub use answer::{Answer, GivenUp, Rsvp};
pub use change::{Changed, HistoryEntry, HistoryKind};
pub use date::{PartyDate, PartyDateError, format_utc_date, parse_date, parse_time};
pub use deadline::{AfterStart, RsvpDeadline};
pub use deletion::{HostedAhead, refused_deletion};
pub use export::{ExportedAnswer, ExportedMessage, ExportedParty};
pub use guest_list::{GuestList, GuestListError, Totals};
pub use history::{HistoryId, StoredHistory};
pub use hosting::{Guest, PartyEdit};
pub use link_token::{LinkToken, LinkTokenError};
pub use listing::{
    Attendee, GuestCursor, GuestOverview, GuestRow, HomeView, Invitation, InvitationView, PartyCursor, PartyFilter,
    PartyLabel, PartyQuery, PartySummary, PartyView, ProfileCursors, ProfileView,
};
pub use message::{Audience, AudiencePart, MessageId, MessageText, NewMessage, PartyMessage, SendError, SentMessage};
pub use notice::{PartyNotice, PartyPart};
pub use outcome::{ChangeError, Outcome, Refusal};
pub use parties::{GuestCommand, HostCommand, HostError, Opened, Parties};
pub use party_id::{PartyId, PartyIdError};
pub use phase::{PartyEnd, PartyEndError, Phase};
pub use quota::{ChangeQuota, HostQuota, Quotas};
#[cfg(feature = "mock")]
pub use repository::MockPartyRepository;
pub use repository::{AddError, ListError, PartyChange, PartyRepository, UpdateError};
pub use rsvp_texts::{GuestAnswer, RsvpTexts, TextChange, TextChanges};
pub use seats::{Heads, Seats, SeatsError};
pub use texts::{Address, Allergies, Details, GuestNote, PartyTexts};
pub use visibility::{NamesShownTo, Visibility};
pub use zone::Zone;

use crate::user::{UserId, Username};
use crate::{IdempotencyKey, Timestamp, search_key};

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
    /// The users who see the names of guests.
    pub names_shown_to: NamesShownTo,
    /// What the host writes about the party.
    pub texts: PartyTexts,
    /// The number of times that the host has changed the party. Begins at 0.
    pub revision: u32,
    /// The link that replaces the present one, which no rule needs. `None`: the link stays.
    pub new_link: Option<LinkToken>,
    /// The seats and the RSVPs.
    pub guests: GuestList,
}

impl Party {
    /// A party as it is once it was added.
    #[must_use]
    pub fn added(id: PartyId, host: Username, party: NewParty) -> Self {
        Self {
            id,
            host: party.host,
            heading: PartyHeading { host, date: party.date },
            state: PartyState::Scheduled,
            ends_at: party.ends_at.at(),
            rsvp_deadline: party.rsvp_deadline.at(),
            visibility: party.visibility,
            names_shown_to: party.names_shown_to,
            texts: party.texts,
            revision: 0,
            new_link: None,
            guests: GuestList::new(party.seats, party.max_companions),
        }
    }
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
    /// The time from which no guest claims a seat.
    pub rsvp_deadline: RsvpDeadline,
    /// What the host writes about the party.
    pub texts: PartyTexts,
    /// The seats at the table, including that of the host.
    pub seats: Seats,
    /// The most companions of a guest, 0 to [`Heads::MAX`] - 1.
    pub max_companions: u32,
    /// The users who may find the party.
    pub visibility: Visibility,
    /// The users who see the names of guests.
    pub names_shown_to: NamesShownTo,
    /// The random token of the link.
    pub link: LinkToken,
    /// The key of the form that was submitted. `None` if the request has none: then each request adds a party.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl NewParty {
    /// A listed party of five hours, without companions, details and address, whose guests everyone sees.
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
            rsvp_deadline: RsvpDeadline::default_of(&date),
            date,
            texts: PartyTexts { main_dish, venue, details: None, address: None },
            seats,
            max_companions: 0,
            visibility: Visibility::Listed,
            names_shown_to: NamesShownTo::Everyone,
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
