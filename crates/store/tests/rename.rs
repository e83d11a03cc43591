//! A renamed user has one name everywhere, whatever runs at the same time: hosting, RSVPs, other renames, through two stores on
//! one database, as two processes would.

use std::sync::Arc;

use crate::common::{Fresh, NOW, add_user, party_of, postgres, sqlite};
use accounts_store::Inspection;
use domain::party::{GuestCommand, Heads, Opened, Parties, PartyId};
use domain::user::{User, Username};
use domain::{AccountPorts, Alongside, FixedClock};
use tokio::task::JoinSet;

const ROUNDS: usize = 20;

async fn rename(fresh: &Fresh, user: &User, name: &str) {
    let name = Username::parse(name).unwrap();
    fresh.accounts().users.rename(user.id, name, NOW, Alongside::nothing()).await.unwrap();
}

/// The names in a party's row: its host, and the first guests of its card.
async fn names(fresh: &Fresh, party: PartyId, viewer: &User) -> Vec<String> {
    let view = fresh.parties().find(party, viewer.id).await.unwrap().unwrap();
    let guests = view.summary.first_guests.iter().map(|guest| guest.username.to_string());
    [view.summary.heading.host.to_string()].into_iter().chain(guests).collect()
}

/// Neither the names of first guests nor the search keys are stale.
async fn assert_consistent(fresh: &Fresh) {
    let mut violations = Vec::new();
    let inspection = Inspection::of_parties(&fresh.url).await.unwrap();
    inspection.check(NOW, |_| true, |violation| violations.push(format!("{violation:?}"))).await.unwrap();
    assert_eq!(violations, [""; 0]);
}

#[tokio::test]
async fn renamed_host_and_guest_have_the_new_name_in_parties() {
    for fresh in [sqlite().await, postgres().await] {
        let accounts = fresh.accounts();
        let (ada, ben) = (add_user(&accounts, "ada").await, add_user(&accounts, "ben").await);
        let parties = Parties::new(fresh.parties(), Arc::new(FixedClock(NOW)));
        let (of_ada, of_ben) =
            (parties.host(party_of(&ada, 4)).await.unwrap(), parties.host(party_of(&ben, 4)).await.unwrap());
        for (party, guest) in [(of_ada, &ben), (of_ben, &ada)] {
            parties.answer(Opened::ById(party), guest.id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
        }
        rename(&fresh, &ada, "Gräfin_Zoë").await;
        assert_eq!(names(&fresh, of_ada, &ben).await, ["Gräfin_Zoë", "ben"]);
        assert_eq!(names(&fresh, of_ben, &ben).await, ["ben", "Gräfin_Zoë"]);
        assert_consistent(&fresh).await;
    }
}

/// Two names that a guest gets at once. Those of every second guest differ by case alone from the one before.
fn names_of(guest: usize, round: usize) -> [String; 2] {
    match (guest % 2, round % 2) {
        (0, _) => [format!("round{round}guest{guest}"), format!("r{round}-{guest}")],
        (_, 0) => [format!("GUEST{guest}"), format!("Guest{guest}")],
        _ => [format!("gUEST{guest}"), format!("guest{guest}")],
    }
}

async fn concurrent_renames(fresh: Fresh) {
    let other = fresh.another().await;
    let accounts = fresh.accounts();
    let ports: [AccountPorts; 2] = [accounts.clone(), other.accounts().clone().into()];
    let (host, mut users) = (add_user(&accounts, "host").await, Vec::new());
    for n in 0..6 {
        users.push(add_user(&accounts, &format!("guest{n}")).await);
    }
    let processes = [&fresh.store, &other].map(|store| Parties::new(store.parties(), Arc::new(FixedClock(NOW))));
    for round in 0..ROUNDS {
        let party = processes[0].host(party_of(&host, 20)).await.unwrap();
        let mut tasks = JoinSet::new();
        for (n, user) in users.iter().cloned().enumerate() {
            let (parties, id) = (processes[n % 2].clone(), user.id);
            for (store, name) in ports.iter().zip(names_of(n, round)) {
                let (users, name) = (store.users.clone(), Username::parse(&name).unwrap());
                tasks.spawn(async move { users.rename(id, name, NOW, Alongside::nothing()).await.map(drop).unwrap() });
            }
            tasks.spawn(async move {
                for _ in 0..2 {
                    parties.answer(Opened::ById(party), user.id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
                    parties.answer(Opened::ById(party), user.id, GuestCommand::Decline).await.unwrap();
                }
                parties.answer(Opened::ById(party), user.id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
                parties.host(party_of(&user, 4)).await.unwrap();
            });
        }
        tasks.join_all().await;
        assert_consistent(&fresh).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_renames_beside_rsvps_leave_no_stale_name() {
    concurrent_renames(sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_renames_beside_rsvps_leave_no_stale_name() {
    concurrent_renames(postgres().await).await;
}
