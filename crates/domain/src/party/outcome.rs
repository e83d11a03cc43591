//! What a change of a party results in, and why it is refused. Messages are not here.

use super::{Heads, PartyDate, PartyHeading};
use crate::user::Username;

/// The outcome of a change. The enum is exhaustive, since each outcome has a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Rows 1 and 16: the guest got seats.
    Seated(PartyHeading),
    /// Rows 2, 8 and 16: too few seats are free, and the guest is on the waiting list.
    Waitlisted {
        /// The party.
        heading: PartyHeading,
        /// The guest's number on the waiting list, 1 for the first.
        rank: u32,
        /// The seats that are free, too few for the guest.
        free: u32,
    },
    /// Row 3: the guest had the seats before. Nothing changed.
    AlreadySeated(PartyHeading),
    /// Row 4: the guest comes with more or fewer people than before.
    HeadsChanged {
        /// The party.
        heading: PartyHeading,
        /// The number of people, including the guest.
        heads: Heads,
    },
    /// Row 5: the guest may come, and holds no seat.
    Maybe,
    /// Row 6: the guest gave up a seat.
    GaveUpSeat,
    /// Row 7: the guest is not coming.
    Declined(PartyHeading),
    /// Row 8: a guest on the waiting list got seats, since fewer people need fewer seats.
    SeatOpenedUp(PartyHeading),
    /// The guest changed the note or the allergies. The answer is the one before.
    TextsSaved(PartyHeading),
    /// Row 10: the host removed the guest.
    Removed(Username),
    /// Row 11: the host lets a removed guest answer again.
    Reinstated(Username),
    /// Row 12: the host seated the guest.
    Added(Username),
    /// Row 12: the host invited the guest.
    Invited(Username),
    /// Rows 11 and 12: the guest had an answer already, which stays.
    AlreadyAnswered(Username),
    /// Rows 13 and 15: the host changed the party.
    Edited,
    /// Rows 13 and 15: the party was like that before. Nothing changed.
    Unchanged,
    /// Row 14: the host cancelled the party.
    Cancelled,
    /// Row 14: the cancelled party takes place again.
    Restored,
    /// The host replaced the link.
    LinkReplaced,
}

/// Why a change was refused.
///
/// The variants are in the order in which they are checked. An unknown party is
/// [`UpdateError::NotFound`](super::UpdateError::NotFound).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The party is over.
    #[error("the party has already happened")]
    Over,
    /// The party is under way.
    #[error("the party has already begun")]
    Begun,
    /// The host cancelled the party.
    #[error("the host cancelled the party")]
    Cancelled {
        /// The name of the host.
        host: Username,
    },
    /// The guest is the host, who always has one seat.
    #[error("the host has a seat already")]
    IsHost,
    /// The host removed the guest, who now answers.
    #[error("the guest was removed")]
    Removed {
        /// The name of the host, whom the guest may ask.
        host: Username,
    },
    /// The host adds or invites a guest whom the host removed before.
    #[error("the guest was removed")]
    GuestRemoved(Username),
    /// The host lets a user back in who was never on the list.
    #[error("the user is not on the list")]
    NotOnList(Username),
    /// The RSVP deadline has passed. Not checked for a guest who declines, comes with fewer people, or takes
    /// back seats just given up.
    #[error("RSVPs are closed")]
    Closed {
        /// The deadline, in the time zone of the party.
        deadline: PartyDate,
        /// The name of the host, whom the guest may ask.
        host: Username,
    },
    /// The guest brings more companions than the party allows.
    #[error("at most {max} companions")]
    TooManyCompanions {
        /// The most companions.
        max: u32,
    },
    /// Rows 4 and 12: too few seats are free. Nothing changed.
    #[error("{free} seats are free")]
    NotEnoughSeats {
        /// The seats that are free.
        free: u32,
        /// The seats that the guest holds and keeps. `None` where the host adds a guest.
        held: Option<Heads>,
    },
    /// Row 15: the host changed the party after the form was shown.
    #[error("the party was changed meanwhile")]
    Stale,
    /// Row 13: more seats are taken than the table would have.
    #[error("{taken} seats are taken")]
    BelowTaken {
        /// The seats that are taken, including that of the host.
        taken: u32,
    },
    /// Row 15: the new date is in the past.
    #[error("the date is in the past")]
    DateInThePast,
    /// Row 16: the guest gave up no seat, or too long ago.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// The guest keeps an answer that was never given.
    #[error("the guest has no answer")]
    NoAnswer,
}

/// Why a change of a party was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The user may not find the party, or is not its host. To the user it is like a party that does not exist.
    #[error("the user may not find the party")]
    Hidden,
    /// The rules refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
}
