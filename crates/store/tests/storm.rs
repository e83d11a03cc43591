//! Sixty guests, ten seats, twenty times over, through two stores on one database as by two processes; and one form, sent
//! to both. That the wrong
//! forms break is shown beside the right one, in `parties/update/tests.rs`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test's name says what it tests")]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{Fresh, NOW, add_user, party_of};
use domain::FixedClock;
use domain::party::{Heads, IdempotencyKey, NewParty, Outcome, Parties};
use tokio::task::JoinSet;

const GUESTS: usize = 60;
const SEATS: u32 = 10;
const ROUNDS: usize = 20;

async fn storm(fresh: Fresh) {
    let other = fresh.another().await;
    let accounts = fresh.accounts();
    let doors = [&fresh.store, &other].map(|store| Parties::new(store.parties(), Arc::new(FixedClock(NOW))));
    let ada = add_user(&accounts, "ada").await;
    let mut guests = vec![];
    for n in 0..GUESTS {
        guests.push(add_user(&accounts, &format!("guest{n}")).await);
    }
    for round in 0..ROUNDS {
        let id = doors[0].host(party_of(&ada, SEATS)).await.unwrap();
        let mut asking = JoinSet::new();
        for (n, guest) in guests.iter().cloned().enumerate() {
            let parties = doors[n % 2].clone();
            asking.spawn(async move { (parties.rsvp(id, guest.id, Heads::ONE).await, guest) });
        }

        let (mut seated, mut full) = (BTreeSet::new(), 0);
        for (told, guest) in asking.join_all().await {
            match told.unwrap() {
                Outcome::Seated(_) => assert!(seated.insert(guest.username.to_string())),
                Outcome::Full(_) => full += 1,
                told => panic!("{told:?}"),
            }
        }

        let view = doors[round % 2].find(id, ada.id).await.unwrap().unwrap();
        let stored: BTreeSet<_> = view.guests.iter().map(|guest| guest.username.to_string()).collect();
        assert_eq!((seated.len(), full, view.summary.taken), (9, 51, SEATS), "round {round}");
        assert_eq!(stored, seated, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_over_two_stores_seats_exactly_as_many_as_there_are_seats_on_sqlite() {
    storm(common::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_over_two_stores_seats_exactly_as_many_as_there_are_seats_on_postgres() {
    storm(common::postgres().await).await;
}

/// As many times as the storm, since one round proves nothing.
async fn one_form(fresh: Fresh) {
    let other = fresh.another().await;
    let ada = add_user(&fresh.accounts(), "ada").await;
    for round in 0..ROUNDS {
        let key = IdempotencyKey::parse(&format!("{round:022}"));
        let mut sending = JoinSet::new();
        for store in [&fresh.store, &other] {
            let (parties, party) =
                (store.parties(), NewParty { idempotency_key: key.clone(), ..party_of(&ada, SEATS) });
            sending.spawn(async move { parties.add(party).await });
        }
        let told: BTreeSet<_> = sending.join_all().await.into_iter().map(Result::unwrap).collect();
        assert_eq!(told.len(), 1, "round {round}: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_form_sent_to_two_stores_at_once_hosts_one_party_on_sqlite() {
    one_form(common::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_form_sent_to_two_stores_at_once_hosts_one_party_on_postgres() {
    one_form(common::postgres().await).await;
}
