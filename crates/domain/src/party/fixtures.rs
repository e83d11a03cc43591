//! A party for the unit tests of the rules.

use std::time::Duration;

use super::{
    Answer, Guest, GuestList, Heads, LinkToken, NewParty, Party, PartyDate, PartyHeading, PartyId, Refusal, Rsvp,
    Seats, ShortText, Totals, Zone, parse_date, parse_time,
};
use crate::Timestamp;
use crate::user::{UserId, Username};

pub(super) const HOST: UserId = UserId::new(1);
pub(super) const BEN: UserId = UserId::new(2);
pub(super) const CLEO: UserId = UserId::new(3);
pub(super) const DAN: UserId = UserId::new(4);

pub(super) fn date() -> PartyDate {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    PartyDate::resolve(parse_date("2030-01-15").unwrap(), parse_time("19:00").unwrap(), zone).unwrap()
}

/// One hour before the party begins.
pub(super) fn before() -> Timestamp {
    date().starts_at() - Duration::from_hours(1)
}

pub(super) fn heading() -> PartyHeading {
    PartyHeading { host: ada(), date: date() }
}

pub(super) fn ada() -> Username {
    Username::parse("ada").unwrap()
}

pub(super) fn guest(id: UserId) -> Guest {
    let names = ["ada", "ben", "cleo", "dan"];
    let name = usize::try_from(id.get() - 1).ok().and_then(|n| names.get(n)).copied().unwrap_or("eve");
    Guest { id, username: Username::parse(name).unwrap() }
}

pub(super) fn heads(heads: u32) -> Heads {
    Heads::new(heads).unwrap()
}

/// A party with that many seats, of which the host's is taken, and two companions for each guest.
pub(super) fn party(seats: u32) -> Party {
    let text = |text| ShortText::parse(text).unwrap();
    let link = LinkToken::new([7; 16]);
    let new = NewParty::new(HOST, date(), text("Linden Street"), text("Soup"), Seats::new(seats).unwrap(), link);
    Party::added(PartyId::new(7), ada(), NewParty { max_companions: 2, ..new })
}

/// The party with these answers, the first at the first place.
pub(super) fn with(seats: u32, answers: &[(UserId, Answer)]) -> Party {
    let mut party = party(seats);
    let rsvps = answers.iter().zip(1..).map(|((guest, answer), place)| {
        let rank = answers.iter().filter(|(_, answer)| answer.is_waiting()).position(|(other, _)| other == guest);
        let rank = rank.map(|before| u32::try_from(before).unwrap() + 1);
        (*guest, Rsvp { answer: *answer, place, rank, given_up: None })
    });
    let count = |of: fn(&Answer) -> u32| answers.iter().map(|(_, answer)| of(answer)).sum::<u32>();
    let totals = Totals {
        taken: 1 + count(|answer| answer.seats_held()),
        waiting: count(|answer| answer.is_waiting().into()),
        last_place: i64::try_from(answers.len()).unwrap(),
        ..party.guests.totals()
    };
    party.guests = GuestList::from_stored(totals, rsvps.collect()).unwrap();
    party
}

pub(super) fn closed(deadline: Timestamp) -> Refusal {
    Refusal::Closed { deadline: date().at_in_same_zone(deadline), host: ada() }
}
