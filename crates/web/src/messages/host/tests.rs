//! The sentences, to the letter.

use domain::party::{Allergies, RsvpTexts};
use domain::user::UserId;

use super::*;
use crate::fixtures::party;

fn ben(answer: Answer) -> GuestRow {
    let (id, username) = (UserId::new(1), Username::parse("Ben").unwrap());
    GuestRow { id, username, answer, rank: None, texts: RsvpTexts::default() }
}

#[test]
fn sheet_says_how_many_have_written_allergies() {
    for (guests, with, written) in [
        (1, 0, "Your guest has written no allergies."),
        (1, 1, "Your guest has written allergies."),
        (3, 0, "No guest has written allergies."),
        (3, 1, "1 of 3 guests has written allergies."),
        (3, 2, "2 of 3 guests have written allergies."),
        (3, 3, "All 3 guests have written allergies."),
    ] {
        assert_eq!(kitchen_counts(5, guests, with), format!("5 at the table, yourself included. {written}"));
    }
    assert_eq!(kitchen_counts(1, 0, 0), "Nobody else is coming yet.");
}

#[test]
fn host_reads_refusals_in_the_second_person() {
    let name = |name: &str| Username::parse(name).unwrap();
    for (reason, sentence) in [
        (
            Refusal::Cancelled { host: name("Ada") },
            "You cancelled this dinner party. You can restore it until it would have begun.",
        ),
        (Refusal::GuestRemoved(name("Ben")), "You removed Ben from this party. Let them back in first."),
        (Refusal::TooManyCompanions { max: 2 }, "Each guest can bring up to 2."),
        (Refusal::TooManyCompanions { max: 0 }, "Guests can't bring anyone to this party."),
        (Refusal::NotEnoughSeats { free: 0, held: None }, "Raise the seats first."),
        (Refusal::BelowTaken { taken: 4 }, "4 people are already seated; remove someone first."),
        (Refusal::IsHost, "You're hosting this one. Your seat is already counted."),
        (Refusal::Over, "That dinner party has already happened."),
        (Refusal::Begun, "That dinner party has already begun."),
    ] {
        assert_eq!(host_refusal(&reason), sentence);
    }
}

#[test]
fn page_says_how_many_guests_get_a_notice() {
    assert_eq!(notices_of_edit(0, 0), "Nobody will see a notice: nobody is coming, waiting, or said maybe.");
    assert_eq!(
        notices_of_edit(1, 0),
        "1 guest will see a notice. There is none for the number of seats or for who sees the names."
    );
    assert_eq!(
        notices_of_edit(3, 0),
        "3 guests will see a notice. There is none for the number of seats or for who sees the names."
    );
    assert!(
        notices_of_edit(2, 1)
            .ends_with("names. More seats go to the waiting list at once, and those who get one see a notice.")
    );
    let to = |coming, waiting, maybe, invited| Recipients { coming, waiting, maybe, invited };
    for (recipients, sentence) in [
        (to(0, 0, 0, 0), "Nobody will see a notice that it's cancelled: nobody is coming or invited."),
        (to(1, 0, 0, 0), "1 guest will see a notice that it's cancelled: 1 coming."),
        (to(4, 3, 2, 1), "10 guests will see a notice that it's cancelled: 4 coming, 3 waiting, 2 maybe, 1 invited."),
    ] {
        assert_eq!(notices_of_cancellation(&recipients), sentence);
    }
    assert_eq!(notices_of_restore(&to(0, 1, 0, 0)), "1 guest will see a notice that it's on again: 1 waiting.");
}

#[test]
fn counts_leave_out_what_nobody_has_answered() {
    let party = party(8, &[("Ben", 2)]);
    assert_eq!(guest_counts(&party, &[0; 6]), "3 of 8 seats taken");
    let all = "3 of 8 seats taken · 1 coming · 2 waiting · 3 maybe · 4 no reply · 5 can't make it · 6 removed";
    assert_eq!(guest_counts(&party, &[1, 2, 3, 4, 5, 6]), all);
}

#[test]
fn guest_has_companions_and_number_beside_the_name() {
    let heads = |heads| Heads::new(heads).unwrap();
    for (answer, rank, note) in [
        (Answer::Seated(Heads::ONE), None, None),
        (Answer::Seated(heads(3)), None, Some("with 2")),
        (Answer::Waitlisted(Heads::ONE), Some(4), Some("number 4")),
        (Answer::Waitlisted(heads(2)), Some(1), Some("number 1, with 1")),
        (Answer::Maybe, None, None),
    ] {
        let guest = GuestRow { rank, ..ben(answer) };
        assert_eq!(guest_row_note(&guest).as_deref(), note);
    }
}

#[test]
fn removal_says_what_happens_to_the_seats() {
    let waited_for = PartySummary { waiting: 1, ..party(8, &[("Ben", 1)]) };
    let end = "Ben will see a notice, and can't RSVP to this party anymore. You can let Ben back in later, but only to answer anew.";
    for (answer, first) in [
        (Answer::Seated(Heads::ONE), "Ben's seat is free then, and goes to the waiting list first. "),
        (Answer::Seated(Heads::new(3).unwrap()), "Ben's 3 seats are free then, and go to the waiting list first. "),
        (Answer::Waitlisted(Heads::ONE), "Ben leaves the waiting list. "),
        (Answer::Maybe, ""),
        (Answer::Invited, ""),
        (Answer::Declined, ""),
    ] {
        assert_eq!(removal_consequences(&ben(answer), &waited_for, Phase::Upcoming), format!("{first}{end}"));
    }
    let mut wrote = ben(Answer::Maybe);
    wrote.texts.allergies = Some(Allergies::parse("Nuts").unwrap());
    let deleted = " What Ben has written to you is deleted.";
    assert_eq!(removal_consequences(&wrote, &waited_for, Phase::Upcoming), format!("{end}{deleted}"));
}

#[test]
fn removal_promises_no_seat_to_a_waiting_list_that_gets_none() {
    let (free, seated) = ("Ben's seat is free then. Ben will see a notice", ben(Answer::Seated(Heads::ONE)));
    let nobody_waits = party(8, &[("Ben", 1)]);
    let cancelled = PartySummary { waiting: 2, state: PartyState::Cancelled, ..nobody_waits.clone() };
    let waited_for = PartySummary { waiting: 2, ..nobody_waits.clone() };
    for (party, phase) in
        [(&nobody_waits, Phase::Upcoming), (&cancelled, Phase::Upcoming), (&waited_for, Phase::UnderWay)]
    {
        let consequences = removal_consequences(&seated, party, phase);
        assert!(consequences.starts_with(free), "{consequences}");
        assert_eq!(consequences.contains("RSVP"), phase == Phase::Upcoming, "{consequences}");
    }
}

#[test]
fn unknown_guest_is_named_as_typed_and_cut() {
    let now = Timestamp::from_millis(0);
    let mut party = party(4, &[]);
    assert_eq!(
        unknown_guest("bne\u{7}", &party, now),
        "Nobody here is called “bne”. Please check the spelling, or send them the link."
    );
    assert!(unknown_guest(&"x".repeat(1_000), &party, now).len() < 130);
    // A link that lets nobody in is not offered.
    let no_link =
        "Nobody here is called “bne”. Please check the spelling. Only people with an account here can be on your list.";
    assert_eq!(unknown_guest("bne", &party, party.rsvp_deadline), no_link);
    party.visibility = Visibility::ByInvitation;
    assert_eq!(unknown_guest("bne", &party, now), no_link);
}
