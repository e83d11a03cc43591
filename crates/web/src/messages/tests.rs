//! The sentences, to the letter.

use domain::Timestamp;
use domain::party::{Answer, Heads, PartyState, PartySummary};

use super::*;
use crate::fixtures::{heading, party, view};

#[test]
fn each_outcome_has_its_sentence() {
    let date = "Saturday 14 March 2026, 19:00 (Berlin time)";
    for (result, sentence) in [
        (Outcome::Seated(heading()), format!("You successfully RSVP'd to Ada's dinner party on {date}!")),
        (
            Outcome::Waitlisted { heading: heading(), rank: 3, free: 0 },
            format!("Ada's dinner party on {date} is full. You're number 3 on the waiting list."),
        ),
        (
            Outcome::Waitlisted { heading: heading(), rank: 1, free: 1 },
            format!(
                "Ada's dinner party on {date} is full. You're number 1 on the waiting list. 1 seat is free: you can come as \
                 1 instead."
            ),
        ),
        (
            Outcome::Waitlisted { heading: heading(), rank: 1, free: 2 },
            format!(
                "Ada's dinner party on {date} is full. You're number 1 on the waiting list. 2 seats are free: you can come \
                 as 2 instead."
            ),
        ),
        (Outcome::AlreadySeated(heading()), format!("You're already going to Ada's dinner party on {date}.")),
        (
            Outcome::HeadsChanged { heading: heading(), heads: Heads::ONE },
            format!("You're going to Ada's dinner party on {date}, just you."),
        ),
        (
            Outcome::HeadsChanged { heading: heading(), heads: Heads::new(3).unwrap() },
            format!("You're going to Ada's dinner party on {date}, 3 of you."),
        ),
        (Outcome::SeatOpenedUp(heading()), format!("A seat opened up. You're going to Ada's dinner party on {date}!")),
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
        (Refusal::TooManyCompanions { max: 0 }, "You can't bring anyone to this party."),
        (Refusal::NotEnoughSeats { free: 2, held: Heads::new(3) }, "Only 2 more seats. Your 3 are still yours."),
        (Refusal::NotEnoughSeats { free: 1, held: Some(Heads::ONE) }, "Only 1 more seat. Yours is still yours."),
        (Refusal::NotEnoughSeats { free: 0, held: Heads::new(2) }, "No more seats. Your 2 are still yours."),
        (Refusal::NoAnswer, "Please answer first: can you make it?"),
        (Refusal::NothingToUndo, "There's nothing to take back anymore. You can answer again here."),
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
    let two = Heads::new(2).unwrap();
    for (answer, rank, statement) in [
        (Answer::Seated(Heads::ONE), None, "You're coming"),
        (Answer::Seated(two), None, "You're coming, 2 of you"),
        (Answer::Waitlisted(Heads::ONE), Some(2), "You're number 2 on the waiting list"),
        (Answer::Waitlisted(two), None, "You're on the waiting list"),
        (Answer::Maybe, None, "You said maybe"),
        (Answer::Declined, None, "You said you can't make it"),
        (Answer::Invited, None, "You're invited"),
        (Answer::Removed, None, "You can't RSVP"),
    ] {
        assert_eq!(my_answer(answer, rank), statement);
    }
}

#[test]
fn number_of_people_is_refused_with_what_is_possible() {
    for (error, max_companions, sentence) in [
        (SeatsError::NotANumber, 3, "Please use digits for how many of you come."),
        (SeatsError::OutOfRange, 3, "Please choose between 1 and 4, yourself included."),
        (SeatsError::OutOfRange, 0, "You can't bring anyone to this party."),
    ] {
        assert_eq!(my_heads_error(error, max_companions), sentence);
    }
}

#[test]
fn offers_to_those_who_wait_or_gave_up_seats() {
    let two = Heads::new(2).unwrap();
    assert_eq!(waiting_promise(Heads::ONE), "We'll seat you as soon as there's room.");
    assert_eq!(waiting_promise(two), "We'll seat the 2 of you as soon as there's room.");
    assert_eq!([1, 2].map(come_as), ["1 seat is free: come as 1", "2 seats are free: come as 2"]);
    let offer = "Changed your mind? For ten minutes you can take your seat back. If it's gone by then, you join the waiting list.";
    assert_eq!(undo_offer(Heads::ONE), offer);
    assert!(undo_offer(two).contains("your seats back. If they're gone"), "{}", undo_offer(two));
}

#[test]
fn guests_who_wait_are_counted_beside_the_seats() {
    let party = |seats, waiting| PartySummary { waiting, ..party(seats, &[("Ben", 2)]) };
    for (seats, waiting, left, open, counts) in [
        (3, 0, "full", "All 3 seats taken", "3 of 3 seats taken."),
        (3, 3, "full, 3 waiting", "All 3 seats taken, 3 waiting", "3 of 3 seats taken, 3 waiting."),
        (4, 1, "1 seat left, 1 waiting", "1 of 4 seats left, 1 waiting", "3 of 4 seats taken, 1 waiting."),
    ] {
        let party = party(seats, waiting);
        let of_host = host_counts(&party, Timestamp::from_millis(0));
        assert_eq!((seats_left(&party), seats_open(&party), of_host), (left.into(), open.into(), counts.into()));
    }
}

#[test]
fn deadline_is_said_where_it_is_not_the_start() {
    let start = heading().date.starts_at();
    let at = |minutes: u64| start - std::time::Duration::from_mins(minutes);
    let mut party = party(4, &[]);
    assert_eq!((rsvp_by(&party, at(90)), host_counts(&party, at(90)).as_str()), (None, "1 of 4 seats taken."));
    party.rsvp_deadline = at(60);
    for (minutes, by, of_host) in
        [(61, Some("Saturday 14 March 2026, 18:00 (Berlin time)"), "close"), (60, None, "closed")]
    {
        assert_eq!(rsvp_by(&party, at(minutes)).as_deref(), by);
        let of_host = format!("1 of 4 seats taken. RSVPs {of_host} on Saturday 14 March, 18:00.");
        assert_eq!(host_counts(&party, at(minutes)), of_host);
    }
    party.state = PartyState::Cancelled;
    assert_eq!(rsvp_by(&party, at(61)), None);
}

#[test]
fn hidden_names_have_their_reason() {
    use domain::party::NamesShownTo::{Everyone, Guests, Host};
    for (names_shown_to, answer, reason) in [
        (Everyone, None, None),
        (Guests, None, Some("Only guests with a seat see who's coming.")),
        (Guests, Some(Answer::Declined), Some("Only guests with a seat see who's coming.")),
        (Guests, Some(Answer::Maybe), Some("Only guests with a seat see who's coming.")),
        (Guests, Some(Answer::Seated(Heads::ONE)), None),
        (Host, Some(Answer::Seated(Heads::ONE)), Some("Only the host sees who's coming.")),
    ] {
        let mut view = view(3, &[]);
        (view.names_shown_to, view.summary.my_answer) = (names_shown_to, answer);
        assert_eq!(names_hidden(&view), reason, "{names_shown_to:?} {answer:?}");
    }
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
