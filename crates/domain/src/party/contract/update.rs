//! Contract functions of `PartyRepository::update`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::{accept, change, date, decline, minutes, party_of, seats, set_answer, view};
use crate::AccountPorts;
use crate::contract::{NOW, add_user, join_all};
use crate::party::{
    Answer, GuestList, Heads, NewParty, Outcome, Party, PartyId, PartyRepository, PartyState, Refusal, UpdateError,
    Visibility,
};

/// The taken seats and the answer of the guest change in one commit.
pub async fn seat_is_stored_with_its_answer(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();

    assert!(matches!(accept(parties, id, ben.id).await, Outcome::Seated(_)));
    let seated = view(parties, id, &ben).await;
    assert_eq!((seated.summary.taken, seated.summary.my_answer), (2, Some(Answer::Seated(Heads::ONE))));
    assert_eq!(seated.guests[0].username, ben.username);

    assert_eq!(decline(parties, id, ben.id).await, Outcome::GaveUpSeat);
    let left = view(parties, id, &ben).await;
    assert_eq!((left.summary.taken, left.summary.my_answer, left.guests), (1, Some(Answer::Declined), vec![]));
}

/// The change runs on the party of the last commit, and its outcome is returned.
pub async fn change_gets_stored_party(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let seen = Arc::new(Mutex::new(None));
    let seen_by_change = Arc::clone(&seen);

    let outcome = change(parties, id, ben.id, move |party| {
        *seen_by_change.lock().unwrap() = Some(party.clone());
        Ok(Outcome::Full(party.heading.clone()))
    });

    let summary = view(parties, id, &ben).await.summary;
    assert_eq!(outcome.await.unwrap(), Outcome::Full(summary.heading.clone()));
    let expected = Party {
        id,
        host: ada.id,
        heading: summary.heading,
        state: PartyState::Scheduled,
        ends_at: summary.ends_at,
        rsvp_deadline: summary.rsvp_deadline,
        visibility: Visibility::Listed,
        guests: GuestList::new(seats(4)),
    };
    assert_eq!(seen.lock().unwrap().take(), Some(expected));
}

/// The guest list holds the answers of the guest and of the waiting list, and no other answer.
pub async fn change_gets_answers_of_guest_and_waiting_list(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let mut users = vec![];
    for name in ["ada", "ben", "cleo", "dan", "eve"] {
        users.push(add_user(accounts, name).await);
    }
    let [ada, ben, cleo, dan, eve] = [0, 1, 2, 3, 4].map(|n| users[n].id);
    let id = parties.add(party_of(&users[0]), None).await.unwrap();
    let waiting = |position| Answer::Waitlisted { heads: Heads::ONE, position };
    accept(parties, id, ben).await;
    accept(parties, id, cleo).await;
    set_answer(parties, id, dan, waiting(7)).await;
    set_answer(parties, id, eve, waiting(3)).await;
    for (guest, own_answer) in [(Some(ben), Some(Answer::Seated(Heads::ONE))), (Some(ada), None), (None, None)] {
        let mut expected: BTreeMap<_, _> = [(dan, waiting(7)), (eve, waiting(3))].into();
        expected.extend(guest.zip(own_answer));
        let outcome = parties.update(
            id,
            guest,
            Arc::new(move |party| {
                assert_eq!(party.guests.answers(), &expected);
                Ok(Outcome::Maybe)
            }),
            None,
        );
        outcome.await.unwrap();
    }
}

/// Every variant of `Answer` is stored, also one that no rule sets yet.
pub async fn every_answer_is_stored(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let two = Heads::new(2).unwrap();
    for answer in [
        Answer::Invited,
        Answer::Waitlisted { heads: two, position: i64::MAX / 2 },
        Answer::Maybe,
        Answer::Seated(two),
        Answer::Seated(Heads::ONE),
        Answer::Declined,
        Answer::Removed,
    ] {
        set_answer(parties, id, ben.id, answer).await;
        let stored = view(parties, id, &ben).await.summary;
        assert_eq!((stored.my_answer, stored.taken), (Some(answer), 1 + answer.seats_held()));
    }
}

/// The date, the end, the RSVP deadline, the state, the visibility, the seats and the maximum of companions are stored.
pub async fn changed_party_fields_are_stored(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let edit = |party: &mut Party| {
        party.heading.date = date(minutes(5000));
        party.ends_at = minutes(5001);
        party.rsvp_deadline = minutes(4000);
        party.visibility = Visibility::ByLink;
        party.state = PartyState::Cancelled;
        party.guests = GuestList::from_stored(seats(1000), 1, 3, BTreeMap::new()).unwrap();
        Ok(Outcome::Maybe)
    };

    change(parties, id, ada.id, edit).await.unwrap();

    let stored = view(parties, id, &ada).await.summary;
    assert_eq!((stored.heading.date, stored.rsvp_deadline), (date(minutes(5000)), minutes(4000)));
    assert_eq!((stored.ends_at, stored.visibility), (minutes(5001), Visibility::ByLink));
    assert_eq!((stored.state, stored.seats), (PartyState::Cancelled, seats(1000)));
    let result =
        change(parties, id, ada.id, |party| Err(Refusal::TooManyCompanions { max: party.guests.max_companions() }));
    assert!(matches!(result.await, Err(UpdateError::Refused(Refusal::TooManyCompanions { max: 3 }))));
}

/// The sequence of RFC 5545 grows by one at each change of the date, the end or the state, and at no other change.
pub async fn sequence_counts_changes_that_a_calendar_shows(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    type Edit = fn(&mut Party);
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let edits: [(Edit, u32); 7] = [
        (|party| party.ends_at = minutes(24 * 60 + 1), 1),
        (|party| party.ends_at = minutes(24 * 60 + 1), 1),
        (|party| party.rsvp_deadline = minutes(60), 1),
        (|party| party.visibility = Visibility::ByLink, 1),
        (|party| party.heading.date = date(minutes(24 * 60 - 1)), 2),
        (|party| party.state = PartyState::Cancelled, 3),
        (|party| (party.state, party.ends_at) = (PartyState::Scheduled, minutes(24 * 60 + 2)), 4),
    ];
    assert_eq!(view(parties, id, &ada).await.sequence, 0);
    for (edit, expected) in edits {
        let change = change(parties, id, ada.id, move |party| {
            edit(party);
            Ok(Outcome::Maybe)
        });
        change.await.unwrap();
        assert_eq!(view(parties, id, &ada).await.sequence, expected);
    }
    accept(parties, id, ben.id).await;
    assert_eq!(view(parties, id, &ada).await.sequence, 4, "an RSVP");
}

/// A change that refuses writes nothing, whatever it did to the party before.
pub async fn refused_change_writes_nothing(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let before = view(parties, id, &ben).await;

    let result = change(parties, id, ben.id, move |party| {
        party.accept(ben.id, Heads::ONE, NOW)?;
        party.state = PartyState::Cancelled;
        Err(Refusal::Over)
    });

    assert!(matches!(result.await, Err(UpdateError::Refused(Refusal::Over))));
    assert_eq!(view(parties, id, &ben).await, before);
}

/// `update` returns `NotFound` for an unknown party, and does not run the change.
pub async fn change_of_unknown_party_is_not_found(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    for unknown in [0, -1, id.get() + 1, i64::MAX] {
        let result = change(parties, PartyId::new(unknown), ada.id, |_| panic!("the change ran without a party"));
        assert!(matches!(result.await, Err(UpdateError::NotFound)));
    }
}

/// Of 20 concurrent guests, as many are seated as there are free seats.
///
/// This runs in one process. A store tests two processes by itself.
pub async fn concurrent_changes_of_one_party_are_serialized(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let mut guests = vec![];
    for n in 0..20 {
        guests.push(add_user(accounts, &format!("guest{n}")).await);
    }
    let id = parties.add(NewParty { seats: seats(5), ..party_of(&ada) }, None).await.unwrap();

    let outcomes = join_all(guests.iter().map(|guest| accept(parties, id, guest.id))).await;

    let seated = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Seated(_))).count();
    let full = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Full(_))).count();
    let stored = view(parties, id, &ada).await;
    assert_eq!((seated, full, stored.guests.len(), stored.summary.taken), (4, 16, 4, 5));
}

/// Guests are listed in the order in which they were seated, not by name, id or time. A guest who gives up a seat and
/// takes one again is the last.
pub async fn guests_are_listed_in_seating_order(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(NewParty { seats: seats(8), ..party_of(&ada) }, None).await.unwrap();
    let (ben, cleo, dan) =
        (add_user(accounts, "ben").await, add_user(accounts, "cleo").await, add_user(accounts, "dan").await);
    let order = async || {
        let view = view(parties, id, &ada).await;
        let name = |guest: &crate::party::Attendee| guest.username.to_string();
        let first: Vec<_> = view.summary.first_guests.iter().map(name).collect();
        let all: Vec<_> = view.guests.iter().map(name).collect();
        assert_eq!(first, all[..all.len().min(2)]);
        all.join(" ")
    };
    for (guest, expected) in [(&dan, "dan"), (&ben, "dan ben"), (&cleo, "dan ben cleo")] {
        accept(parties, id, guest.id).await;
        assert_eq!(order().await, expected);
    }
    decline(parties, id, dan.id).await;
    accept(parties, id, dan.id).await;
    assert_eq!(order().await, "ben cleo dan");
    // A guest who was seated keeps the position with more heads.
    set_answer(parties, id, ben.id, Answer::Seated(Heads::new(2).unwrap())).await;
    assert_eq!(order().await, "ben cleo dan");
}
