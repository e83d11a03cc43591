//! What is stored about the parties of a user, for the user's own export.

use super::{
    Address, Allergies, Answer, Details, GuestNote, NamesShownTo, PartyHeading, PartyId, PartyMessage, PartyState,
    ShortText, Visibility,
};
use crate::Timestamp;

/// A party with what its host has written. Neither its guests, whose data are their own, nor its link, which opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedParty {
    /// The id of the party.
    pub id: PartyId,
    /// The name of the host, and the date.
    pub heading: PartyHeading,
    /// The end.
    pub ends_at: Timestamp,
    /// Whether the party is scheduled or cancelled.
    pub state: PartyState,
    /// The RSVP deadline.
    pub rsvp_deadline: Timestamp,
    /// The most companions of a guest.
    pub max_companions: u32,
    /// The users who may find the party.
    pub visibility: Visibility,
    /// The users who see the names of guests.
    pub names_shown_to: NamesShownTo,
    /// Where it is.
    pub venue: ShortText,
    /// What is served.
    pub main_dish: ShortText,
    /// What the host tells the guests.
    pub details: Option<Details>,
    /// The street address.
    pub address: Option<Address>,
    /// The seats at the table, including that of the host.
    pub seats: u32,
    /// The seats that are taken, including that of the host.
    pub taken: u32,
}

/// An answer to a party, which another user hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedAnswer {
    /// The party.
    pub party: PartyId,
    /// The name of its host, its date, and what is served. `None` if the guest may no longer find it.
    pub shown: Option<(PartyHeading, ShortText)>,
    /// The answer.
    pub answer: Answer,
    /// The note of the guest to the host.
    pub note: Option<GuestNote>,
    /// The allergies.
    pub allergies: Option<Allergies>,
}

/// A message to the guests of a party, which the user hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedMessage {
    /// The party.
    pub party: PartyId,
    /// The message.
    pub message: PartyMessage,
}
