//! Parties for the unit tests of this crate.

use domain::party::{
    Attendee, NamesShownTo, PartyDate, PartyEnd, PartyHeading, PartyId, PartyState, PartySummary, PartyView, RsvpTexts,
    Seats, ShortText, Visibility, Zone, parse_date, parse_time,
};
use domain::user::{UserId, Username};

/// The host of every party here.
pub(crate) const HOST: UserId = UserId::new(1);

/// Ada's heading: Saturday 14 March 2026, 19:00 in Berlin.
pub(crate) fn heading() -> PartyHeading {
    let (date, time) = (parse_date("2026-03-14").unwrap(), parse_time("19:00").unwrap());
    let date = PartyDate::resolve(date, time, Zone::parse("Europe/Berlin").unwrap()).unwrap();
    PartyHeading { host: Username::parse("Ada").unwrap(), date }
}

/// A scheduled party of Ada's with `guests`, each a name and a number of heads.
pub(crate) fn party(seats: u32, guests: &[(&str, u32)]) -> PartySummary {
    view(seats, guests).summary
}

/// The same party as its page shows it.
pub(crate) fn view(seats: u32, guests: &[(&str, u32)]) -> PartyView {
    let attendee = |&(name, heads): &(&str, u32)| Attendee { username: Username::parse(name).unwrap(), heads };
    let guests: Vec<_> = guests.iter().map(attendee).collect();
    let heading = heading();
    let summary = PartySummary {
        id: PartyId::new(1),
        host: HOST,
        venue: ShortText::parse("Here").unwrap(),
        main_dish: ShortText::parse("Soup").unwrap(),
        state: PartyState::Scheduled,
        ends_at: PartyEnd::default_of(&heading.date).at(),
        rsvp_deadline: heading.date.starts_at(),
        visibility: Visibility::Listed,
        heading,
        seats: Seats::new(seats).unwrap(),
        taken: 1 + guests.iter().map(|guest| guest.heads).sum::<u32>(),
        first_guests: guests.iter().take(PartySummary::MAX_NAMED_GUESTS).cloned().collect(),
        waiting: 0,
        max_companions: 0,
        my_answer: None,
        my_rank: None,
    };
    PartyView {
        summary,
        guests,
        more_guests: None,
        names_shown_to: NamesShownTo::Everyone,
        revision: 0,
        my_given_up: None,
        my_texts: RsvpTexts::default(),
        details: None,
        address: None,
        link: None,
        sequence: 0,
    }
}
