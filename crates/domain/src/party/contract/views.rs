//! Contract functions of `PartyRepository::home` and `own_profile`.

use super::list::add_at;
use super::{accept, change, date, minutes, party_of, seats, set_answer};
use crate::contract::{NOW, add_user};
use crate::party::{
    Answer, Heads, NewParty, Outcome, Party, PartyId, PartyQuery, PartyRepository, PartyState, ProfileCursors,
};
use crate::user::User;
use crate::{AccountPorts, PageSize};

/// `next` is the party at which the viewer has a seat as host or guest that is under way or begins soonest. It is neither
/// over nor cancelled.
pub async fn home_has_next_party_with_a_seat_of_viewer(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let home = async |viewer: &User| parties.home(viewer.id, NOW, PageSize::DEFAULT).await.unwrap();
    let next = async |viewer: &User| home(viewer).await.next.map(|party| party.id);
    assert_eq!(next(&ada).await, None);
    let by_ada = add_at(parties, &ada, &[-1, 40, 30, 10, 20, 20]).await;
    assert_eq!((next(&ada).await, next(&ben).await), (Some(by_ada[3]), None), "a party that ends now is over");

    accept(parties, by_ada[1], ben.id).await;
    set_answer(parties, by_ada[0], ben.id, Answer::Seated(Heads::ONE)).await;
    set_answer(parties, by_ada[3], ben.id, Answer::Maybe).await;
    assert_eq!(next(&ben).await, Some(by_ada[1]));
    accept(parties, by_ada[2], ben.id).await;
    assert_eq!(next(&ben).await, Some(by_ada[2]), "the soonest attended party");
    let by_ben = add_at(parties, &ben, &[50, 25]).await;
    assert_eq!(next(&ben).await, Some(by_ben[1]), "their own party is sooner");

    for id in [by_ben[1], by_ada[3]] {
        let cancel = |party: &mut Party| {
            party.state = PartyState::Cancelled;
            Ok(Outcome::Maybe)
        };
        change(parties, id, ben.id, cancel).await.unwrap();
    }
    assert_eq!(next(&ben).await, Some(by_ada[2]));
    assert_eq!(next(&ada).await, Some(by_ada[4]), "of two at one time the lower id");
    let found = home(&ben).await.next.unwrap();
    assert_eq!((found.my_answer, found.taken), (Some(Answer::Seated(Heads::ONE)), 2), "same as a row of a list");
}

/// `waiting` lists the upcoming scheduled parties on whose waiting list the viewer is, with the viewer's number.
pub async fn home_lists_soonest_parties_on_whose_waiting_list_viewer_is(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let (ada, ben, cy) =
        (add_user(accounts, "ada").await, add_user(accounts, "ben").await, add_user(accounts, "cyd").await);
    let waiting = async |viewer: &User, rows| -> Vec<(PartyId, Option<u32>)> {
        let home = parties.home(viewer.id, NOW, PageSize::clamped(rows)).await.unwrap();
        home.waiting.iter().map(|party| (party.id, party.my_rank)).collect()
    };
    assert_eq!(waiting(&ben, 9).await, []);
    let mut full = vec![];
    for start in [70, 60, 50, 40] {
        let party = NewParty { seats: seats(1), date: date(minutes(start)), ..party_of(&ada) };
        full.push(parties.add(party, None).await.unwrap());
    }
    let [begun] = add_at(parties, &ada, &[-10]).await[..] else { panic!("one party") };
    accept(parties, full[1], cy.id).await;
    for id in &full {
        accept(parties, *id, ben.id).await;
    }
    set_answer(parties, begun, ben.id, Answer::Waitlisted(Heads::ONE)).await;
    let cancel = |party: &mut Party| {
        party.state = PartyState::Cancelled;
        Ok(Outcome::Maybe)
    };
    change(parties, full[3], ben.id, cancel).await.unwrap();
    assert_eq!(waiting(&ben, 9).await, [(full[2], Some(1)), (full[1], Some(2)), (full[0], Some(1))]);
    assert_eq!(waiting(&ben, 2).await, [(full[2], Some(1)), (full[1], Some(2))]);
    assert_eq!(waiting(&cy, 9).await, [(full[1], Some(1))]);
    assert_eq!(waiting(&ada, 9).await, []);
}

/// `open` lists neither parties of the viewer, nor parties at which the viewer is seated or was removed. A viewer who
/// declined or waits is offered a free seat.
pub async fn home_lists_soonest_parties_with_a_seat_for_viewer(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben, cy) =
        (add_user(accounts, "ada").await, add_user(accounts, "ben").await, add_user(accounts, "cyd").await);
    let open = async |viewer: &User, rows| -> Vec<PartyId> {
        let home = parties.home(viewer.id, NOW, PageSize::clamped(rows)).await.unwrap();
        home.open.iter().map(|party| party.id).collect()
    };
    assert_eq!(open(&ben, 9).await, []);
    let ids = add_at(parties, &ada, &[90, 80, 70, 60, 50, 40, 30, 0, -10]).await;
    let by_ben = add_at(parties, &ben, &[10]).await;
    let full =
        parties.add(NewParty { seats: seats(2), date: date(minutes(20)), ..party_of(&ada) }, None).await.unwrap();
    assert_eq!(open(&ben, 9).await, [full, ids[6], ids[5], ids[4], ids[3], ids[2], ids[1], ids[0]]);
    accept(parties, full, cy.id).await;
    set_answer(parties, ids[6], ben.id, Answer::Seated(Heads::ONE)).await;
    set_answer(parties, ids[5], ben.id, Answer::Removed).await;
    set_answer(parties, ids[4], ben.id, Answer::Declined).await;
    set_answer(parties, ids[3], ben.id, Answer::Waitlisted(Heads::ONE)).await;
    for (id, rule) in [
        (ids[2], (|party| party.state = PartyState::Cancelled) as fn(&mut Party)),
        (ids[1], |party| party.rsvp_deadline = NOW),
    ] {
        let rule = move |party: &mut Party| {
            rule(party);
            Ok(Outcome::Maybe)
        };
        change(parties, id, cy.id, rule).await.unwrap();
    }
    assert_eq!(open(&ben, 9).await, [ids[4], ids[3], ids[0]]);
    assert_eq!(open(&ben, 2).await, [ids[4], ids[3]]);
    assert_eq!(open(&ada, 9).await, by_ben);
}

/// The two lists of a profile equal those of `list`, each with a cursor of its own.
pub async fn own_profile_equals_lists_by_scope(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    add_at(parties, &ben, &[5, -5, 6, 7]).await;
    for id in add_at(parties, &ada, &[30, 10, -1, -20, 7]).await {
        set_answer(parties, id, ben.id, Answer::Seated(Heads::ONE)).await;
    }
    let size = PageSize::clamped(2);
    let list = async |query, after| parties.list(query, ben.id, NOW, after, size).await.unwrap();
    let mut after = ProfileCursors::default();
    for pages_left in [2, 1, 0] {
        let view = parties.own_profile(ben.id, NOW, after, size).await.unwrap();
        assert_eq!(view.hosted, list(PartyQuery::HostedBy(ben.id), after.hosted).await);
        assert_eq!(view.attended, list(PartyQuery::AttendedBy(ben.id), after.attended).await);
        assert_eq!(view.attended.next.is_some(), pages_left > 0);
        let attended_only = ProfileCursors { hosted: None, ..after };
        assert_eq!(parties.own_profile(ben.id, NOW, attended_only, size).await.unwrap().attended, view.attended);
        after = ProfileCursors { hosted: view.hosted.next.or(after.hosted), attended: view.attended.next };
    }
}
