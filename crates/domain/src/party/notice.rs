//! The notices of a party, which its guests and its host get after a change.

use std::fmt;

use super::{Answer, Heads, MessageId, PartyDate, PartyId, ShortText, Zone};
use crate::user::UserId;
use crate::{Notice, Timestamp};

/// What a notice to a guest or to a host says about a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyNotice {
    /// To a guest who waited: a seat opened up.
    SeatOpenedUp,
    /// To a guest: the host seated the guest.
    Added,
    /// To a guest: the host invited the guest.
    Invited,
    /// To a guest: the host sent that message.
    Message(MessageId),
    /// To a guest: the host removed the guest from that party, as it was then. What becomes of it may not be the guest's to see.
    Removed {
        /// The beginning.
        date: PartyDate,
        /// The main dish; its first part where it is long.
        main_dish: ShortText,
    },
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
    /// To the host: a guest with that answer has changed the note or the allergies. It replaces the notice of the answer, so it names the
    /// answer. It has none of the texts.
    Wrote(Answer),
}

/// A part of a party that a host can change.
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
    /// The users who see the names of guests.
    Names,
    /// The link to the party.
    Link,
}

impl PartyPart {
    /// Every part, in the order in which a sentence names them, and its stored name.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Date, "date"),
        (Self::End, "end"),
        (Self::Venue, "venue"),
        (Self::Address, "address"),
        (Self::Dish, "dish"),
        (Self::Details, "details"),
        (Self::Deadline, "deadline"),
        (Self::Companions, "companions"),
        (Self::Visibility, "visibility"),
        (Self::Names, "names"),
        (Self::Link, "link"),
    ];

    /// Whether guests get a notice of a change (row 15). Who sees their names, and the link, change nothing for those who are on the list.
    #[must_use]
    pub const fn concerns_guests(self) -> bool {
        !matches!(self, Self::Names | Self::Link)
    }

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
            Self::Removed { date, main_dish } => ("removed", party_as_it_was(&date, &main_dish)),
            Self::Message(id) => ("message", id.to_string()),
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
            Self::Wrote(answer) => ("wrote", answer_parameters(answer)),
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
            "removed" => parse_party(parameters).map(|(date, main_dish)| Self::Removed { date, main_dish }),
            "party-edited" => parameters.split(' ').map(PartyPart::parse).collect::<Option<_>>().map(Self::Edited),
            "message" => parameters.parse().ok().map(|id| Self::Message(MessageId::new(id))),
            "party-cancelled" => Some(Self::Cancelled),
            "party-restored" => Some(Self::Restored),
            "accepted" => heads().map(Self::Accepted),
            "promoted" => heads().map(Self::Promoted),
            "joined-waiting-list" => heads().map(Self::JoinedWaitingList),
            "gave-up-seat" => heads().map(Self::GaveUpSeat),
            "declined" => Some(Self::Declined),
            "said-maybe" => Some(Self::SaidMaybe),
            "wrote" => parse_answer(parameters).map(Self::Wrote),
            _ => None,
        }
    }
}

/// The beginning and the dish of a party, as [`parse_party`] reads them.
fn party_as_it_was(date: &PartyDate, main_dish: &ShortText) -> String {
    let date = format!("{} {} {} ", date.starts_at().as_millis(), date.local(), date.zone().as_str());
    let room = Notice::MOST_PARAMETERS.saturating_sub(date.len());
    format!("{date}{}", shortened(main_dish.as_str(), room))
}

/// The text, or as much of it as `room` bytes hold together with an ellipsis.
fn shortened(text: &str, room: usize) -> String {
    if text.len() <= room {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(room.saturating_sub('…'.len_utf8()));
    format!("{}…", text[..end].trim_end())
}

fn parse_party(parameters: &str) -> Option<(PartyDate, ShortText)> {
    let mut parts = parameters.splitn(4, ' ');
    let starts_at = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let (local, zone) = (parts.next()?, Zone::from_stored(parts.next()?).ok()?);
    let main_dish = ShortText::from_stored(parts.next()?.to_owned()).ok()?;
    Some((PartyDate::from_stored(local, zone, starts_at).ok()?, main_dish))
}

/// An answer as parameters: "seated 2", "maybe".
fn answer_parameters(answer: Answer) -> String {
    match answer {
        Answer::Seated(heads) => format!("seated {}", heads.get()),
        Answer::Waitlisted(heads) => format!("waitlisted {}", heads.get()),
        Answer::Maybe => "maybe".into(),
        Answer::Declined => "declined".into(),
        Answer::Invited => "invited".into(),
        Answer::Removed => "removed".into(),
    }
}

/// The answer with those parameters.
fn parse_answer(parameters: &str) -> Option<Answer> {
    let (word, heads) = parameters.split_once(' ').map_or((parameters, None), |(word, heads)| (word, Some(heads)));
    let heads = heads.map(|heads| heads.parse().ok().and_then(Heads::new));
    match (word, heads) {
        ("seated", Some(heads)) => heads.map(Answer::Seated),
        ("waitlisted", Some(heads)) => heads.map(Answer::Waitlisted),
        ("maybe", None) => Some(Answer::Maybe),
        ("declined", None) => Some(Answer::Declined),
        ("invited", None) => Some(Answer::Invited),
        ("removed", None) => Some(Answer::Removed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(dish: &str) -> PartyNotice {
        let date = PartyDate::from_stored(
            "2030-03-17T19:00:00",
            Zone::parse("America/Argentina/Buenos_Aires").unwrap(),
            Timestamp::from_millis(i64::MIN),
        );
        PartyNotice::Removed { date: date.unwrap(), main_dish: ShortText::parse(dish).unwrap() }
    }

    /// 200 code points have up to 800 bytes, and a notice has room for 500.
    #[test]
    fn long_dish_is_shortened_in_a_notice() {
        let long = removed(&"\u{1f35d}".repeat(200)).to(UserId::new(1), PartyId::new(7), None);
        assert!((490..=500).contains(&long.parameters.len()), "{}", long.parameters.len());
        let Some(PartyNotice::Removed { main_dish, .. }) = PartyNotice::from_stored(long.kind, &long.parameters) else {
            panic!("{long:?}")
        };
        let dish = main_dish.as_str().strip_suffix('…').unwrap();
        assert!(dish.chars().all(|c| c == '\u{1f35d}') && dish.chars().count() > 100, "{dish}");
        assert_eq!((shortened("so up", 5), shortened("so up", 4)), ("so up".to_owned(), "s…".to_owned()));
        assert_eq!((shortened("so ups", 6), shortened("soup up", 5 + 3)), ("so ups".to_owned(), "soup up".to_owned()));
    }

    #[test]
    fn every_notice_is_read_as_it_was_stored() {
        let heads = Heads::new(3).unwrap();
        let parts = PartyPart::ALL.map(|(part, _)| part).to_vec();
        for notice in [
            PartyNotice::SeatOpenedUp,
            PartyNotice::Added,
            PartyNotice::Invited,
            removed("Ratatouille  with rice"),
            removed(&"é".repeat(200)),
            PartyNotice::Edited(parts),
            PartyNotice::Edited(vec![PartyPart::Venue]),
            PartyNotice::Message(MessageId::new(i64::MAX)),
            PartyNotice::Cancelled,
            PartyNotice::Restored,
            PartyNotice::Accepted(heads),
            PartyNotice::Promoted(heads),
            PartyNotice::JoinedWaitingList(heads),
            PartyNotice::GaveUpSeat(heads),
            PartyNotice::Declined,
            PartyNotice::SaidMaybe,
            PartyNotice::Wrote(Answer::Seated(heads)),
            PartyNotice::Wrote(Answer::Waitlisted(heads)),
            PartyNotice::Wrote(Answer::Maybe),
            PartyNotice::Wrote(Answer::Declined),
            PartyNotice::Wrote(Answer::Invited),
            PartyNotice::Wrote(Answer::Removed),
        ] {
            let stored = notice.clone().to(UserId::new(1), PartyId::new(7), Some(UserId::new(2)));
            assert!(stored.kind.len() <= 40 && stored.parameters.len() <= 500, "{stored:?}");
            assert_eq!(PartyNotice::from_stored(stored.kind, &stored.parameters), Some(notice));
        }
        for (kind, parameters) in [
            ("", ""),
            ("accepted", "0"),
            ("accepted", ""),
            ("party-edited", "soup"),
            ("x", "1"),
            ("message", ""),
            ("removed", ""),
            ("removed", "1 2030-03-17T19:00:00 Mars/Base Soup"),
            ("removed", "1 2030-03-17T19:00:00 UTC"),
        ] {
            assert_eq!(PartyNotice::from_stored(kind, parameters), None, "{kind} {parameters}");
        }
    }
}
