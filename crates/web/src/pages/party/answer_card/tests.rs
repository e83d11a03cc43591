//! The choice of the card's state.

use domain::Timestamp;
use domain::party::{Heads, PartyState, PartySummary};
use domain::user::UserId;

use super::*;
use crate::fixtures::{HOST, party};

const GUEST: UserId = UserId::new(2);
const SEATED: Option<Answer> = Some(Answer::Seated(Heads::ONE));
const WAITLISTED: Option<Answer> = Some(Answer::Waitlisted(Heads::ONE));

const BEGUN: &str = "That dinner party has already begun.";
const PAST: &str = "That dinner party has already happened.";
const CANCELLED: &str = "Ada cancelled this dinner party.";
const CLOSED: &str = "RSVPs closed on Saturday 14 March 2026, 18:59 (Berlin time). Ask Ada.";

/// A party with one free seat.
fn open() -> PartySummary {
    party(4, &[("Ben", 2)])
}

fn full() -> PartySummary {
    party(3, &[("Ben", 2)])
}

/// The party with a deadline one minute before its start.
fn closed(party: PartySummary) -> PartySummary {
    let deadline = Timestamp::from_millis(party.heading.date.starts_at().as_millis() - 60_000);
    PartySummary { rsvp_deadline: deadline, ..party }
}

fn cancelled(party: PartySummary) -> PartySummary {
    PartySummary { state: PartyState::Cancelled, ..party }
}

/// The card half a minute before the start.
fn before_start(party: PartySummary, viewer: UserId, my_answer: Option<Answer>) -> AnswerCard {
    let now = Timestamp::from_millis(party.heading.date.starts_at().as_millis() - 30_000);
    AnswerCard::of(&PartySummary { my_answer, ..party }, viewer, now)
}

fn at_start(party: PartySummary, viewer: UserId, my_answer: Option<Answer>) -> AnswerCard {
    let now = party.heading.date.starts_at();
    AnswerCard::of(&PartySummary { my_answer, ..party }, viewer, now)
}

/// The card half a minute before the end.
fn before_end(party: PartySummary, viewer: UserId, my_answer: Option<Answer>) -> AnswerCard {
    let now = Timestamp::from_millis(party.ends_at.as_millis() - 30_000);
    AnswerCard::of(&PartySummary { my_answer, ..party }, viewer, now)
}

fn at_end(party: PartySummary, viewer: UserId, my_answer: Option<Answer>) -> AnswerCard {
    let now = party.ends_at;
    AnswerCard::of(&PartySummary { my_answer, ..party }, viewer, now)
}

#[test]
fn host_sees_hosting_until_the_start() {
    let by_link = PartySummary { visibility: Visibility::ByLink, ..open() };
    let states =
        [(open(), AnswerCard::Hosting), (by_link, AnswerCard::HostingByLink), (full(), AnswerCard::HostingFull)];
    for (party, card) in states {
        assert_eq!(before_start(party.clone(), HOST, None), card);
        assert_eq!(before_start(closed(party.clone()), HOST, None), card);
        for card in [at_start(party.clone(), HOST, None), before_end(party.clone(), HOST, None)] {
            assert_eq!(card, AnswerCard::BegunHosting);
        }
        assert_eq!(at_end(party, HOST, None), AnswerCard::Hosted);
    }
}

#[test]
fn host_of_cancelled_party_sees_cancelled_then_over() {
    assert_eq!(before_start(cancelled(open()), HOST, None), AnswerCard::CancelledByViewer);
    assert_eq!(before_end(cancelled(open()), HOST, None), AnswerCard::CancelledByViewer);
    assert_eq!(at_end(cancelled(open()), HOST, None), AnswerCard::Over { reason: PAST.into() });
}

#[test]
fn seated_guest_can_give_up_the_seat_until_the_start() {
    let closed_card = AnswerCard::SeatedClosed { reason: CLOSED.into() };
    let cancelled_card = AnswerCard::SeatedCancelled { reason: CANCELLED.into() };
    for party in [open(), full()] {
        assert_eq!(before_start(party.clone(), GUEST, SEATED), AnswerCard::Seated);
        assert_eq!(before_start(closed(party.clone()), GUEST, SEATED), closed_card);
        assert_eq!(before_start(cancelled(party.clone()), GUEST, SEATED), cancelled_card);
        for card in [at_start(party.clone(), GUEST, SEATED), before_end(party.clone(), GUEST, SEATED)] {
            assert_eq!(card, AnswerCard::BegunSeated);
        }
        assert_eq!(at_end(party, GUEST, SEATED), AnswerCard::Attended);
    }
}

#[test]
fn cancelled_party_does_not_begin_and_is_over_at_its_end() {
    for answer in [SEATED, None] {
        let card = AnswerCard::Cancelled { reason: CANCELLED.into() };
        assert_eq!(at_start(cancelled(open()), GUEST, answer), card);
        assert_eq!(before_end(cancelled(open()), GUEST, answer), card);
        assert_eq!(at_end(cancelled(open()), GUEST, answer), AnswerCard::Over { reason: PAST.into() });
    }
}

#[test]
fn guest_without_seat_sees_why_rsvps_are_closed() {
    let closed_card = AnswerCard::Closed { reason: CLOSED.into() };
    let cancelled_card = AnswerCard::Cancelled { reason: CANCELLED.into() };
    let begun_card = AnswerCard::Begun { reason: BEGUN.into() };
    let over_card = AnswerCard::Over { reason: PAST.into() };
    let (invited, maybe) = (Some(Answer::Invited), Some(Answer::Maybe));
    for answer in [None, WAITLISTED, maybe, Some(Answer::Declined), invited, Some(Answer::Removed)] {
        for party in [open(), full()] {
            assert_eq!(before_start(closed(party.clone()), GUEST, answer), closed_card);
            assert_eq!(before_start(cancelled(party.clone()), GUEST, answer), cancelled_card);
            assert_eq!(at_start(party.clone(), GUEST, answer), begun_card);
            assert_eq!(before_end(party.clone(), GUEST, answer), begun_card);
            assert_eq!(at_end(party, GUEST, answer), over_card);
        }
    }
}

#[test]
fn guest_without_seat_can_answer_open_party() {
    for (answer, status) in [
        (None, None),
        (Some(Answer::Invited), Some("You're invited")),
        (Some(Answer::Maybe), Some("You said maybe")),
        (WAITLISTED, Some("You're on the waiting list")),
    ] {
        assert_eq!(before_start(open(), GUEST, answer), AnswerCard::Open { status });
        assert_eq!(before_start(full(), GUEST, answer), AnswerCard::Full { status });
    }
}

#[test]
fn declined_guest_cannot_decline_again() {
    let (answer, status) = (Some(Answer::Declined), "You said you can't make it");
    assert_eq!(before_start(open(), GUEST, answer), AnswerCard::OpenDeclined { status });
    assert_eq!(before_start(full(), GUEST, answer), AnswerCard::FullDeclined { status });
}

#[test]
fn removed_guest_cannot_accept() {
    let (answer, status) = (Some(Answer::Removed), "You can't RSVP");
    assert_eq!(before_start(open(), GUEST, answer), AnswerCard::OpenRemoved { status });
    assert_eq!(before_start(full(), GUEST, answer), AnswerCard::Full { status: Some(status) });
}
