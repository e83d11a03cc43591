//! Sixty guests accept ten seats at once, in twenty rounds, through two stores on one database, as two processes would; and one
//! form is submitted to both stores at once. Negative controls are in `src/parties/update/tests.rs`.

#![allow(missing_docs, clippy::unwrap_used, reason = "the names of tests describe them")]

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

async fn concurrent_rsvps(fresh: Fresh) {
    let other = fresh.another().await;
    let accounts = fresh.accounts();
    let processes = [&fresh.store, &other].map(|store| Parties::new(store.parties(), Arc::new(FixedClock(NOW))));
    let ada = add_user(&accounts, "ada").await;
    let mut guests = vec![];
    for n in 0..GUESTS {
        guests.push(add_user(&accounts, &format!("guest{n}")).await);
    }
    for round in 0..ROUNDS {
        let id = processes[0].host(party_of(&ada, SEATS)).await.unwrap();
        let mut rsvps = JoinSet::new();
        for (n, guest) in guests.iter().cloned().enumerate() {
            let parties = processes[n % 2].clone();
            rsvps.spawn(async move { (parties.rsvp(id, guest.id, Heads::ONE).await, guest) });
        }

        let (mut seated, mut full) = (BTreeSet::new(), 0);
        for (result, guest) in rsvps.join_all().await {
            match result.unwrap() {
                Outcome::Seated(_) => assert!(seated.insert(guest.username.to_string())),
                Outcome::Full(_) => full += 1,
                outcome => panic!("{outcome:?}"),
            }
        }

        let view = processes[round % 2].find(id, ada.id).await.unwrap().unwrap();
        let stored: BTreeSet<_> = view.guests.iter().map(|guest| guest.username.to_string()).collect();
        assert_eq!((seated.len(), full, view.summary.taken), (9, 51, SEATS), "round {round}");
        assert_eq!(stored, seated, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_concurrent_rsvps_seat_exactly_ten() {
    concurrent_rsvps(common::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_concurrent_rsvps_seat_exactly_ten() {
    concurrent_rsvps(common::postgres().await).await;
}

/// Submits one form to both stores at once, in as many rounds as the RSVPs: one round proves nothing.
async fn submit_form_twice(fresh: Fresh) {
    let other = fresh.another().await;
    let ada = add_user(&fresh.accounts(), "ada").await;
    for round in 0..ROUNDS {
        let key = IdempotencyKey::parse(&format!("{round:022}"));
        let mut submits = JoinSet::new();
        for store in [&fresh.store, &other] {
            let (parties, party) =
                (store.parties(), NewParty { idempotency_key: key.clone(), ..party_of(&ada, SEATS) });
            submits.spawn(async move { parties.add(party).await });
        }
        let ids: BTreeSet<_> = submits.join_all().await.into_iter().map(Result::unwrap).collect();
        assert_eq!(ids.len(), 1, "round {round}: {ids:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_form_submitted_to_two_stores_adds_one_party() {
    submit_form_twice(common::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_form_submitted_to_two_stores_adds_one_party() {
    submit_form_twice(common::postgres().await).await;
}
