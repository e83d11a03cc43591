//! What a change of a party promises.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::{accept, change, date, decline, minutes, party_of, put, seats, view};
use crate::AccountPorts;
use crate::contract::{THEN, add_user, side_by_side};
use crate::party::{
    Answer, GuestList, Heads, NewParty, Outcome, Party, PartyId, PartyRepository, PartyState, Refusal, UpdateError,
};

/// Both or neither.
pub async fn a_seat_is_stored_with_its_answer(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada)).await.unwrap();

    assert!(matches!(accept(parties, id, ben.id).await, Outcome::Seated(_)));
    let seated = view(parties, id, &ben).await;
    assert_eq!((seated.summary.taken, seated.summary.my_answer), (2, Some(Answer::Seated(Heads::ONE))));
    assert_eq!(seated.guests[0].username, ben.username);

    assert_eq!(decline(parties, id, ben.id).await, Outcome::GaveUpSeat);
    let left = view(parties, id, &ben).await;
    assert_eq!((left.summary.taken, left.summary.my_answer, left.guests), (1, Some(Answer::Declined), vec![]));
}

/// What the rule decides by is what the last commit left, and what the rule says is told.
pub async fn a_change_sees_the_party_as_it_is_stored(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada)).await.unwrap();
    let seen = Arc::new(Mutex::new(None));
    let note = Arc::clone(&seen);

    let told = change(parties, id, ben.id, move |party| {
        *note.lock().unwrap() = Some(party.clone());
        Ok(Outcome::Full(party.heading.clone()))
    });

    let summary = view(parties, id, &ben).await.summary;
    assert_eq!(told.await.unwrap(), Outcome::Full(summary.heading.clone()));
    let expected = Party {
        id,
        host: ada.id,
        heading: summary.heading,
        state: PartyState::Scheduled,
        rsvp_deadline: summary.rsvp_deadline,
        guests: GuestList::new(seats(4)),
    };
    assert_eq!(seen.lock().unwrap().take(), Some(expected));
}

/// And not all the others.
pub async fn a_change_sees_the_guest_and_those_who_wait(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let mut users = vec![];
    for name in ["ada", "ben", "cleo", "dan", "eve"] {
        users.push(add_user(accounts, name).await);
    }
    let [ada, ben, cleo, dan, eve] = [0, 1, 2, 3, 4].map(|n| users[n].id);
    let id = parties.add(party_of(&users[0])).await.unwrap();
    let waiting = |place| Answer::Waitlisted { heads: Heads::ONE, place };
    accept(parties, id, ben).await;
    accept(parties, id, cleo).await;
    put(parties, id, dan, waiting(7)).await;
    put(parties, id, eve, waiting(3)).await;
    for (guest, its_own) in [(Some(ben), Some(Answer::Seated(Heads::ONE))), (Some(ada), None), (None, None)] {
        let mut expected: BTreeMap<_, _> = [(dan, waiting(7)), (eve, waiting(3))].into();
        expected.extend(guest.zip(its_own));
        let told = parties.update(
            id,
            guest,
            Arc::new(move |party| {
                assert_eq!(party.guests.answers(), &expected);
                Ok(Outcome::Maybe)
            }),
        );
        told.await.unwrap();
    }
}

/// Those too for which there is no rule yet.
pub async fn every_answer_is_stored(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada)).await.unwrap();
    let two = Heads::new(2).unwrap();
    for answer in [
        Answer::Invited,
        Answer::Waitlisted { heads: two, place: i64::MAX / 2 },
        Answer::Maybe,
        Answer::Seated(two),
        Answer::Seated(Heads::ONE),
        Answer::Declined,
        Answer::Removed,
    ] {
        put(parties, id, ben.id, answer).await;
        let stored = view(parties, id, &ben).await.summary;
        assert_eq!((stored.my_answer, stored.taken), (Some(answer), 1 + answer.seats_held()));
    }
}

/// The date, the deadline, the state, the size of the table, the companions.
pub async fn what_a_change_may_change_is_stored(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada)).await.unwrap();
    let edit = |party: &mut Party| {
        party.heading.date = date(minutes(5000));
        party.rsvp_deadline = minutes(4000);
        party.state = PartyState::Cancelled;
        party.guests = GuestList::from_stored(seats(1000), 1, 3, BTreeMap::new()).unwrap();
        Ok(Outcome::Maybe)
    };

    change(parties, id, ada.id, edit).await.unwrap();

    let stored = view(parties, id, &ada).await.summary;
    assert_eq!((stored.heading.date, stored.rsvp_deadline), (date(minutes(5000)), minutes(4000)));
    assert_eq!((stored.state, stored.seats), (PartyState::Cancelled, seats(1000)));
    let companions =
        change(parties, id, ada.id, |party| Err(Refusal::TooManyCompanions { max: party.guests.max_companions() }));
    assert!(matches!(companions.await, Err(UpdateError::Refused(Refusal::TooManyCompanions { max: 3 }))));
}

/// Whatever it did to the party before it refused.
pub async fn a_refused_change_writes_nothing(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada)).await.unwrap();
    let before = view(parties, id, &ben).await;

    let told = change(parties, id, ben.id, move |party| {
        party.accept(ben.id, Heads::ONE, THEN)?;
        party.state = PartyState::Cancelled;
        Err(Refusal::Past)
    });

    assert!(matches!(told.await, Err(UpdateError::Refused(Refusal::Past))));
    assert_eq!(view(parties, id, &ben).await, before);
}

/// Neither before the first party nor past the last.
pub async fn an_unknown_party_is_not_found_and_no_rule_runs(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada)).await.unwrap();
    for unknown in [0, -1, id.get() + 1, i64::MAX] {
        let told = change(parties, PartyId::new(unknown), ada.id, |_| panic!("a rule ran on no party"));
        assert!(matches!(told.await, Err(UpdateError::NotFound)));
    }
}

/// A seat is given once, however many ask at once. (Whether that holds over two processes is shown by a store's storm.)
pub async fn changes_of_one_party_come_one_after_another(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let mut guests = vec![];
    for n in 0..20 {
        guests.push(add_user(accounts, &format!("guest{n}")).await);
    }
    let id = parties.add(NewParty { seats: seats(5), ..party_of(&ada) }).await.unwrap();

    let told = side_by_side(guests.iter().map(|guest| accept(parties, id, guest.id))).await;

    let seated = told.iter().filter(|told| matches!(told, Outcome::Seated(_))).count();
    let full = told.iter().filter(|told| matches!(told, Outcome::Full(_))).count();
    let stored = view(parties, id, &ada).await;
    assert_eq!((seated, full, stored.guests.len(), stored.summary.taken), (4, 16, 4, 5));
}

/// Not by their names, their numbers or a clock; whoever gave up a seat and comes again is the last.
pub async fn guests_are_named_in_the_order_in_which_they_were_seated(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(NewParty { seats: seats(8), ..party_of(&ada) }).await.unwrap();
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
    // More heads are no new seating.
    put(parties, id, ben.id, Answer::Seated(Heads::new(2).unwrap())).await;
    assert_eq!(order().await, "ben cleo dan");
}
