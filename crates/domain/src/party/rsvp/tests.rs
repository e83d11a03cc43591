//! Tests of each row of the RSVP table that is a guest's, and of the order of the refusals.

use std::time::Duration;

use super::*;
use crate::party::fixtures::{BEN, CLEO, DAN, HOST, ada, before, closed, date, guest, heading, heads, party, with};
use crate::party::{GivenUp, Visibility};

const ONE: Heads = Heads::ONE;

fn seated(n: u32) -> Answer {
    Answer::Seated(heads(n))
}

fn waiting(n: u32) -> Answer {
    Answer::Waitlisted(heads(n))
}

#[allow(clippy::unnecessary_wraps, reason = "compared with the result of a rule")]
fn waits(rank: u32, free: u32) -> Result<Outcome, Refusal> {
    Ok(Outcome::Waitlisted { heading: heading(), rank, free })
}

/// Each answer that a guest may have, and none.
fn every_answer() -> [Option<Answer>; 8] {
    [
        None,
        Some(Answer::Invited),
        Some(Answer::Maybe),
        Some(Answer::Declined),
        Some(waiting(2)),
        Some(seated(2)),
        Some(Answer::Removed),
        Some(waiting(3)),
    ]
}

/// Ben with that answer at a table of `seats`, of which Cleo has two.
fn ben(seats: u32, answer: Option<Answer>) -> Party {
    let others = [(CLEO, seated(2))].into_iter();
    with(seats, &others.chain(answer.map(|answer| (BEN, answer))).collect::<Vec<_>>())
}

#[test]
fn row_1_guest_gets_free_seats() {
    for start in [None, Some(Answer::Invited), Some(Answer::Maybe), Some(Answer::Declined)] {
        let mut party = ben(5, start);
        assert_eq!(party.accept(BEN, heads(2), before()), Ok(Outcome::Seated(heading())), "{start:?}");
        assert_eq!((party.guests.answer(BEN), party.guests.free_seats()), (Some(seated(2)), 0));
    }
}

#[test]
fn row_2_guest_for_whom_too_few_seats_are_free_waits_at_the_end() {
    for start in [None, Some(Answer::Invited), Some(Answer::Maybe), Some(Answer::Declined)] {
        let mut party = ben(4, start);
        assert_eq!(party.accept(BEN, heads(2), before()), waits(1, 1), "{start:?}");
        assert_eq!((party.guests.answer(BEN), party.guests.free_seats()), (Some(waiting(2)), 1));
        assert_eq!(party.accept(DAN, heads(3), before()), waits(2, 1));
        assert_eq!(party.guests.totals().waiting, 2);
        // First fit: the one seat goes to a guest who needs one, also behind those who wait for more.
        assert_eq!(party.accept(UserId::new(9), ONE, before()), Ok(Outcome::Seated(heading())));
    }
}

#[test]
fn row_3_repeated_accept_changes_nothing_after_deadline() {
    let mut party = Party { rsvp_deadline: before(), ..ben(5, Some(seated(2))) };
    let unchanged = party.clone();
    assert_eq!(party.accept(BEN, heads(2), before()), Ok(Outcome::AlreadySeated(heading())));
    assert_eq!(party, unchanged);
}

#[test]
fn row_4_seated_guest_takes_more_seats_while_open_and_free() {
    let mut party = ben(6, Some(seated(2)));
    let changed = Outcome::HeadsChanged { heading: heading(), heads: heads(3) };
    assert_eq!(party.accept(BEN, heads(3), before()), Ok(changed));
    assert_eq!((party.guests.answer(BEN), party.guests.free_seats()), (Some(seated(3)), 0));

    let mut full = ben(5, Some(seated(2)));
    let unchanged = full.clone();
    let refusal = Refusal::NotEnoughSeats { free: 0, held: Some(heads(2)) };
    assert_eq!(full.accept(BEN, heads(3), before()), Err(refusal));
    let mut closed_party = Party { rsvp_deadline: before(), ..ben(6, Some(seated(2))) };
    assert_eq!(closed_party.accept(BEN, heads(3), before()), Err(closed(before())));
    assert_eq!(full, unchanged);
}

#[test]
fn row_4_fewer_heads_need_no_free_seat_no_deadline_and_no_maximum() {
    let list = [(BEN, seated(3)), (CLEO, waiting(2)), (DAN, waiting(1))];
    let mut party = Party { rsvp_deadline: before(), ..with(4, &list) };
    party.guests.set_max_companions(0);
    let changed = Outcome::HeadsChanged { heading: heading(), heads: heads(2) };
    assert_eq!(party.accept(BEN, heads(2), before()), Ok(changed));
    // The freed seat goes to the first who fits.
    let answers = [BEN, CLEO, DAN].map(|guest| party.guests.answer(guest));
    assert_eq!(answers, [Some(seated(2)), Some(waiting(2)), Some(seated(1))]);
}

#[test]
fn row_5_maybe_holds_no_seat() {
    for start in [None, Some(Answer::Invited), Some(Answer::Declined), Some(waiting(2))] {
        let mut party = ben(4, start);
        assert_eq!(party.maybe(BEN, before()), Ok(Outcome::Maybe), "{start:?}");
        assert_eq!((party.guests.answer(BEN), party.guests.free_seats()), (Some(Answer::Maybe), 1));
        assert_eq!(party.guests.totals().waiting, 0);

        let mut late = Party { rsvp_deadline: before(), ..ben(4, start) };
        assert_eq!(late.maybe(BEN, before()), Err(closed(before())));
    }
    let mut again = Party { rsvp_deadline: before(), ..ben(4, Some(Answer::Maybe)) };
    let unchanged = again.clone();
    assert_eq!(again.maybe(BEN, before()), Ok(Outcome::Maybe));
    assert_eq!(again, unchanged);
}

#[test]
fn row_6_seat_is_freed_after_deadline_and_goes_to_the_first_who_fits() {
    type Withdraw = fn(&mut Party, UserId, Timestamp) -> Result<Outcome, Refusal>;
    for (withdraw, answer) in [(Party::decline as Withdraw, Answer::Declined), (Party::maybe, Answer::Maybe)] {
        let eve = UserId::new(5);
        let list = [(BEN, seated(2)), (CLEO, waiting(3)), (DAN, waiting(1)), (eve, waiting(1))];
        let mut party = Party { rsvp_deadline: before(), ..with(3, &list) };
        assert_eq!(withdraw(&mut party, BEN, before()), Ok(Outcome::GaveUpSeat));
        let answers = [BEN, CLEO, DAN, eve].map(|guest| party.guests.answer(guest));
        assert_eq!(answers, [Some(answer), Some(waiting(3)), Some(seated(1)), Some(seated(1))]);
        assert_eq!((party.guests.free_seats(), party.guests.totals().waiting), (0, 1));
        let place = |guest| party.guests.rsvps()[&guest].place;
        assert!(place(DAN) < place(eve), "seated in the order of the waiting list");
    }
}

/// Case P11: a cancelled party keeps its answers.
#[test]
fn row_6_and_7_no_answer_changes_at_a_cancelled_party() {
    for answer in every_answer() {
        let mut party = Party { state: PartyState::Cancelled, ..ben(5, answer) };
        let unchanged = party.clone();
        let cancelled = Err(Refusal::Cancelled { host: ada() });
        assert_eq!(party.decline(BEN, before()), cancelled);
        assert_eq!(party.maybe(BEN, before()), cancelled);
        assert_eq!(party.undo(BEN, before()), cancelled);
        assert_eq!(party.accept(BEN, ONE, before()), cancelled);
        assert_eq!(party, unchanged);
    }
}

#[test]
fn row_7_decline_is_idempotent_and_allowed_after_deadline() {
    for start in [None, Some(Answer::Invited), Some(Answer::Maybe), Some(waiting(2)), Some(Answer::Declined)] {
        let mut party = Party { rsvp_deadline: before(), ..ben(4, start) };
        assert_eq!(party.decline(BEN, before()), Ok(Outcome::Declined(heading())), "{start:?}");
        let once = party.clone();
        assert_eq!((party.guests.answer(BEN), party.guests.totals().waiting), (Some(Answer::Declined), 0));
        assert_eq!(party.decline(BEN, before()), Ok(Outcome::Declined(heading())));
        assert_eq!(party, once);
    }
}

#[test]
fn row_8_fewer_heads_keep_the_place_and_more_go_to_the_end() {
    let list = [(BEN, waiting(3)), (CLEO, waiting(2)), (DAN, waiting(2))];
    let mut party = Party { rsvp_deadline: before(), ..with(1, &list) };
    assert_eq!(party.accept(BEN, heads(3), before()), waits(1, 0), "repeated, after the deadline");
    assert_eq!(party.accept(BEN, heads(2), before()), waits(1, 0), "fewer, after the deadline");
    assert_eq!(party.accept(BEN, heads(3), before()), Err(closed(before())), "more");
    party.rsvp_deadline = date().starts_at();
    assert_eq!(party.accept(CLEO, heads(3), before()), waits(3, 0));
    let place = |guest| party.guests.rsvps()[&guest].place;
    assert!(place(BEN) < place(DAN) && place(DAN) < place(CLEO));
    assert_eq!(party.guests.totals().waiting, 3);
}

#[test]
fn row_8_fewer_heads_that_fit_are_seated() {
    let mut party = Party { rsvp_deadline: before(), ..with(3, &[(DAN, waiting(3)), (BEN, waiting(3))]) };
    assert_eq!(party.accept(BEN, heads(2), before()), Ok(Outcome::SeatOpenedUp(heading())));
    let answers = [BEN, DAN].map(|guest| party.guests.answer(guest));
    assert_eq!((answers, party.guests.totals().waiting), ([Some(seated(2)), Some(waiting(3))], 1));
}

#[test]
fn row_16_undo_returns_the_seats_within_ten_minutes_after_the_deadline_too() {
    let later = |minutes| before() + Duration::from_mins(minutes);
    for withdraw in [Party::decline, Party::maybe] {
        let mut party = Party { rsvp_deadline: before(), ..ben(5, Some(seated(2))) };
        withdraw(&mut party, BEN, before()).unwrap();
        let given_up = party.guests.rsvps()[&BEN].given_up;
        assert_eq!(given_up, Some(GivenUp { heads: heads(2), at: before() }));
        let mut late = party.clone();
        assert_eq!(late.undo(BEN, later(10)), Err(Refusal::NothingToUndo));
        let last = Timestamp::from_millis(later(10).as_millis() - 1);
        assert_eq!(party.undo(BEN, last), Ok(Outcome::Seated(heading())));
        assert_eq!(party.guests.answer(BEN), Some(seated(2)));
        assert_eq!(party.undo(BEN, later(11)), Ok(Outcome::AlreadySeated(heading())), "pressed twice");
    }
}

#[test]
fn row_16_undo_waits_at_the_end_where_the_seats_are_taken() {
    let mut party = with(3, &[(BEN, seated(2)), (CLEO, waiting(3)), (DAN, waiting(1))]);
    party.decline(BEN, before()).unwrap();
    assert_eq!(party.undo(BEN, before()), waits(2, 1));
    assert_eq!(party.undo(BEN, before()), waits(2, 1), "pressed twice");
    assert_eq!(party.guests.answer(BEN), Some(waiting(2)));
}

#[test]
fn row_16_undo_is_for_seats_given_up_last() {
    for answer in [None, Some(Answer::Invited), Some(Answer::Maybe), Some(Answer::Declined)] {
        assert_eq!(ben(5, answer).undo(BEN, before()), Err(Refusal::NothingToUndo), "{answer:?}");
    }
    // From the waiting list there is no undo (rows 5 and 7).
    let mut left = ben(4, Some(waiting(2)));
    left.decline(BEN, before()).unwrap();
    assert_eq!(left.undo(BEN, before()), Err(Refusal::NothingToUndo));
    // "Maybe", then "no": still undone. An answer in between that takes seats ends it.
    let mut twice = ben(5, Some(seated(2)));
    twice.maybe(BEN, before()).unwrap();
    twice.decline(BEN, before()).unwrap();
    assert_eq!(twice.clone().undo(BEN, before()), Ok(Outcome::Seated(heading())));
    twice.accept(BEN, ONE, before()).unwrap();
    twice.remove(&guest(BEN), before()).unwrap();
    twice.reinstate(&guest(BEN), before()).unwrap();
    assert_eq!(twice.undo(BEN, before()), Err(Refusal::NothingToUndo));
}

#[test]
fn case_p3_begun_party_is_not_over() {
    let mut party = party(2);
    let (start, end) = (date().starts_at(), party.ends_at);
    let last = Timestamp::from_millis(end.as_millis() - 1);
    for (now, refusal) in [(start, Refusal::Begun), (last, Refusal::Begun), (end, Refusal::Over)] {
        assert_eq!(party.accept(BEN, ONE, now), Err(refusal.clone()));
        assert_eq!(party.decline(BEN, now), Err(refusal.clone()));
        assert_eq!(party.undo(BEN, now), Err(refusal.clone()));
        assert_eq!(party.maybe(BEN, now), Err(refusal));
    }
}

/// The first refusal that applies hides those after it.
#[test]
fn refusals_are_checked_in_order() {
    let four = heads(4);
    let removed = with(2, &[(BEN, Answer::Removed)]);
    let mut party = Party { state: PartyState::Cancelled, rsvp_deadline: before(), ..removed };
    let start = date().starts_at();
    assert_eq!(party.accept(BEN, four, start), Err(Refusal::Begun));
    assert_eq!(party.accept(HOST, four, before()), Err(Refusal::Cancelled { host: ada() }));
    party.state = PartyState::Scheduled;
    assert_eq!(party.accept(HOST, four, before()), Err(Refusal::IsHost));
    assert_eq!(party.accept(BEN, four, before()), Err(Refusal::Removed { host: ada() }));
    assert_eq!(date().at_in_same_zone(before()).to_string(), "Tuesday 15 January 2030, 18:00 (Berlin time)");
    assert_eq!(party.accept(CLEO, four, before()), Err(closed(before())));
    party.rsvp_deadline = start;
    assert_eq!(party.accept(CLEO, four, before()), Err(Refusal::TooManyCompanions { max: 2 }));
    let mut seated = Party { guests: ben(3, Some(Answer::Maybe)).guests, ..party };
    seated.guests.set_max_companions(1);
    assert_eq!(seated.accept(CLEO, heads(3), before()), Err(Refusal::TooManyCompanions { max: 1 }));
}

#[test]
fn host_and_removed_guest_are_refused() {
    let mut party = with(2, &[(BEN, Answer::Removed)]);
    let unchanged = party.clone();
    for command in [Party::decline, Party::maybe, Party::undo] {
        assert_eq!(command(&mut party, HOST, before()), Err(Refusal::IsHost));
        assert_eq!(command(&mut party, BEN, before()), Err(Refusal::Removed { host: ada() }));
    }
    assert_eq!(party, unchanged);
}

#[test]
fn hidden_party_opens_to_its_host_by_link_or_by_an_answer() {
    let mut party = Party { visibility: Visibility::ByLink, ..with(2, &[(BEN, Answer::Maybe)]) };
    for (user, has_link, is_open) in [(HOST, false, true), (BEN, false, true), (CLEO, false, false), (CLEO, true, true)]
    {
        assert_eq!(party.ensure_findable_by(user, has_link).is_ok(), is_open, "{user:?} {has_link}");
    }
    party.visibility = Visibility::ByInvitation;
    assert_eq!(party.ensure_findable_by(CLEO, true), Err(ChangeError::Hidden));
}
