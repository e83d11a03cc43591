//! Tests of each row of the RSVP table, and of the order of the refusals.

use std::time::Duration;

use super::*;
use crate::party::{GuestList, PartyId, Seats, Visibility, Zone, parse_date, parse_time};

const HOST: UserId = UserId::new(1);
const BEN: UserId = UserId::new(2);
const CLEO: UserId = UserId::new(3);

fn date() -> PartyDate {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    PartyDate::resolve(parse_date("2030-01-15").unwrap(), parse_time("19:00").unwrap(), zone).unwrap()
}

/// One hour before the party begins.
fn before() -> Timestamp {
    Timestamp::from_millis(date().starts_at().as_millis() - 3_600_000)
}

fn heading() -> PartyHeading {
    PartyHeading { host: Username::parse("ada").unwrap(), date: date() }
}

/// A party with two seats, of which one is free.
fn party() -> Party {
    Party {
        id: PartyId::new(7),
        host: HOST,
        heading: heading(),
        state: PartyState::Scheduled,
        ends_at: date().starts_at() + Duration::from_hours(5),
        rsvp_deadline: date().starts_at(),
        visibility: Visibility::Listed,
        guests: GuestList::new(Seats::new(2).unwrap()),
    }
}

/// The same party with Ben in the second seat.
fn with_ben() -> Party {
    let mut party = party();
    party.accept(BEN, Heads::ONE, before()).unwrap();
    party
}

fn with_answer(answer: Answer) -> Party {
    let guests = GuestList::from_stored(Seats::new(2).unwrap(), 1, 0, [(BEN, answer)].into()).unwrap();
    Party { guests, ..party() }
}

#[test]
fn row_1_guest_gets_free_seat() {
    for start in [party(), with_answer(Answer::Invited), with_answer(Answer::Maybe), with_answer(Answer::Declined)] {
        let mut party = start;
        assert_eq!(party.accept(BEN, Heads::ONE, before()), Ok(Outcome::Seated(heading())));
        assert_eq!((party.guests.answer(BEN), party.guests.free_seats()), (Some(Answer::Seated(Heads::ONE)), 0));
    }
}

#[test]
fn row_2_full_party_stays_unchanged() {
    let mut party = with_ben();
    assert_eq!(party.accept(CLEO, Heads::ONE, before()), Ok(Outcome::Full(heading())));
    assert_eq!(party, with_ben());
}

#[test]
fn row_3_second_accept_changes_nothing_after_deadline() {
    let mut party = with_ben();
    party.rsvp_deadline = before();
    let unchanged = party.clone();
    assert_eq!(party.accept(BEN, Heads::ONE, before()), Ok(Outcome::AlreadySeated(heading())));
    assert_eq!(party, unchanged);
}

#[test]
fn row_5_maybe_holds_no_seat() {
    let mut party = party();
    assert_eq!(party.maybe(BEN, before()), Ok(Outcome::Maybe));
    assert_eq!((party.guests.answer(BEN), party.guests.free_seats()), (Some(Answer::Maybe), 1));
}

#[test]
fn row_6_seat_is_freed_after_deadline_or_if_cancelled() {
    for (state, deadline) in [(PartyState::Scheduled, before()), (PartyState::Cancelled, date().starts_at())] {
        let mut party = Party { state, rsvp_deadline: deadline, ..with_ben() };
        assert_eq!(party.decline(BEN, before()), Ok(Outcome::GaveUpSeat));
        assert_eq!((party.guests.answer(BEN), party.guests.free_seats()), (Some(Answer::Declined), 1));

        let mut party = Party { state, rsvp_deadline: deadline, ..with_ben() };
        assert_eq!(party.maybe(BEN, before()), Ok(Outcome::GaveUpSeat));
        assert_eq!((party.guests.answer(BEN), party.guests.free_seats()), (Some(Answer::Maybe), 1));
    }
}

#[test]
fn row_7_decline_is_idempotent_and_allowed_after_deadline() {
    let mut party = Party { rsvp_deadline: before(), ..party() };
    assert_eq!(party.decline(BEN, before()), Ok(Outcome::Declined(heading())));
    let once = party.clone();
    assert_eq!(party.decline(BEN, before()), Ok(Outcome::Declined(heading())));
    assert_eq!(party, once);
}

#[test]
fn case_p3_begun_party_is_not_over() {
    let mut party = party();
    let (start, end) = (date().starts_at(), party.ends_at);
    let last = Timestamp::from_millis(end.as_millis() - 1);
    for (now, refusal) in [(start, Refusal::Begun), (last, Refusal::Begun), (end, Refusal::Over)] {
        assert_eq!(party.accept(BEN, Heads::ONE, now), Err(refusal.clone()));
        assert_eq!(party.decline(BEN, now), Err(refusal.clone()));
        assert_eq!(party.maybe(BEN, now), Err(refusal));
    }
}

/// The first refusal that applies hides those after it.
#[test]
fn refusals_are_checked_in_order() {
    let host = || Username::parse("ada").unwrap();
    let brings_one = Heads::new(2).unwrap();
    let mut party = Party { state: PartyState::Cancelled, rsvp_deadline: before(), ..with_answer(Answer::Removed) };

    let start = date().starts_at();
    assert_eq!(party.accept(BEN, brings_one, start), Err(Refusal::Begun));
    assert_eq!(party.accept(HOST, brings_one, before()), Err(Refusal::Cancelled { host: host() }));
    party.state = PartyState::Scheduled;
    assert_eq!(party.accept(HOST, brings_one, before()), Err(Refusal::IsHost));
    assert_eq!(party.accept(BEN, brings_one, before()), Err(Refusal::Removed { host: host() }));
    let deadline = date().at_in_same_zone(before());
    assert_eq!(deadline.to_string(), "Tuesday 15 January 2030, 18:00 (Berlin time)");
    assert_eq!(party.accept(CLEO, brings_one, before()), Err(Refusal::Closed { deadline, host: host() }));
    party.rsvp_deadline = start;
    assert_eq!(party.accept(CLEO, brings_one, before()), Err(Refusal::TooManyCompanions { max: 0 }));
}

#[test]
fn host_and_removed_guest_are_refused() {
    let mut party = with_answer(Answer::Removed);
    assert_eq!(party.decline(HOST, before()), Err(Refusal::IsHost));
    assert_eq!(party.maybe(HOST, before()), Err(Refusal::IsHost));
    assert!(matches!(party.decline(BEN, before()), Err(Refusal::Removed { .. })));
    assert!(matches!(party.maybe(BEN, before()), Err(Refusal::Removed { .. })));
    party.state = PartyState::Cancelled;
    assert!(matches!(party.decline(CLEO, before()), Err(Refusal::Cancelled { .. })));
    assert!(matches!(party.maybe(CLEO, before()), Err(Refusal::Cancelled { .. })));
}
