//! Tests of each row of the RSVP table that is a host's.

use std::time::Duration;

use super::*;
use crate::party::fixtures::{BEN, CLEO, DAN, HOST, ada, before, date, guest, heads, party, with};
use crate::party::{Details, GivenUp, ShortText};

fn seated(n: u32) -> Answer {
    Answer::Seated(heads(n))
}

fn waiting(n: u32) -> Answer {
    Answer::Waitlisted(heads(n))
}

fn under_way() -> Timestamp {
    date().starts_at()
}

fn over() -> Timestamp {
    party(1).ends_at
}

/// The edit that changes nothing.
fn edit_of(party: &Party) -> PartyEdit {
    PartyEdit {
        revision: party.revision,
        date: party.heading.date.clone(),
        ends_at: PartyEnd::of(&party.heading.date, party.ends_at).unwrap(),
        rsvp_deadline: RsvpDeadline::of(&party.heading.date, party.rsvp_deadline).unwrap(),
        texts: party.texts.clone(),
        seats: party.guests.totals().seats,
        max_companions: party.guests.totals().max_companions,
        visibility: party.visibility,
        names_shown_to: party.names_shown_to,
    }
}

fn seats(party: &mut Party, seats: u32, now: Timestamp) -> Result<Outcome, Refusal> {
    party.edit(PartyEdit { seats: Seats::new(seats).unwrap(), ..edit_of(party) }, now)
}

#[test]
fn row_10_removed_guest_frees_seats_for_the_waiting_list() {
    let removed = || Ok(Outcome::Removed(guest(BEN).username));
    for answer in [seated(2), waiting(2), Answer::Maybe, Answer::Declined, Answer::Invited] {
        let mut party = with(3, &[(BEN, answer), (CLEO, waiting(2))]);
        let freed = answer.seats_held();
        assert_eq!(party.remove(&guest(BEN), before()), removed(), "{answer:?}");
        assert_eq!(party.guests.answer(BEN), Some(Answer::Removed));
        let once = party.clone();
        assert_eq!(party.remove(&guest(BEN), before()), removed(), "again");
        assert_eq!(party, once);
        if freed > 0 {
            assert_eq!(party.guests.answer(CLEO), Some(seated(2)));
        }
    }
    assert_eq!(party(3).remove(&guest(HOST), before()), Err(Refusal::IsHost));
}

#[test]
fn row_10_under_way_a_guest_is_removed_and_nobody_promoted() {
    for (now, state) in [(under_way(), PartyState::Scheduled), (before(), PartyState::Cancelled)] {
        let mut party = Party { state, ..with(3, &[(BEN, seated(2)), (CLEO, waiting(2))]) };
        party.remove(&guest(BEN), now).unwrap();
        assert_eq!((party.guests.answer(CLEO), party.guests.free_seats()), (Some(waiting(2)), 2));
        assert_eq!(party.remove(&guest(CLEO), over()), Err(Refusal::Over));
    }
}

#[test]
fn row_11_reinstated_guest_is_invited() {
    let mut party = with(3, &[(BEN, Answer::Removed), (CLEO, seated(1))]);
    assert_eq!(party.reinstate(&guest(BEN), over()), Err(Refusal::Over));
    assert_eq!(party.reinstate(&guest(BEN), under_way()), Ok(Outcome::Reinstated(guest(BEN).username)));
    assert_eq!(party.guests.answer(BEN), Some(Answer::Invited));
    assert_eq!(party.reinstate(&guest(DAN), before()), Err(Refusal::NotOnList(guest(DAN).username)));
    for other in [BEN, CLEO] {
        let unchanged = party.clone();
        assert_eq!(party.reinstate(&guest(other), before()), Ok(Outcome::AlreadyAnswered(guest(other).username)));
        assert_eq!(party, unchanged);
    }
    assert_eq!(party.reinstate(&guest(HOST), before()), Err(Refusal::IsHost));
}

#[test]
fn row_12_host_adds_a_guest_until_the_party_is_over() {
    for answer in [None, Some(waiting(2)), Some(Answer::Maybe), Some(Answer::Declined), Some(Answer::Invited)] {
        let list: Vec<_> = answer.map(|answer| (BEN, answer)).into_iter().collect();
        let mut party = Party { rsvp_deadline: before(), ..with(3, &list) };
        assert_eq!(
            party.add(&guest(BEN), Some(heads(2)), under_way()),
            Ok(Outcome::Added(guest(BEN).username)),
            "{answer:?}"
        );
        assert_eq!(party.guests.answer(BEN), Some(seated(2)));
        assert_eq!(party.add(&guest(BEN), Some(heads(1)), before()), Ok(Outcome::AlreadyAnswered(guest(BEN).username)));
        assert_eq!(party.guests.answer(BEN), Some(seated(2)));
        let refusal = Refusal::NotEnoughSeats { free: 0, held: None };
        assert_eq!(party.add(&guest(CLEO), Some(heads(1)), before()), Err(refusal));
        assert_eq!(party.add(&guest(CLEO), Some(heads(4)), before()), Err(Refusal::TooManyCompanions { max: 2 }));
        assert_eq!(party.add(&guest(CLEO), Some(heads(1)), over()), Err(Refusal::Over));
    }
}

#[test]
fn row_12_group_added_without_a_number_is_the_group_that_waits() {
    let added = || Ok(Outcome::Added(guest(BEN).username));
    let add = |answer: Option<Answer>, heads, max_companions| {
        // Under way nobody is promoted, so that a group can wait beside free seats.
        let list: Vec<_> = answer.map(|answer| (BEN, answer)).into_iter().collect();
        let mut party = with(4, &list);
        party.guests.set_max_companions(max_companions);
        (party.add(&guest(BEN), heads, under_way()), party.guests.answer(BEN))
    };
    assert_eq!(add(Some(waiting(3)), None, 2), (added(), Some(seated(3))));
    assert_eq!(
        add(Some(waiting(3)), None, 0),
        (added(), Some(seated(3))),
        "lowering the maximum leaves earlier groups"
    );
    assert_eq!(add(Some(waiting(3)), Some(heads(2)), 0), (added(), Some(seated(2))));
    let too_many = Err(Refusal::TooManyCompanions { max: 0 });
    assert_eq!(add(Some(waiting(2)), Some(heads(3)), 0), (too_many, Some(waiting(2))), "a larger group");
    for answer in [None, Some(Answer::Maybe), Some(Answer::Declined), Some(Answer::Invited)] {
        assert_eq!(add(answer, None, 2), (added(), Some(seated(1))), "{answer:?}");
    }
    let full = Err(Refusal::NotEnoughSeats { free: 2, held: None });
    assert_eq!(with(3, &[(BEN, waiting(3))]).add(&guest(BEN), None, before()), full, "never a part of the group");
}

#[test]
fn row_12_inviting_changes_only_none_and_declined() {
    let invited = || Ok(Outcome::Invited(guest(BEN).username));
    for answer in [None, Some(Answer::Declined), Some(Answer::Invited)] {
        let list: Vec<_> = answer.map(|answer| (BEN, answer)).into_iter().collect();
        let mut party = with(3, &list);
        assert_eq!(party.invite(&guest(BEN), under_way()), invited(), "{answer:?}");
        assert_eq!(party.guests.answer(BEN), Some(Answer::Invited));
    }
    for answer in [seated(2), waiting(2), Answer::Maybe] {
        let mut party = with(3, &[(BEN, answer)]);
        assert_eq!(party.invite(&guest(BEN), before()), Ok(Outcome::AlreadyAnswered(guest(BEN).username)));
        assert_eq!(party.guests.answer(BEN), Some(answer));
        assert_eq!(party.invite(&guest(BEN), over()), Err(Refusal::Over));
    }
}

#[test]
fn row_12_removed_guest_host_and_cancelled_party_are_refused() {
    let mut party = with(3, &[(BEN, Answer::Removed)]);
    let removed = || Err(Refusal::GuestRemoved(guest(BEN).username));
    assert_eq!(
        (party.add(&guest(BEN), Some(Heads::ONE), before()), party.invite(&guest(BEN), before())),
        (removed(), removed())
    );
    let host = || Err(Refusal::IsHost);
    assert_eq!(
        (party.add(&guest(HOST), Some(Heads::ONE), before()), party.invite(&guest(HOST), before())),
        (host(), host())
    );
    party.state = PartyState::Cancelled;
    let cancelled = || Err(Refusal::Cancelled { host: ada() });
    let (add, invite) = (party.add(&guest(CLEO), Some(Heads::ONE), before()), party.invite(&guest(CLEO), before()));
    assert_eq!((add, invite), (cancelled(), cancelled()));
}

#[test]
fn row_13_more_seats_promote_and_fewer_than_taken_are_refused() {
    let eve = UserId::new(5);
    let list = [(BEN, seated(2)), (CLEO, waiting(3)), (DAN, waiting(1)), (eve, waiting(1))];
    let mut party = with(3, &list);
    assert_eq!(seats(&mut party, 2, before()), Err(Refusal::BelowTaken { taken: 3 }));
    assert_eq!(seats(&mut party, 3, before()), Ok(Outcome::Unchanged));
    assert_eq!(seats(&mut party, 5, under_way()), Err(Refusal::Begun));
    assert_eq!(seats(&mut party, 5, before()), Ok(Outcome::Edited));
    let answers = [CLEO, DAN, eve].map(|guest| party.guests.answer(guest).unwrap());
    assert_eq!(answers, [waiting(3), seated(1), seated(1)], "first fit");
    assert_eq!(seats(&mut party, 8, before()), Ok(Outcome::Edited));
    assert_eq!(party.guests.answer(CLEO), Some(seated(3)));
}

#[test]
fn row_14_cancelled_party_keeps_its_answers_and_a_restore_promotes() {
    let mut party = with(3, &[(BEN, seated(2)), (CLEO, waiting(2))]);
    let guests = party.guests.clone();
    assert_eq!(party.cancel(under_way()), Err(Refusal::Begun));
    for _ in 0..2 {
        assert_eq!(party.cancel(before()), Ok(Outcome::Cancelled));
        assert_eq!((party.state, &party.guests, party.revision), (PartyState::Cancelled, &guests, 1));
    }
    party.remove(&guest(BEN), before()).unwrap();
    assert_eq!(party.guests.answer(CLEO), Some(waiting(2)));
    assert_eq!(party.restore(over()), Err(Refusal::Over));
    for _ in 0..2 {
        assert_eq!(party.restore(before()), Ok(Outcome::Restored));
        assert_eq!((party.state, party.guests.answer(CLEO)), (PartyState::Scheduled, Some(seated(2))));
        assert_eq!(party.revision, 2);
    }
}

#[test]
fn row_15_every_part_is_changed_before_the_start() {
    let mut party = with(4, &[(BEN, seated(3))]);
    let text = |text| ShortText::parse(text).unwrap();
    let date = date().at_in_same_zone(date().starts_at() + Duration::from_hours(24));
    let texts = PartyTexts {
        main_dish: text("Pie"),
        venue: text("At the lake"),
        details: Some(Details::parse("Bring a chair.").unwrap()),
        address: None,
    };
    let edit = PartyEdit {
        revision: 0,
        ends_at: PartyEnd::default_of(&date),
        rsvp_deadline: RsvpDeadline::of(&date, before()).unwrap(),
        date,
        texts,
        seats: Seats::new(9).unwrap(),
        max_companions: 1,
        visibility: Visibility::ByInvitation,
        names_shown_to: NamesShownTo::Host,
    };
    assert_eq!(party.edit(edit.clone(), under_way()), Err(Refusal::Begun));
    assert_eq!(party.edit(edit.clone(), before()), Ok(Outcome::Edited));
    assert_eq!(edit_of(&party), PartyEdit { revision: 1, ..edit.clone() });
    assert_eq!(party.guests.answer(BEN), Some(seated(3)), "a lower maximum leaves earlier groups");
    assert_eq!(party.edit(edit, before()), Ok(Outcome::Unchanged), "sent twice");
    assert_eq!(party.revision, 1);
}

/// Each part alone is a change, so that none is taken for a form that was sent twice.
#[test]
fn row_15_one_part_that_differs_is_an_edit() {
    type Part = fn(&mut PartyEdit);
    let edits: [Part; 11] = [
        |edit| edit.date = edit.date.at_in_same_zone(edit.date.starts_at() + Duration::from_mins(1)),
        |edit| edit.ends_at = PartyEnd::of(&edit.date, edit.ends_at.at() + Duration::from_mins(1)).unwrap(),
        |edit| edit.rsvp_deadline = RsvpDeadline::of(&edit.date, before()).unwrap(),
        |edit| edit.texts.main_dish = ShortText::parse("Pie").unwrap(),
        |edit| edit.texts.venue = ShortText::parse("At the lake").unwrap(),
        |edit| edit.texts.details = Some(Details::parse("Bring a chair.").unwrap()),
        |edit| edit.texts.address = Some(crate::party::Address::parse("Linden Street 5").unwrap()),
        |edit| edit.seats = Seats::new(3).unwrap(),
        |edit| edit.max_companions = 0,
        |edit| edit.visibility = Visibility::ByLink,
        |edit| edit.names_shown_to = NamesShownTo::Guests,
    ];
    for (n, change) in edits.iter().enumerate() {
        let mut party = party(2);
        let mut edit = edit_of(&party);
        change(&mut edit);
        assert_eq!(party.edit(edit.clone(), before()), Ok(Outcome::Edited), "{n}");
        assert_eq!(edit_of(&party), PartyEdit { revision: 1, ..edit }, "{n}");
    }
}

#[test]
fn row_15_stale_form_and_past_date_are_refused() {
    let mut party = party(4);
    let stale = PartyEdit { max_companions: 0, ..edit_of(&party) };
    seats(&mut party, 5, before()).unwrap();
    let unchanged = party.clone();
    assert_eq!(party.edit(stale, before()), Err(Refusal::Stale));
    let mut cancelled = party.clone();
    let before_cancelling = PartyEdit { max_companions: 0, ..edit_of(&cancelled) };
    cancelled.cancel(before()).unwrap();
    assert_eq!(cancelled.edit(before_cancelling, before()), Err(Refusal::Stale));
    for minutes in [0, 1] {
        let date = date().at_in_same_zone(before() - Duration::from_mins(minutes));
        let ends_at = PartyEnd::default_of(&date);
        let past = PartyEdit {
            date: date.clone(),
            ends_at,
            rsvp_deadline: RsvpDeadline::default_of(&date),
            ..edit_of(&party)
        };
        assert_eq!(party.edit(past, before()), Err(Refusal::DateInThePast));
    }
    assert_eq!(party, unchanged);
}

#[test]
fn only_the_host_is_the_host() {
    assert_eq!(party(2).ensure_hosted_by(HOST), Ok(()));
    assert_eq!(with(2, &[(BEN, seated(1))]).ensure_hosted_by(BEN), Err(ChangeError::Hidden));
}

/// A guest whom the host removes cannot take the seats back.
#[test]
fn removed_seats_are_not_given_up_seats() {
    let mut party = with(3, &[(BEN, seated(2))]);
    party.decline(BEN, before()).unwrap();
    assert_eq!(party.guests.rsvps()[&BEN].given_up, Some(GivenUp { heads: heads(2), at: before() }));
    party.invite(&guest(BEN), before()).unwrap();
    assert_eq!(party.guests.rsvps()[&BEN].given_up, None);
}
