//! The choice of the card's state, and its buttons.

use domain::Timestamp;
use domain::party::{GivenUp, Heads, PartyState, PartySummary, PartyView};
use domain::user::UserId;

use super::*;
use crate::fixtures::{HOST, view};

const GUEST: UserId = UserId::new(2);
const SEATED: Option<Answer> = Some(Answer::Seated(Heads::ONE));
const WAITLISTED: Option<Answer> = Some(Answer::Waitlisted(Heads::ONE));

const BEGUN: &str = "That dinner party has already begun.";
const PAST: &str = "That dinner party has already happened.";
const CANCELLED: &str = "Ada cancelled this dinner party.";
const CLOSED: &str = "RSVPs closed on Saturday 14 March 2026, 18:59 (Berlin time). Ask Ada.";

/// A party with one free seat.
fn open() -> PartyView {
    view(4, &[("Ben", 2)])
}

fn full() -> PartyView {
    view(3, &[("Ben", 2)])
}

/// The party with a change of its summary.
fn with(view: PartyView, change: impl FnOnce(&mut PartySummary)) -> PartyView {
    let mut view = view;
    change(&mut view.summary);
    view
}

/// The party with a deadline one minute before its start.
fn closed(view: PartyView) -> PartyView {
    let deadline = Timestamp::from_millis(view.summary.heading.date.starts_at().as_millis() - 60_000);
    with(view, |party| party.rsvp_deadline = deadline)
}

fn cancelled(view: PartyView) -> PartyView {
    with(view, |party| party.state = PartyState::Cancelled)
}

/// A party whose guests may bring that many companions.
fn with_companions(view: PartyView, max: u32) -> PartyView {
    with(view, |party| party.max_companions = max)
}

fn heads(number: u32) -> Heads {
    Heads::new(number).unwrap()
}

/// The time half a minute before the start.
fn before(view: &PartyView) -> Timestamp {
    Timestamp::from_millis(view.summary.heading.date.starts_at().as_millis() - 30_000)
}

fn card_at(view: &PartyView, viewer: UserId, my_answer: Option<Answer>, now: Timestamp) -> AnswerCard {
    let my_rank = my_answer.filter(|answer| answer.is_waiting()).map(|_| 2);
    let view = with(view.clone(), |party| {
        party.my_answer = my_answer;
        party.my_rank = my_rank;
    });
    AnswerCard::of(&view, viewer, now)
}

fn before_start(view: PartyView, viewer: UserId, my_answer: Option<Answer>) -> AnswerCard {
    card_at(&view, viewer, my_answer, before(&view))
}

fn at_start(view: PartyView, viewer: UserId, my_answer: Option<Answer>) -> CardState {
    card_at(&view, viewer, my_answer, view.summary.heading.date.starts_at()).state
}

/// The state half a minute before the end.
fn before_end(view: PartyView, viewer: UserId, my_answer: Option<Answer>) -> CardState {
    let now = Timestamp::from_millis(view.summary.ends_at.as_millis() - 30_000);
    card_at(&view, viewer, my_answer, now).state
}

fn at_end(view: PartyView, viewer: UserId, my_answer: Option<Answer>) -> CardState {
    card_at(&view, viewer, my_answer, view.summary.ends_at).state
}

/// The labels of the buttons. They are leaked, to be compared with literals.
fn labels(card: &AnswerCard) -> Vec<&'static str> {
    card.buttons().into_iter().map(|button| &*button.label().into_owned().leak()).collect()
}

#[test]
fn host_sees_hosting_until_the_start() {
    let by_link = with(open(), |party| party.visibility = Visibility::ByLink);
    let by_name = |view| with(view, |party| party.visibility = Visibility::ByInvitation);
    let states = [
        (open(), CardState::Hosting),
        (by_link, CardState::HostingByLink),
        (by_name(open()), CardState::HostingByInvitation),
        (full(), CardState::HostingFull),
        (by_name(full()), CardState::HostingFull),
    ];
    for (party, state) in states {
        for party in [party.clone(), closed(party.clone())] {
            let card = before_start(party, HOST, None);
            assert_eq!((&card.state, card.buttons().len()), (&state, 0));
        }
        assert_eq!(at_start(party.clone(), HOST, None), CardState::BegunHosting);
        assert_eq!(before_end(party.clone(), HOST, None), CardState::BegunHosting);
        assert_eq!(at_end(party, HOST, None), CardState::Hosted);
    }
}

#[test]
fn host_of_cancelled_party_sees_cancelled_then_over() {
    assert_eq!(before_start(cancelled(open()), HOST, None).state, CardState::CancelledByViewer);
    assert_eq!(before_end(cancelled(open()), HOST, None), CardState::CancelledByViewer);
    assert_eq!(at_end(cancelled(open()), HOST, None), CardState::Over { reason: PAST.into() });
}

#[test]
fn seated_guest_can_give_up_the_seat_until_the_start() {
    let buttons = ["Maybe", "I can't make it anymore"];
    for party in [open(), full()] {
        let card = before_start(party.clone(), GUEST, SEATED);
        assert_eq!(card.state, CardState::Seated { heads: Heads::ONE, status: "You're coming".into() });
        assert_eq!((labels(&card), card.heads), (buttons.to_vec(), None));
        let card = before_start(closed(party.clone()), GUEST, SEATED);
        assert!(matches!(&card.state, CardState::SeatedClosed { reason, .. } if reason == CLOSED), "{card:?}");
        assert_eq!(labels(&card), buttons);
        assert_eq!(at_start(party.clone(), GUEST, SEATED), CardState::BegunSeated);
        assert_eq!(before_end(party.clone(), GUEST, SEATED), CardState::BegunSeated);
        assert_eq!(at_end(party, GUEST, SEATED), CardState::Attended);
    }
}

#[test]
fn cancelled_party_has_no_buttons_for_anyone() {
    for answer in [None, SEATED, WAITLISTED, Some(Answer::Maybe), Some(Answer::Declined), Some(Answer::Invited)] {
        let card = before_start(with_companions(cancelled(open()), 3), GUEST, answer);
        let reason = CANCELLED.to_owned();
        let state =
            if answer == SEATED { CardState::SeatedCancelled { reason } } else { CardState::Cancelled { reason } };
        assert_eq!((&card.state, labels(&card), &card.heads), (&state, vec![], &None), "{answer:?}");
    }
}

#[test]
fn cancelled_party_does_not_begin_and_is_over_at_its_end() {
    for answer in [SEATED, None] {
        let state = CardState::Cancelled { reason: CANCELLED.into() };
        assert_eq!(at_start(cancelled(open()), GUEST, answer), state);
        assert_eq!(before_end(cancelled(open()), GUEST, answer), state);
        assert_eq!(at_end(cancelled(open()), GUEST, answer), CardState::Over { reason: PAST.into() });
    }
}

#[test]
fn guest_without_seat_sees_that_the_party_has_begun_or_is_over() {
    let (invited, maybe) = (Some(Answer::Invited), Some(Answer::Maybe));
    for answer in [None, WAITLISTED, maybe, Some(Answer::Declined), invited, Some(Answer::Removed)] {
        for party in [open(), full()] {
            assert_eq!(at_start(party.clone(), GUEST, answer), CardState::Begun { reason: BEGUN.into() });
            assert_eq!(before_end(party.clone(), GUEST, answer), CardState::Begun { reason: BEGUN.into() });
            assert_eq!(at_end(party, GUEST, answer), CardState::Over { reason: PAST.into() });
        }
    }
}

#[test]
fn closed_party_offers_only_what_is_not_refused() {
    for party in [open(), full()].map(|party| with_companions(closed(party), 3)) {
        let card = before_start(party.clone(), GUEST, Some(Answer::Declined));
        assert_eq!((&card.state, labels(&card)), (&CardState::Closed { reason: CLOSED.into() }, vec![]));
        for answer in [None, Some(Answer::Maybe), Some(Answer::Invited)] {
            let card = before_start(party.clone(), GUEST, answer);
            assert!(matches!(card.state, CardState::ClosedUndecided { .. }), "{card:?}");
            assert_eq!((labels(&card), &card.heads), (vec!["Can't make it"], &None));
        }
        for (answer, buttons) in [
            (Answer::Seated(heads(3)), &["Change", "Maybe", "I can't make it anymore"][..]),
            (Answer::Waitlisted(heads(3)), &["Change", "Leave the waiting list"]),
            (Answer::Waitlisted(Heads::ONE), &["Leave the waiting list"]),
        ] {
            let card = before_start(party.clone(), GUEST, Some(answer));
            let (offers, others): (Vec<_>, Vec<_>) =
                labels(&card).into_iter().partition(|label| label.contains("come as"));
            assert_eq!(
                (others, offers.is_empty()),
                (buttons.to_vec(), !answer.is_waiting() || party.summary.free_seats() == 0)
            );
            assert!(card.heads.is_none_or(|field| field.max() == 3), "more are refused after the deadline");
        }
    }
}

#[test]
fn guest_without_seat_can_give_each_answer_but_the_own_one() {
    for (answer, status, others) in [
        (None, None, &["Maybe", "Can't make it"][..]),
        (Some(Answer::Invited), Some("You're invited"), &["Maybe", "Can't make it"]),
        (Some(Answer::Maybe), Some("You said maybe"), &["Can't make it"]),
        (Some(Answer::Declined), Some("You said you can't make it"), &["Maybe"]),
    ] {
        let status = status.map(str::to_owned);
        let card = before_start(open(), GUEST, answer);
        assert_eq!(card.state, CardState::Open { answer, status: status.clone() });
        assert_eq!(labels(&card), [&["I'll be there"], others].concat());
        let card = before_start(full(), GUEST, answer);
        assert_eq!(card.state, CardState::Full { answer, status });
        assert_eq!(labels(&card), [&["Join the waiting list"], others].concat());
    }
}

#[test]
fn waiting_guest_sees_the_rank_and_can_come_with_fewer() {
    let card = before_start(full(), GUEST, WAITLISTED);
    let status = "You're number 2 on the waiting list".to_owned();
    let state = CardState::Waitlisted { heads: Heads::ONE, status, come_as: None, is_open: true };
    assert_eq!((card.state.clone(), labels(&card)), (state, vec!["Maybe", "Leave the waiting list"]));
    // A group waits beside a free seat.
    let card = before_start(with_companions(open(), 2), GUEST, Some(Answer::Waitlisted(heads(3))));
    assert!(matches!(card.state, CardState::Waitlisted { come_as: Some(1), .. }), "{card:?}");
    assert_eq!(labels(&card), ["Change", "1 seat is free: come as 1", "Maybe", "Leave the waiting list"]);
    assert_eq!(card.heads, HeadsField::new(3, 3));
}

#[test]
fn removed_guest_has_no_button() {
    for party in [open(), full(), closed(open())] {
        let card = before_start(party, GUEST, Some(Answer::Removed));
        let reason = "You can't RSVP to this party. Ask Ada.".to_owned();
        assert_eq!((&card.state, labels(&card)), (&CardState::Removed { reason }, vec![]));
    }
}

#[test]
fn seat_given_up_can_be_taken_back_for_ten_minutes() {
    let party = open();
    let now = before(&party);
    for (answer, is_open, buttons) in [
        (Answer::Declined, true, &["Undo", "Maybe"][..]),
        (Answer::Declined, false, &["Undo"]),
        (Answer::Maybe, true, &["Undo", "Can't make it"]),
        (Answer::Maybe, false, &["Undo", "Can't make it"]),
    ] {
        let party = if is_open { party.clone() } else { closed(party.clone()) };
        let given_up = |millis_ago: i64| {
            let at = Timestamp::from_millis(now.as_millis() - millis_ago);
            let given_up = Some(GivenUp { heads: heads(2), at });
            card_at(&PartyView { my_given_up: given_up, ..party.clone() }, GUEST, Some(answer), now)
        };
        for millis_ago in [0, 599_999] {
            let card = given_up(millis_ago);
            assert!(matches!(card.state, CardState::GivenUp { heads, .. } if heads.get() == 2), "{card:?}");
            assert_eq!((labels(&card), &card.heads), (buttons.to_vec(), &None));
        }
        let card = given_up(600_000);
        assert!(!matches!(card.state, CardState::GivenUp { .. }), "{card:?}");
    }
}

#[test]
fn number_of_people_can_be_chosen_where_companions_are_allowed() {
    for (answer, max_companions, field) in [
        (None, 0, None),
        (None, 3, HeadsField::new(1, 4)),
        (Some(Answer::Seated(heads(2))), 3, HeadsField::new(2, 4)),
        // The host has lowered the maximum: the group stays, and can become smaller.
        (Some(Answer::Seated(heads(4))), 0, HeadsField::new(4, 4)),
        (SEATED, 0, None),
    ] {
        for party in [open(), full()] {
            let card = before_start(with_companions(party, max_companions), GUEST, answer);
            assert_eq!(card.heads, field, "{answer:?} {max_companions}");
        }
    }
}

#[test]
fn selected_answer_is_the_first_button() {
    let host = &crate::fixtures::heading().host;
    let select = |party, answer, selected| before_start(party, GUEST, answer).select(Some(selected), host);
    for (party, accept) in [(open(), "I'll be there"), (full(), "Join the waiting list")] {
        for (selected, first) in [
            (SelectedAnswer::Accept, accept),
            (SelectedAnswer::Maybe, "Maybe"),
            (SelectedAnswer::Decline, "Can't make it"),
        ] {
            let card = select(party.clone(), None, selected);
            assert!(card.is_selected());
            assert_eq!((labels(&card)[0], labels(&card).len()), (first, 3));
        }
    }
    let card = select(open(), Some(Answer::Declined), SelectedAnswer::Decline);
    assert!(!card.is_selected(), "already given: {card:?}");
    let card = select(cancelled(open()), None, SelectedAnswer::Accept);
    assert!(!card.is_selected(), "not offered: {card:?}");
}

#[test]
fn refused_number_of_people_stays_in_its_field() {
    let refuse = |view: PartyView, typed: &str| {
        let (fields, errors) =
            ([("answer", "yes"), (HEADS, typed)].into_iter().collect(), FormErrors::at(HEADS, "No."));
        let card = before_start(view.clone(), GUEST, None);
        assert!(card.has_field(HEADS));
        card.refuse(&view, &fields, &errors)
    };
    let card = refuse(with_companions(open(), 3), "two");
    assert_eq!((card.heads, card.unsent), (Some(HeadsField::refused("two", 4, "No.".into())), Unsent::default()));
    let card = refuse(open(), "2");
    assert_eq!(card.heads, Some(HeadsField::refused("2", 1, "No.".into())), "also where no companions are allowed");
    assert_eq!(card.unsent, Unsent::default());
}

#[test]
fn what_has_no_field_on_the_card_is_kept_as_text() {
    let fields = [("answer", "yes"), (HEADS, "2"), ("note", "Hi")].into_iter().collect();
    let refuse = |view: PartyView| before_start(view.clone(), GUEST, None).refuse(&view, &fields, &FormErrors::new());
    let with_heads = || Unsent::default().with(HEADS, messages::MY_HEADS_LABEL, "2");
    for (view, has_texts, unsent) in [
        (with_companions(open(), 3), true, Unsent::default()),
        (open(), true, with_heads()),
        (closed(open()), true, with_heads()),
        (cancelled(open()), false, with_heads().with_lines("note", "Note for Ada", 3, "Hi")),
    ] {
        let card = refuse(view);
        assert_eq!((card.has_field("note"), card.texts.is_some(), card.unsent), (has_texts, has_texts, unsent));
    }
    for view in [cancelled(open()), closed(open())] {
        assert!(!before_start(view, GUEST, None).has_field(HEADS));
    }
}

#[test]
fn guest_can_write_wherever_the_rules_take_an_answer() {
    let can_write = |card: AnswerCard| card.texts.is_some();
    for answer in [None, SEATED, WAITLISTED, Some(Answer::Maybe), Some(Answer::Declined), Some(Answer::Invited)] {
        for party in [open(), full()] {
            assert!(can_write(before_start(party.clone(), GUEST, answer)), "{answer:?}");
            assert!(can_write(before_start(closed(party.clone()), GUEST, answer)), "after the deadline: {answer:?}");
            assert!(!can_write(before_start(cancelled(party.clone()), GUEST, answer)), "{answer:?}");
            assert!(!can_write(card_at(&party, GUEST, answer, party.summary.heading.date.starts_at())), "{answer:?}");
        }
    }
    assert!(!can_write(before_start(open(), GUEST, Some(Answer::Removed))));
    assert!(!can_write(before_start(open(), HOST, None)));
}

#[test]
fn what_is_written_can_be_saved_with_an_answer_that_is_given() {
    for (answer, given) in [
        (None, None),
        (Some(Answer::Invited), None),
        (SEATED, Some(SelectedAnswer::Accept)),
        (WAITLISTED, Some(SelectedAnswer::Accept)),
        (Some(Answer::Maybe), Some(SelectedAnswer::Maybe)),
        (Some(Answer::Declined), Some(SelectedAnswer::Decline)),
    ] {
        assert_eq!(before_start(open(), GUEST, answer).texts.unwrap().given(), given, "{answer:?}");
    }
}
