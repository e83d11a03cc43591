//! The sentences to the letter, as people read them.

use domain::party::{Attendee, Heads, PartyDate, PartyId, Zone, parse_date, parse_time};
use domain::user::{UserId, Username};

use super::*;

fn heading() -> PartyHeading {
    let (date, time) = (parse_date("2026-03-14").unwrap(), parse_time("19:00").unwrap());
    let date = PartyDate::resolve(date, time, Zone::parse("Europe/Berlin").unwrap()).unwrap();
    PartyHeading { host: Username::parse("Ada").unwrap(), date }
}

/// A party at a table of ten, with the host and `guests`, of whom the first two are named.
fn party(guests: &[(&str, u32)]) -> PartySummary {
    let attendee = |&(name, heads): &(&str, u32)| Attendee { username: Username::parse(name).unwrap(), heads };
    let heading = heading();
    PartySummary {
        id: PartyId::new(1),
        host: UserId::new(1),
        venue: ShortText::parse("Here").unwrap(),
        main_dish: ShortText::parse("Soup").unwrap(),
        state: PartyState::Scheduled,
        rsvp_deadline: heading.date.starts_at(),
        heading,
        seats: Seats::new(10).unwrap(),
        taken: 1 + guests.iter().map(|(_, heads)| heads).sum::<u32>(),
        first_guests: guests.iter().take(PartySummary::MAX_NAMED_GUESTS).map(attendee).collect(),
        my_answer: None,
    }
}

#[test]
fn what_happened_is_told_to_the_letter() {
    let date = "Saturday 14 March 2026, 19:00 (Europe/Berlin)";
    for (happened, told) in [
        (Outcome::Seated(heading()), format!("You successfully RSVP'd to Ada's dinner party on {date}!")),
        (Outcome::Full(heading()), format!("Ada's dinner party on {date} is full.")),
        (Outcome::AlreadySeated(heading()), format!("You're already going to Ada's dinner party on {date}.")),
        (Outcome::Maybe, "Noted: maybe. A maybe doesn't hold a seat.".to_owned()),
        (Outcome::GaveUpSeat, "You've given up your seat.".to_owned()),
        (Outcome::Declined(heading()), "Thanks for letting Ada know.".to_owned()),
    ] {
        assert_eq!(outcome(&happened), told);
    }
}

#[test]
fn how_long_until_a_party_is_told_in_the_words_people_use() {
    let party = party(&[]);
    let before = |days: i64| Timestamp::from_millis(party.heading.date.starts_at().as_millis() - days * 86_400_000 - 1);
    for (days, told) in [
        (0, "Today"),
        (1, "Tomorrow"),
        (2, "In 2 days"),
        (13, "In 13 days"),
        (14, "In 2 weeks"),
        (17, "In 2 weeks"),
        (18, "In 3 weeks"),
        (20, "In 3 weeks"),
        (59, "In 8 weeks"),
        (60, "In 2 months"),
        (74, "In 2 months"),
        (75, "In 3 months"),
        (704, "In 23 months"),
        (705, "In 2 years"),
        (729, "In 2 years"),
        (912, "In 2 years"),
        (913, "In 3 years"),
        (1_090, "In 3 years"),
    ] {
        assert_eq!(until(&party, before(days)).as_deref(), Some(told), "{days} days before");
    }
    assert_eq!(until(&party, party.heading.date.starts_at()), None, "it has begun");
    let cancelled = PartySummary { state: PartyState::Cancelled, ..party.clone() };
    assert_eq!(until(&cancelled, before(3)), None, "it will not be");
}

#[test]
fn what_is_refused_is_told_to_the_letter() {
    let PartyHeading { host, date } = heading();
    for (reason, told) in [
        (Refusal::Past, "That dinner party has already happened."),
        (Refusal::Cancelled { host: host.clone() }, "Ada cancelled this dinner party."),
        (Refusal::IsHost, "You're hosting this one. Your seat is already counted."),
        (Refusal::Removed { host: host.clone() }, "You can't RSVP to this party. Ask Ada."),
        (
            Refusal::Closed { deadline: date, host },
            "RSVPs closed on Saturday 14 March 2026, 19:00 (Europe/Berlin). Ask Ada.",
        ),
        (Refusal::TooManyCompanions { max: 2 }, "You can bring up to 2."),
    ] {
        assert_eq!(refusal(&reason), told);
    }
}

#[test]
fn attendees_are_named_and_the_rest_counted() {
    for (guests, told) in [
        (&[][..], "Ada (host)"),
        (&[("Ben", 1)], "Ada (host) and Ben"),
        (&[("Ben", 1), ("Cyd", 1)], "Ada (host), Ben and Cyd"),
        (&[("Ben", 1), ("Cyd", 1), ("Dan", 1)], "Ada (host), Ben, Cyd and 1 more"),
        (&[("Ben", 4)], "Ada (host) and Ben"),
        (&[("Ben", 3), ("Cyd", 1), ("Dan", 3)], "Ada (host), Ben, Cyd and 3 more"),
    ] {
        assert_eq!(attendees(&party(guests)), told);
    }
}

#[test]
fn seats_left_are_counted_in_words() {
    for (heads, told) in [(7, "2 seats left"), (8, "1 seat left"), (9, "full")] {
        assert_eq!(seats_left(&party(&[("Ben", heads)])), told);
    }
}

#[test]
fn a_party_that_takes_no_answers_says_why_in_the_rule_s_own_order() {
    let (open, start) = (party(&[]), heading().date.starts_at());
    let before = Timestamp::from_millis(start.as_millis() - 60_000);
    assert_eq!(closed(&open, before), None);

    let late = PartySummary { rsvp_deadline: before, ..open.clone() };
    let told = "RSVPs closed on Saturday 14 March 2026, 18:59 (Europe/Berlin). Ask Ada.";
    assert_eq!(closed(&late, before).as_deref(), Some(told));
    let cancelled = PartySummary { state: PartyState::Cancelled, ..late };
    assert_eq!(closed(&cancelled, before).as_deref(), Some("Ada cancelled this dinner party."));
    assert_eq!(closed(&cancelled, start).as_deref(), Some("That dinner party has already happened."));
    assert_eq!([off(&open, before), off(&open, start)], [None, Some("It's over")]);
    assert_eq!(
        [off(&cancelled, before), off(&cancelled, start)],
        [Some("Cancelled"); 2],
        "never held, whenever it is read"
    );
}

#[test]
fn every_answer_has_its_words() {
    let seated = Answer::Seated(Heads::ONE);
    let waiting = Answer::Waitlisted { heads: Heads::ONE, place: 1 };
    let told = [seated, waiting, Answer::Maybe, Answer::Declined, Answer::Invited, Answer::Removed].map(my_answer);
    assert_eq!(told[..3], ["You're coming", "You're on the waiting list", "You said maybe"]);
    assert_eq!(told[3..], ["You said no", "You're invited", "You can't RSVP"]);
}

#[test]
fn a_table_is_told_in_words() {
    let view = |seats: u32, guests: &[(&str, u32)]| {
        let summary = PartySummary { seats: Seats::new(seats).unwrap(), ..party(guests) };
        let attendee = |&(name, heads): &(&str, u32)| Attendee { username: Username::parse(name).unwrap(), heads };
        PartyView { summary, guests: guests.iter().map(attendee).collect() }
    };
    for (seats, guests, told) in [
        (1, &[][..], "1 of 1 seat taken: Ada (host)"),
        (8, &[("Ben", 2), ("Cyd", 1), ("Dan", 1)], "5 of 8 seats taken: Ada (host), Ben with 1, Cyd, Dan"),
        (24, &[("Ben", 3)], "4 of 24 seats taken: Ada (host), Ben with 2"),
        (25, &[("Ben", 3)], "4 of 25 seats taken"),
    ] {
        assert_eq!(table(&view(seats, guests)), told);
    }
}

#[test]
fn names_from_right_to_left_do_not_reorder_their_neighbors() {
    let told = attendees(&party(&[("דנה", 1), ("Ben", 1)]));
    assert_eq!(told, "Ada (host), \u{2068}דנה\u{2069} and Ben");
}
