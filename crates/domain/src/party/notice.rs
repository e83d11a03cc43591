//! The notices of a party: who is told what after a change.

use std::fmt;

use super::{Answer, Heads, PartyId};
use crate::Notice;
use crate::user::UserId;

/// What a guest or a host is told about a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyNotice {
    /// To a guest who waited: a seat opened up.
    SeatOpenedUp,
    /// To a guest: the host seated the guest.
    Added,
    /// To a guest: the host invited the guest.
    Invited,
    /// To a guest: the host removed the guest.
    Removed,
    /// To the guests: the host changed the party.
    Edited(Vec<PartyPart>),
    /// To the guests: the party is cancelled.
    Cancelled,
    /// To the guests: the cancelled party takes place.
    Restored,
    /// To the host: a guest is coming, with that many people.
    Accepted(Heads),
    /// To the host: a guest on the waiting list got seats that others gave up.
    Promoted(Heads),
    /// To the host: a guest waits, with that many people.
    JoinedWaitingList(Heads),
    /// To the host: a guest gave up seats.
    GaveUpSeat(Heads),
    /// To the host: a guest is not coming.
    Declined,
    /// To the host: a guest may come.
    SaidMaybe,
}

/// A part of a party that a host can change, as far as guests are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartyPart {
    /// The beginning.
    Date,
    /// The end.
    End,
    /// The venue.
    Venue,
    /// The street address.
    Address,
    /// The main dish.
    Dish,
    /// The details.
    Details,
    /// The RSVP deadline.
    Deadline,
    /// The most companions of a guest.
    Companions,
    /// The users who may find the party.
    Visibility,
}

impl PartyPart {
    /// Every part, in the order in which a sentence names them, and its stored name.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Date, "date"),
        (Self::End, "end"),
        (Self::Venue, "venue"),
        (Self::Address, "address"),
        (Self::Dish, "dish"),
        (Self::Details, "details"),
        (Self::Deadline, "deadline"),
        (Self::Companions, "companions"),
        (Self::Visibility, "visibility"),
    ];

    /// The part with that stored name.
    #[must_use]
    pub fn parse(stored: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == stored).map(|(part, _)| part)
    }
}

impl fmt::Display for PartyPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Self::ALL.into_iter().find(|(part, _)| part == self).map_or(Ok(()), |(_, name)| f.write_str(name))
    }
}

impl PartyNotice {
    /// Whether a guest with that answer gets the notice of a change of the party itself: [`PartyNotice::Edited`] (row 15),
    /// [`PartyNotice::Cancelled`] and [`PartyNotice::Restored`] (row 14). `false` for a notice about one answer.
    #[must_use]
    pub fn is_sent_to(&self, answer: Answer) -> bool {
        let (is_edit, is_state) = (matches!(self, Self::Edited(_)), matches!(self, Self::Cancelled | Self::Restored));
        match answer {
            Answer::Seated(_) | Answer::Waitlisted(_) | Answer::Maybe => is_edit || is_state,
            Answer::Invited => is_state,
            Answer::Declined | Answer::Removed => false,
        }
    }

    /// The notice as the store keeps it.
    pub(super) fn to(self, user: UserId, party: PartyId, about: Option<UserId>) -> Notice {
        let (kind, parameters) = match self {
            Self::SeatOpenedUp => ("seat-opened-up", String::new()),
            Self::Added => ("added", String::new()),
            Self::Invited => ("invited", String::new()),
            Self::Removed => ("removed", String::new()),
            Self::Edited(changed) => {
                ("party-edited", changed.iter().map(PartyPart::to_string).collect::<Vec<_>>().join(" "))
            }
            Self::Cancelled => ("party-cancelled", String::new()),
            Self::Restored => ("party-restored", String::new()),
            Self::Accepted(heads) => ("accepted", heads.get().to_string()),
            Self::Promoted(heads) => ("promoted", heads.get().to_string()),
            Self::JoinedWaitingList(heads) => ("joined-waiting-list", heads.get().to_string()),
            Self::GaveUpSeat(heads) => ("gave-up-seat", heads.get().to_string()),
            Self::Declined => ("declined", String::new()),
            Self::SaidMaybe => ("said-maybe", String::new()),
        };
        Notice { user, kind, subject: party.get(), about, parameters }
    }

    /// The notice with that stored kind and those parameters. `None` for a notice of another program or a later version.
    #[must_use]
    pub fn from_stored(kind: &str, parameters: &str) -> Option<Self> {
        let heads = || parameters.parse().ok().and_then(Heads::new);
        match kind {
            "seat-opened-up" => Some(Self::SeatOpenedUp),
            "added" => Some(Self::Added),
            "invited" => Some(Self::Invited),
            "removed" => Some(Self::Removed),
            "party-edited" => parameters.split(' ').map(PartyPart::parse).collect::<Option<_>>().map(Self::Edited),
            "party-cancelled" => Some(Self::Cancelled),
            "party-restored" => Some(Self::Restored),
            "accepted" => heads().map(Self::Accepted),
            "promoted" => heads().map(Self::Promoted),
            "joined-waiting-list" => heads().map(Self::JoinedWaitingList),
            "gave-up-seat" => heads().map(Self::GaveUpSeat),
            "declined" => Some(Self::Declined),
            "said-maybe" => Some(Self::SaidMaybe),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_is_read_as_it_was_stored() {
        let heads = Heads::new(3).unwrap();
        let parts = PartyPart::ALL.map(|(part, _)| part).to_vec();
        for notice in [
            PartyNotice::SeatOpenedUp,
            PartyNotice::Added,
            PartyNotice::Invited,
            PartyNotice::Removed,
            PartyNotice::Edited(parts),
            PartyNotice::Edited(vec![PartyPart::Venue]),
            PartyNotice::Cancelled,
            PartyNotice::Restored,
            PartyNotice::Accepted(heads),
            PartyNotice::Promoted(heads),
            PartyNotice::JoinedWaitingList(heads),
            PartyNotice::GaveUpSeat(heads),
            PartyNotice::Declined,
            PartyNotice::SaidMaybe,
        ] {
            let stored = notice.clone().to(UserId::new(1), PartyId::new(7), Some(UserId::new(2)));
            assert!(stored.kind.len() <= 40 && stored.parameters.len() <= 500, "{stored:?}");
            assert_eq!(PartyNotice::from_stored(stored.kind, &stored.parameters), Some(notice));
        }
        for (kind, parameters) in [("", ""), ("accepted", "0"), ("accepted", ""), ("party-edited", "soup"), ("x", "1")]
        {
            assert_eq!(PartyNotice::from_stored(kind, parameters), None, "{kind} {parameters}");
        }
    }
}
