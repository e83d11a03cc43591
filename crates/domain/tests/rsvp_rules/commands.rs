//! Commands of guests and hosts, and how they are run by the rules.

use std::time::Duration;

use accounts_domain::Timestamp;
use accounts_domain::party::{
    Guest, Heads, LinkToken, NewParty, Outcome, Party, PartyDate, PartyEdit, PartyEnd, PartyId, Refusal, RsvpDeadline,
    Seats, ShortText, Zone, parse_date, parse_time,
};
use accounts_domain::user::{UserId, Username};

/// What somebody does. Guests have the numbers 0 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Accept(u8, u32),
    Maybe(u8),
    Decline(u8),
    Undo(u8),
    /// With a number of people, or with that of the guest's answer.
    Add(u8, Option<u32>),
    Invite(u8),
    Remove(u8),
    Reinstate(u8),
    Seats(u32),
    MaxCompanions(u32),
    Cancel,
    Restore,
}

impl Command {
    /// The guest whom the command concerns.
    pub(crate) fn guest(self) -> Option<UserId> {
        match self {
            Self::Accept(guest, _)
            | Self::Add(guest, _)
            | Self::Maybe(guest)
            | Self::Decline(guest)
            | Self::Undo(guest)
            | Self::Invite(guest)
            | Self::Remove(guest)
            | Self::Reinstate(guest) => Some(id(guest)),
            Self::Seats(_) | Self::MaxCompanions(_) | Self::Cancel | Self::Restore => None,
        }
    }

    pub(crate) fn run(self, party: &mut Party, now: Timestamp) -> Result<Outcome, Refusal> {
        let heads = |heads| Heads::new(heads).unwrap();
        match self {
            Self::Accept(guest, n) => party.accept(id(guest), heads(n), now),
            Self::Maybe(guest) => party.maybe(id(guest), now),
            Self::Decline(guest) => party.decline(id(guest), now),
            Self::Undo(guest) => party.undo(id(guest), now),
            Self::Add(guest, n) => party.add(&named(guest), n.map(heads), now),
            Self::Invite(guest) => party.invite(&named(guest), now),
            Self::Remove(guest) => party.remove(&named(guest), now),
            Self::Reinstate(guest) => party.reinstate(&named(guest), now),
            Self::Seats(n) => party.edit(PartyEdit { seats: Seats::new(n).unwrap(), ..edit_of(party) }, now),
            Self::MaxCompanions(n) => party.edit(PartyEdit { max_companions: n, ..edit_of(party) }, now),
            Self::Cancel => party.cancel(now),
            Self::Restore => party.restore(now),
        }
    }
}

pub(crate) fn id(guest: u8) -> UserId {
    UserId::new(2 + i64::from(guest))
}

fn named(guest: u8) -> Guest {
    Guest { id: id(guest), username: Username::parse("ben").unwrap() }
}

fn edit_of(party: &Party) -> PartyEdit {
    let (date, totals) = (party.heading.date.clone(), party.guests.totals());
    PartyEdit {
        revision: party.revision,
        ends_at: PartyEnd::of(&date, party.ends_at).unwrap(),
        rsvp_deadline: RsvpDeadline::of(&date, party.rsvp_deadline).unwrap(),
        date,
        texts: party.texts.clone(),
        seats: totals.seats,
        max_companions: totals.max_companions,
        visibility: party.visibility,
        names_shown_to: party.names_shown_to,
    }
}

/// A party that begins at [`start`], with RSVPs until an hour before.
pub(crate) fn party(seats: u32, max_companions: u32) -> Party {
    let (day, time) = (parse_date("2030-01-15").unwrap(), parse_time("19:00").unwrap());
    let date = PartyDate::resolve(day, time, Zone::parse("UTC").unwrap()).unwrap();
    let deadline = RsvpDeadline::of(&date, date.starts_at() - Duration::from_hours(1)).unwrap();
    let text = |text| ShortText::parse(text).unwrap();
    let (seats, link) = (Seats::new(seats).unwrap(), LinkToken::new([7; 16]));
    let new = NewParty::new(UserId::new(1), date, text("Linden Street"), text("Soup"), seats, link);
    let new = NewParty { rsvp_deadline: deadline, max_companions, ..new };
    Party::added(PartyId::new(7), Username::parse("ada").unwrap(), new)
}
