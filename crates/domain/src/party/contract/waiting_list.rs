//! Contract functions of `PartyRepository::update` about the waiting list: which RSVPs a change gets, and what promotion stores.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{accept, change, change_party, changing, decline, edit_of, party_of, seats, set_answer, view};
use crate::AccountPorts;
use crate::contract::{NOW, add_user, join_all};
use crate::party::{
    Answer, GivenUp, Heads, NewParty, Outcome, Party, PartyId, PartyRepository, Refusal, Rsvp, UpdateError,
};
use crate::user::{User, UserId};

/// Ada, the host of a party, and its guests.
async fn table(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
    number: u32,
    names: &[&str],
) -> (PartyId, User, Vec<UserId>) {
    let ada = add_user(accounts, "ada").await;
    let mut guests = vec![];
    for name in names {
        guests.push(add_user(accounts, name).await.id);
    }
    let party = NewParty { seats: seats(number), max_companions: 9, ..party_of(&ada) };
    (parties.add(party, None).await.unwrap(), ada, guests)
}

fn heads(heads: u32) -> Heads {
    Heads::new(heads).unwrap()
}

async fn accept_with(parties: &dyn PartyRepository, id: PartyId, guest: UserId, number: u32) -> Outcome {
    change(parties, id, guest, move |party| party.accept(guest, heads(number), NOW)).await.unwrap()
}

/// The answer and the rank of each guest, as the guests themselves see them.
async fn answers(parties: &dyn PartyRepository, id: PartyId, guests: &[UserId]) -> Vec<(Option<Answer>, Option<u32>)> {
    let mut found = vec![];
    for guest in guests {
        let summary = parties.find(id, *guest).await.unwrap().unwrap().summary;
        found.push((summary.my_answer, summary.my_rank));
    }
    found
}

/// Runs a change that sees the party, and returns what it saw.
pub(super) async fn seen(parties: &dyn PartyRepository, id: PartyId, guest: Option<UserId>) -> Party {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
    let by_change = std::sync::Arc::clone(&seen);
    let look = changing(UserId::new(-1), guest, move |party| {
        *by_change.lock().unwrap() = Some(party.clone());
        Ok(Outcome::Maybe)
    });
    parties.update(id, guest, look, None, NOW).await.unwrap();
    seen.lock().unwrap().take().unwrap()
}

/// A change that concerns a guest gets the guest's RSVP; and, if the guest is seated, whoever on the waiting list may get a seat that the
/// guest gives up. It gets no other. A change of the party gets every RSVP.
pub async fn change_gets_the_rsvps_that_a_rule_needs(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (id, ada, guests) = table(accounts, parties, 4, &["ben", "cleo", "dan", "eve", "flo", "gus"]).await;
    let [ben, cleo, dan, eve, flo, gus] = guests[..] else { panic!() };
    for (guest, number) in [(ben, 2), (cleo, 1), (dan, 3), (eve, 1)] {
        accept_with(parties, id, guest, number).await;
    }
    decline(parties, id, flo).await;
    let rsvp = |answer, place, rank| Rsvp { answer, place, rank, given_up: None };
    let (two, one) = (rsvp(Answer::Seated(heads(2)), 1, None), rsvp(Answer::Seated(Heads::ONE), 2, None));
    let (waiting_dan, waiting_eve) =
        (rsvp(Answer::Waitlisted(heads(3)), 3, None), rsvp(Answer::Waitlisted(Heads::ONE), 4, None));
    let declined = rsvp(Answer::Declined, 0, None);
    for (guest, expected) in [
        (Some(cleo), vec![(cleo, one), (eve, waiting_eve)]),
        (Some(eve), vec![(eve, Rsvp { rank: Some(2), ..waiting_eve })]),
        (Some(flo), vec![(flo, declined)]),
        (Some(gus), vec![]),
        (Some(ada.id), vec![]),
        (None, vec![(ben, two), (cleo, one), (dan, waiting_dan), (eve, waiting_eve), (flo, declined)]),
    ] {
        let mut found = seen(parties, id, guest).await.guests.rsvps().clone();
        if guest == Some(cleo) {
            found.remove(&dan); // three people do not fit on one seat: whether a store loads them is its own matter
        }
        assert_eq!(found, BTreeMap::from_iter(expected), "{guest:?}");
    }
    let totals = seen(parties, id, None).await.guests.totals();
    assert_eq!((totals.taken, totals.waiting, totals.last_place), (4, 2, 4));
}

/// The numbers on the waiting list are those of its order, for each guest, whoever leaves it.
pub async fn rank_is_the_number_on_the_waiting_list(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (id, _, guests) = table(accounts, parties, 1, &["ben", "cleo", "dan", "eve"]).await;
    let wait = |number, rank| (Some(Answer::Waitlisted(heads(number))), Some(rank));
    for (rank, guest) in (1..).zip(&guests) {
        let outcome = accept_with(parties, id, *guest, 2).await;
        assert!(matches!(outcome, Outcome::Waitlisted { rank: of, free: 0, .. } if of == rank), "{outcome:?}");
    }
    assert_eq!(answers(parties, id, &guests).await, [wait(2, 1), wait(2, 2), wait(2, 3), wait(2, 4)]);
    decline(parties, id, guests[0]).await;
    accept_with(parties, id, guests[1], 3).await; // more people go to the end
    accept_with(parties, id, guests[3], 1).await; // fewer keep the place
    let expected = [(Some(Answer::Declined), None), wait(3, 3), wait(2, 1), wait(1, 2)];
    assert_eq!(answers(parties, id, &guests).await, expected);
    let again = accept_with(parties, id, guests[1], 3).await;
    assert!(matches!(again, Outcome::Waitlisted { rank: 3, .. }), "{again:?}");
    assert_eq!(view(parties, id, &add_user(accounts, "zoe").await).await.summary.waiting, 3);
}

/// Seats that a guest gives up are given to those who wait and fit, in their order, in the same commit: also where the guest comes with
/// fewer people, is removed, or leaves for good.
pub async fn given_up_seats_go_to_those_who_wait(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (id, ada, guests) = table(accounts, parties, 5, &["ben", "cleo", "dan", "eve", "flo"]).await;
    let [ben, cleo, dan, eve, flo] = guests[..] else { panic!() };
    for (guest, number) in [(ben, 4), (cleo, 5), (dan, 2), (eve, 1), (flo, 1)] {
        accept_with(parties, id, guest, number).await;
    }
    accept_with(parties, id, ben, 2).await;
    let seated = |number| (Some(Answer::Seated(heads(number))), None);
    let wait = |number, rank| (Some(Answer::Waitlisted(heads(number))), Some(rank));
    assert_eq!(answers(parties, id, &guests).await, [seated(2), wait(5, 1), seated(2), wait(1, 2), wait(1, 3)]);
    let names = async || -> Vec<String> {
        view(parties, id, &ada).await.guests.iter().map(|guest| guest.username.to_string()).collect()
    };
    assert_eq!(names().await, ["ben", "dan"]);
    let removed = crate::party::Guest { id: dan, username: crate::user::Username::parse("dan").unwrap() };
    let remove = changing(ada.id, Some(dan), move |party| party.remove(&removed, NOW));
    parties.update(id, Some(dan), remove, None, NOW).await.unwrap();
    assert_eq!(names().await, ["ben", "eve", "flo"]);
    decline(parties, id, ben).await;
    assert_eq!(answers(parties, id, &[cleo]).await, [wait(5, 1)], "five do not fit on two seats");
    let stored = view(parties, id, &ada).await.summary;
    assert_eq!((stored.taken, stored.waiting), (3, 1));
}

/// More seats and a restored party seat those who wait, in the same commit.
pub async fn more_seats_and_restored_party_seat_those_who_wait(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (id, ada, guests) = table(accounts, parties, 1, &["ben", "cleo", "dan"]).await;
    for (guest, number) in guests.iter().zip([2, 3, 1]) {
        accept_with(parties, id, *guest, number).await;
    }
    let raise = change_party(parties, id, ada.id, |party| {
        party.edit(crate::party::PartyEdit { seats: seats(4), ..edit_of(party) }, NOW)
    });
    assert_eq!(raise.await.unwrap(), Outcome::Edited);
    let seated = |number| (Some(Answer::Seated(heads(number))), None);
    let waits = (Some(Answer::Waitlisted(heads(3))), Some(1));
    assert_eq!(answers(parties, id, &guests).await, [seated(2), waits, seated(1)]);
    change_party(parties, id, ada.id, |party| party.cancel(NOW)).await.unwrap();
    let declined = change(parties, id, guests[0], {
        let ben = guests[0];
        move |party| party.decline(ben, NOW)
    });
    assert!(matches!(declined.await, Err(UpdateError::Refused(Refusal::Cancelled { .. }))));
    set_answer(parties, id, guests[0], Answer::Removed).await;
    set_answer(parties, id, guests[2], Answer::Removed).await;
    change_party(parties, id, ada.id, |party| party.restore(NOW)).await.unwrap();
    assert_eq!(answers(parties, id, &guests[1..2]).await, [seated(3)]);
    assert_eq!(view(parties, id, &ada).await.summary.waiting, 0);
}

/// What a guest gave up is stored with the answer, for the guest, and can be taken back once.
pub async fn given_up_seats_can_be_taken_back(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (id, _, guests) = table(accounts, parties, 5, &["ben", "cleo"]).await;
    let ben = guests[0];
    accept_with(parties, id, ben, 3).await;
    let given_up = async || parties.find(id, ben).await.unwrap().unwrap().my_given_up;
    assert_eq!(given_up().await, None);
    let later = NOW + Duration::from_secs(7);
    change(parties, id, ben, move |party| party.maybe(ben, later)).await.unwrap();
    assert_eq!(given_up().await, Some(GivenUp { heads: heads(3), at: later }));
    change(parties, id, ben, move |party| party.decline(ben, later)).await.unwrap();
    assert_eq!(given_up().await, Some(GivenUp { heads: heads(3), at: later }), "another answer changes nothing");
    let undo = |at| change(parties, id, ben, move |party| party.undo(ben, at));
    let late = undo(later + GivenUp::UNDO_PERIOD).await;
    assert!(matches!(late, Err(UpdateError::Refused(Refusal::NothingToUndo))), "{late:?}");
    assert!(matches!(undo(later).await, Ok(Outcome::Seated(_))));
    assert_eq!(given_up().await, None);
    assert_eq!(answers(parties, id, &[ben]).await, [(Some(Answer::Seated(heads(3))), None)]);
}

/// Of 12 guests who give up their seats at once, each lets one of 12 in who wait, in their order.
pub async fn concurrent_withdrawals_seat_the_waiting_list_in_order(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let names: Vec<_> = (0..24).map(|n| format!("guest{n}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let (id, ada, guests) = table(accounts, parties, 13, &names).await;
    for guest in &guests {
        accept(parties, id, *guest).await;
    }
    let left = join_all(guests[..6].iter().map(|guest| decline(parties, id, *guest))).await;
    assert_eq!(left, [const { Outcome::GaveUpSeat }; 6]);
    let seated: Vec<_> = view(parties, id, &ada).await.guests.iter().map(|guest| guest.username.to_string()).collect();
    assert_eq!(seated, names[6..18]);
    join_all(guests[6..12].iter().map(|guest| decline(parties, id, *guest))).await;
    let view = view(parties, id, &ada).await;
    let seated: Vec<_> = view.guests.iter().map(|guest| guest.username.to_string()).collect();
    assert_eq!((seated, view.summary.waiting), (names[12..].iter().map(ToString::to_string).collect(), 0));
}
