//! The sentences, to the letter.

use domain::Timestamp;
use domain::party::{Heads, PartyState, PartySummary};

use super::*;
use crate::fixtures::{heading, party, view};

#[test]
fn each_outcome_has_its_sentence() {
    let date = "Saturday 14 March 2026, 19:00 (Berlin time)";
    for (result, sentence) in [
        (Outcome::Seated(heading()), format!("You successfully RSVP'd to Ada's dinner party on {date}!")),
        (
            Outcome::Waitlisted { heading: heading(), rank: 2, free: 0 },
            format!("Ada's dinner party on {date} is full. You're number 2 on the waiting list."),
        ),
        (Outcome::AlreadySeated(heading()), format!("You're already going to Ada's dinner party on {date}.")),
        (Outcome::Maybe, "Noted: maybe. A maybe doesn't hold a seat.".to_owned()),
        (Outcome::GaveUpSeat, "You've given up your seat.".to_owned()),
        (Outcome::Declined(heading()), "Thanks for letting Ada know.".to_owned()),
    ] {
        assert_eq!(outcome(&result), sentence);
    }
}

#[test]
fn time_until_party_is_in_days_weeks_months_or_years() {
    let party = party(10, &[]);
    let before = |days: i64| Timestamp::from_millis(party.heading.date.starts_at().as_millis() - days * 86_400_000 - 1);
    for (days, text) in [
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
        assert_eq!(time_until(&party, before(days)).as_deref(), Some(text), "{days} days before");
    }
    assert_eq!(time_until(&party, party.heading.date.starts_at()), None, "begun");
    let cancelled = PartySummary { state: PartyState::Cancelled, ..party.clone() };
    assert_eq!(time_until(&cancelled, before(3)), None, "cancelled");
}

#[test]
fn each_refusal_has_its_sentence() {
    let PartyHeading { host, date } = heading();
    for (reason, sentence) in [
        (Refusal::Over, "That dinner party has already happened."),
        (Refusal::Begun, "That dinner party has already begun."),
        (Refusal::Cancelled { host: host.clone() }, "Ada cancelled this dinner party."),
        (Refusal::IsHost, "You're hosting this one. Your seat is already counted."),
        (Refusal::Removed { host: host.clone() }, "You can't RSVP to this party. Ask Ada."),
        (
            Refusal::Closed { deadline: date, host },
            "RSVPs closed on Saturday 14 March 2026, 19:00 (Berlin time). Ask Ada.",
        ),
        (Refusal::TooManyCompanions { max: 2 }, "You can bring up to 2."),
    ] {
        assert_eq!(refusal(&reason), sentence);
    }
}

#[test]
fn attendees_names_two_guests_and_counts_the_rest() {
    for (guests, text) in [
        (&[][..], "Ada (host)"),
        (&[("Ben", 1)], "Ada (host) and Ben"),
        (&[("Ben", 1), ("Cyd", 1)], "Ada (host), Ben and Cyd"),
        (&[("Ben", 1), ("Cyd", 1), ("Dan", 1)], "Ada (host), Ben, Cyd and 1 more"),
        (&[("Ben", 4)], "Ada (host) and Ben"),
        (&[("Ben", 3), ("Cyd", 1), ("Dan", 3)], "Ada (host), Ben, Cyd and 3 more"),
    ] {
        assert_eq!(attendees(&party(10, guests)), text);
    }
}

#[test]
fn seats_left_counts_free_seats() {
    for (heads, text) in [(7, "2 seats left"), (8, "1 seat left"), (9, "full")] {
        assert_eq!(seats_left(&party(10, &[("Ben", heads)])), text);
    }
}

#[test]
fn closed_reason_depends_on_phase_state_and_deadline() {
    let (open, start) = (party(10, &[]), heading().date.starts_at());
    let end = open.ends_at;
    let before = Timestamp::from_millis(start.as_millis() - 60_000);
    assert_eq!(closed_reason(&open, before), None);

    let late = PartySummary { rsvp_deadline: before, ..open.clone() };
    let deadline_passed = "RSVPs closed on Saturday 14 March 2026, 18:59 (Berlin time). Ask Ada.";
    assert_eq!(closed_reason(&late, before).as_deref(), Some(deadline_passed));
    assert_eq!(closed_reason(&late, start).as_deref(), Some("That dinner party has already begun."));
    assert_eq!(closed_reason(&late, end).as_deref(), Some("That dinner party has already happened."));
    let cancelled = PartySummary { state: PartyState::Cancelled, ..late };
    assert_eq!(closed_reason(&cancelled, before).as_deref(), Some("Ada cancelled this dinner party."));
    assert_eq!(closed_reason(&cancelled, start).as_deref(), Some("Ada cancelled this dinner party."));
    assert_eq!(closed_reason(&cancelled, end).as_deref(), Some("That dinner party has already happened."));
}

#[test]
fn cancelled_party_keeps_its_label_after_its_start() {
    let (open, start) = (party(10, &[]), heading().date.starts_at());
    let before = Timestamp::from_millis(start.as_millis() - 60_000);
    let times = [before, start, open.ends_at];
    assert_eq!(times.map(|now| ended_label(&open, now)), [None, Some("It has begun"), Some("It's over")]);
    let cancelled = PartySummary { state: PartyState::Cancelled, ..open };
    assert_eq!(times.map(|now| ended_label(&cancelled, now)), [Some("Cancelled"); 3]);
}

#[test]
fn card_says_how_many_seats_are_left_or_that_all_are_taken() {
    for (seats, taken, sentence) in [
        (8, 5, "3 of 8 seats left"),
        (8, 7, "1 of 8 seats left"),
        (8, 8, "All 8 seats taken"),
        (2, 2, "Both seats taken"),
        (1, 1, "The one seat is taken"),
    ] {
        assert_eq!(seats_open(&PartySummary { taken, ..party(seats, &[]) }), sentence);
    }
}

#[test]
fn card_date_has_the_year_where_it_is_not_obvious() {
    let (party, start) = (party(8, &[]), heading().date.starts_at());
    let days = |days: i64| card_date(&party, Timestamp::from_millis(start.as_millis() - days * 86_400_000));
    for near in [0, 1, 329, -1, -179] {
        assert_eq!(days(near), "Saturday 14 March, 19:00", "{near} days before");
    }
    for far in [330, 400, -181, -400] {
        assert_eq!(days(far), "Saturday 14 March 2026, 19:00 (Berlin time)", "{far} days before");
    }
}

#[test]
fn each_answer_has_its_statement() {
    let seated = Answer::Seated(Heads::ONE);
    let waiting = Answer::Waitlisted(Heads::ONE);
    let statements =
        [seated, waiting, Answer::Maybe, Answer::Declined, Answer::Invited, Answer::Removed].map(my_answer);
    assert_eq!(statements[..3], ["You're coming", "You're on the waiting list", "You said maybe"]);
    assert_eq!(statements[3..], ["You said you can't make it", "You're invited", "You can't RSVP"]);
}

#[test]
fn taken_seats_are_described_with_and_without_names() {
    for (seats, guests, count, names) in [
        (1, &[][..], "1 of 1 seat taken", "Ada (host)"),
        (8, &[("Ben", 2), ("Cyd", 1), ("Dan", 1)], "5 of 8 seats taken", "Ada (host), Ben with 1, Cyd, Dan"),
        (24, &[("Ben", 3)], "4 of 24 seats taken", "Ada (host), Ben with 2"),
    ] {
        let view = view(seats, guests);
        assert_eq!(seats_taken(&view.summary), count);
        assert_eq!(seats_taken_by(&view, &Username::parse("Zoe").unwrap()), format!("{count}: {names}"));
    }
}

#[test]
fn suggested_venue_begins_with_a_left_to_right_letter() {
    for (name, venue) in
        [("ada", "ada's place"), ("Zoë", "Zoë's place"), ("مريم", "Home of مريم"), ("דנה", "Home of דנה")]
    {
        assert_eq!(venue_of(&Username::parse(name).unwrap()), venue);
    }
}

#[test]
fn right_to_left_names_are_isolated_from_their_neighbors() {
    let text = attendees(&party(10, &[("דנה", 1), ("Ben", 1)]));
    assert_eq!(text, "Ada (host), \u{2068}דנה\u{2069} and Ben");
}
