//! Sixty guests accept ten seats at once, in twenty rounds, through two stores on one database, as two processes would; one
//! form is submitted to both stores at once; and one user exceeds the quotas through both at once. Negative controls are in `src/parties/update/tests.rs`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::common::{self, Fresh, NOW, accepting, add_user, party_of};
use domain::party::{AddError, GuestCommand, Heads, NewParty, Opened, Outcome, Parties, Quotas, UpdateError};
use domain::{FixedClock, IdempotencyKey};
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
            rsvps.spawn(async move {
                (parties.answer(Opened::ById(id), guest.id, GuestCommand::Accept(Heads::ONE)).await, guest)
            });
        }

        let (mut seated, mut full) = (BTreeSet::new(), 0);
        for (result, guest) in rsvps.join_all().await {
            match result.unwrap() {
                Outcome::Seated(_) => assert!(seated.insert(guest.username.to_string())),
                Outcome::Waitlisted { .. } => full += 1,
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
            submits.spawn(async move { parties.add(party, None).await });
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

/// In each round one user adds 50 parties where one is left by the one quota or the other, and then answers at all of them
/// where two are left.
async fn exceed_quotas(fresh: Fresh) {
    const MANY: u32 = 1_000;
    let other = fresh.another().await;
    let (accounts, processes) = (fresh.accounts(), [fresh.store.parties(), other.parties()]);
    let ada = add_user(&accounts, "ada").await;
    let mut tables = vec![];
    for _ in 0..50 {
        tables.push(fresh.parties().add(party_of(&ada, SEATS), None).await.unwrap());
    }
    for round in 0..ROUNDS / 4 {
        let user = add_user(&accounts, &format!("user{round}")).await;
        for (max_upcoming_parties, max_hosted_per_hour) in [(1, MANY), (MANY, 2)] {
            let quotas =
                Quotas { max_upcoming_parties, max_hosted_per_hour, max_rsvps_per_hour: 2, ..Quotas::default() };
            let mut adding = JoinSet::new();
            for n in 0..50 {
                let (parties, party) = (Arc::clone(&processes[n % 2]), party_of(&user, SEATS));
                let quota = Some(quotas.of_host(user.id, NOW));
                adding.spawn(async move { parties.add(party, quota).await });
            }
            let results = adding.join_all().await;
            let refused = |result: &&Result<_, _>| {
                matches!(result, Err(AddError::Throttled(_) | AddError::TooManyUpcoming { .. }))
            };
            let added = results.iter().filter(|result| result.is_ok()).count();
            assert_eq!((added, results.iter().filter(refused).count()), (1, 49), "round {round}: {results:?}");
        }

        let quota = Quotas { max_rsvps_per_hour: 2, ..Quotas::default() }.of_guest(user.id, NOW);
        let mut answering = JoinSet::new();
        for (n, id) in tables.iter().copied().enumerate() {
            let (parties, guest) = (Arc::clone(&processes[n % 2]), user.id);
            answering.spawn(async move { parties.update(id, Some(guest), accepting(guest), Some(quota), NOW).await });
        }
        let results = answering.join_all().await;
        let seated = results.iter().filter(|result| matches!(result, Ok(Outcome::Seated(_)))).count();
        let refused = results.iter().filter(|result| matches!(result, Err(UpdateError::Throttled(_)))).count();
        assert_eq!((seated, refused), (2, 48), "round {round}: {results:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_concurrent_requests_of_one_user_never_exceed_a_quota() {
    exceed_quotas(common::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_concurrent_requests_of_one_user_never_exceed_a_quota() {
    exceed_quotas(common::postgres().await).await;
}
