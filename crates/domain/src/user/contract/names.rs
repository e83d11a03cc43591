//! The contract functions of look-alike usernames and of those that users have given up.

use std::time::Duration;

use super::import::imported;
use super::{
    AddUserError, FormerUsername, ImportOutcome, ImportedUser, NewUser, RenameUserError, TakenKeys, User, UserId,
    Username, assert_one_is_added,
};
use crate::contract::{NOW, add_user, event, events, hash, join_all, join_both, new_user};
use crate::event::EventKind;
use crate::{AccountPorts, Alongside, PageSize, Timestamp};

const LOOK_ALIKE: TakenKeys = TakenKeys { username: false, look_alike: true, email: false };

/// A user with that name and an address of its own.
fn named(name: &str, address: &str) -> NewUser {
    NewUser { username: Username::parse(name).unwrap(), ..new_user(address) }
}

async fn rename(store: &AccountPorts, user: UserId, name: &str, at: Timestamp) -> Result<User, RenameUserError> {
    store.users.rename(user, Username::parse(name).unwrap(), at, Alongside::event(event(EventKind::Renamed))).await
}

/// What keeps a user of that name out, at that time.
async fn taken(store: &AccountPorts, name: &str, at: Timestamp) -> Option<TakenKeys> {
    let user = NewUser { joined_at: at, ..named(name, &format!("of-{}", store_size(store).await)) };
    match store.users.add(user, hash(), Alongside::nothing()).await {
        Ok(_) => None,
        Err(AddUserError::Taken(taken)) => Some(taken),
        Err(error) => panic!("{error:?}"),
    }
}

async fn store_size(store: &AccountPorts) -> usize {
    store.users.list(None, PageSize::clamped(100)).await.unwrap().items.len()
}

/// By `add` and by `rename`, and not to the user who has the other name.
pub async fn look_alike_username_is_refused(store: &AccountPorts) {
    let (paypal, ben) = (add_user(store, "paypal").await, add_user(store, "ben").await);
    for name in ["paypa1", "PaypaI", "раураӏ"] {
        assert_eq!(taken(store, name, NOW).await, Some(LOOK_ALIKE), "{name}");
        let renamed = rename(store, ben.id, name, NOW).await;
        assert!(matches!(renamed, Err(RenameUserError::LookAlike)), "{name}: {renamed:?}");
    }
    assert_eq!((store.users.find(ben.id).await.unwrap(), events(store).await), (Some(ben), vec![]));
    assert_eq!(rename(store, paypal.id, "paypa1", NOW).await.unwrap().username.as_str(), "paypa1");
    assert_eq!(taken(store, "paypaul", NOW).await, None);
}

/// Also within one list. `find_imported` returns those that look like a stored user's.
pub async fn look_alike_import_is_not_added(store: &AccountPorts) {
    add_user(store, "paypal").await;
    let users = vec![imported("paypa1"), imported("modern"), imported("modem")];

    let found = store.users.find_imported(users.clone(), NOW).await.unwrap();
    let outcomes = store.users.import(users, NOW, Alongside::nothing()).await.unwrap();

    assert_eq!(found, [Some(ImportOutcome::Taken(LOOK_ALIKE)), None, None]);
    assert_eq!([outcomes[0], outcomes[2]], [ImportOutcome::Taken(LOOK_ALIKE); 2]);
    assert!(matches!(outcomes[1], ImportOutcome::Added(_)), "{outcomes:?}");
}

/// Of 20 concurrent `add`s of names that look alike one succeeds. The others return `Taken`.
pub async fn concurrent_look_alike_adds_add_one_user(store: &AccountPorts) {
    let letters = |n: usize| (0..5).map(|bit| if n & 1 << bit == 0 { 'l' } else { '1' }).collect::<String>();
    let users = (0..20).map(|n| named(&format!("ada{}", letters(n)), &format!("ada{n}")));
    assert_one_is_added(store, users.collect(), LOOK_ALIKE).await;
}

/// The others are refused, and keep their names.
pub async fn concurrent_look_alike_renames_rename_one_user(store: &AccountPorts) {
    let mut users = Vec::new();
    for n in 0..8 {
        users.push(add_user(store, &format!("ada{n}")).await);
    }
    let names = ["lil", "1il", "li1", "1i1", "lill", "1ill", "li1l", "lil1"].map(|name| format!("bob-{name}"));
    let calls = users.iter().zip(&names).map(|(user, name)| rename(store, user.id, name, NOW));
    let renamed = join_all(calls).await;
    let is_short = |n: usize| names[n].len() == 7;
    for short in [true, false] {
        let of_length: Vec<_> = (0..8).filter(|n| is_short(*n) == short).map(|n| &renamed[n]).collect();
        let refused = |result: &&&Result<_, _>| matches!(result, Err(RenameUserError::LookAlike));
        assert_eq!((of_length.len(), of_length.iter().filter(refused).count()), (4, 3), "{renamed:?}");
        assert_eq!(of_length.iter().filter(|result| result.is_ok()).count(), 1, "{renamed:?}");
    }
}

/// The owner may take the name back, which ends its reservation; the name that the owner had meanwhile is reserved then.
pub async fn former_username_is_reserved_for_its_owner(store: &AccountPorts) {
    let ada = add_user(store, "ada-l").await;
    for name in ["grace", "Ada-L", "grace", "ada-1"] {
        let renamed = rename(store, ada.id, name, NOW).await.unwrap();
        assert_eq!(renamed.username.as_str(), name);
    }
    rename(store, ada.id, "zoe", NOW).await.unwrap();
    for name in ["ada-l", "ada-1", "grace"] {
        assert_eq!(taken(store, name, NOW).await.map(|taken| taken.username), Some(true), "{name}");
    }
}

/// By its key and by its skeleton, to `add`, `rename` and `import`, until 90 days have passed.
pub async fn former_username_is_refused_to_others(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada-l").await, add_user(store, "ben").await);
    rename(store, ada.id, "grace", NOW).await.unwrap();
    let last = NOW + Username::RESERVED.saturating_sub(Duration::from_millis(1));
    let of_key = TakenKeys { username: true, look_alike: false, email: false };
    for at in [NOW, last] {
        assert_eq!(taken(store, "ADA-L", at).await, Some(of_key));
        assert_eq!(taken(store, "ada-1", at).await, Some(LOOK_ALIKE));
        let renamed = rename(store, ben.id, "Ada-l", at).await;
        assert!(matches!(renamed, Err(RenameUserError::Taken)), "{renamed:?}");
        let renamed = rename(store, ben.id, "ada-1", at).await;
        assert!(matches!(renamed, Err(RenameUserError::LookAlike)), "{renamed:?}");
        let named = |name: &str| ImportedUser { username: Username::parse(name).unwrap(), ..imported("late") };
        let users = vec![named("ada-l"), named("ada-1")];
        let refused = [of_key, LOOK_ALIKE].map(ImportOutcome::Taken);
        assert_eq!(store.users.find_imported(users.clone(), at).await.unwrap(), refused.map(Some));
        assert_eq!(store.users.import(users, at, Alongside::nothing()).await.unwrap(), refused);
    }
    let end = NOW + Username::RESERVED;
    assert_eq!(rename(store, ben.id, "ada-l", end).await.unwrap().username.as_str(), "ada-l");
    rename(store, ben.id, "ben", end).await.unwrap();
    let renamed = rename(store, ada.id, "ada-l", end).await;
    assert!(matches!(renamed, Err(RenameUserError::Taken)), "it is reserved for its last owner: {renamed:?}");
}

/// The name of a user that changes its spelling alone is no former name.
pub async fn rename_in_another_spelling_reserves_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    rename(store, ada.id, "ADA", NOW).await.unwrap();
    assert_eq!(store.users.purge_former_usernames(NOW + Username::RESERVED * 2, 10).await.unwrap(), 0);
}

/// Whichever commits first, the name is that of its owner or reserved for its owner, and never that of the new user.
pub async fn rename_beside_an_add_of_its_former_name_keeps_the_name(store: &AccountPorts) {
    for round in 0..10 {
        let (name, look_alike) = (format!("round{round}-l"), format!("round{round}-1"));
        let user = add_user(store, &name).await;
        let add = async |name: &str, address: &str| {
            store.users.add(named(name, &format!("{address}{round}")), hash(), Alongside::nothing()).await
        };
        let adds = join_both(add(&name, "same"), add(&look_alike, "alike"));
        let new_name = format!("new{round}");
        let (renamed, (same, alike)) = join_both(rename(store, user.id, &new_name, NOW), adds).await;
        renamed.unwrap();
        assert!(matches!(same, Err(AddUserError::Taken(taken)) if taken.username), "{same:?}");
        assert!(matches!(alike, Err(AddUserError::Taken(taken)) if taken.look_alike), "{alike:?}");
    }
}

/// Up to the limit, the oldest first.
pub async fn purge_of_former_usernames_removes_ended_reservations(store: &AccountPorts) {
    let day = Duration::from_hours(24);
    let ada = add_user(store, "ada").await;
    for (name, days) in [("bea", 0), ("cleo", 1), ("dora", 2)] {
        rename(store, ada.id, name, NOW + day * days).await.unwrap();
    }
    let purge = |at, limit| store.users.purge_former_usernames(at, limit);
    let end = NOW + Username::RESERVED;
    assert_eq!(purge(end, 0).await.unwrap(), 0);
    assert_eq!(purge(NOW, 10).await.unwrap(), 0);
    assert_eq!(purge(end + day, 1).await.unwrap(), 1);
    assert_eq!(taken(store, "bea", NOW).await.map(|taken| taken.username), Some(true), "the younger one is left");
    assert_eq!(taken(store, "ada", NOW).await, None, "the oldest one is removed");
    assert_eq!(purge(end + day * 2, 10).await.unwrap(), 2);
}

/// Nobody reserves names of others without end. The name that was given up last stays reserved in any case, as do other users' names.
pub async fn sixth_former_username_ends_the_first_reservation(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    rename(store, ben.id, "benno", NOW).await.unwrap();
    for (n, name) in ["bea", "cleo", "dora", "emma", "fred", "gwen", "hugo"].into_iter().enumerate() {
        rename(store, ada.id, name, NOW + Duration::from_secs(n as u64)).await.unwrap();
    }
    let late = NOW + Duration::from_secs(10);
    for name in ["cleo", "dora", "emma", "fred", "gwen", "ben"] {
        assert_eq!(taken(store, name, late).await.map(|taken| taken.username), Some(true), "{name}");
    }
    for name in ["ada", "bea"] {
        assert_eq!(taken(store, name, late).await, None, "{name}");
    }
    for name in ["ida", "jon", "kim", "lea", "mia", "noa"] {
        rename(store, ada.id, name, NOW).await.unwrap();
    }
    assert_eq!(taken(store, "mia", NOW).await.map(|taken| taken.username), Some(true), "it was given up last");
    assert_eq!(store.users.list_former_usernames(ada.id).await.unwrap().len(), Username::MOST_RESERVED as usize);
}

/// Those of that user alone, by the end of the reservation.
pub async fn former_usernames_of_a_user_are_listed(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "Ada").await, add_user(store, "ben").await);
    let later = NOW + Duration::from_secs(1);
    for (user, name, at) in [(ada.id, "bea", NOW), (ada.id, "Cleo", later), (ben.id, "benno", NOW)] {
        rename(store, user, name, at).await.unwrap();
    }
    let former =
        |key: &str, at: Timestamp| FormerUsername { key: key.to_owned(), reserved_until: at + Username::RESERVED };
    assert_eq!(store.users.list_former_usernames(ada.id).await.unwrap(), [former("ada", NOW), former("bea", later)]);
    assert_eq!(store.users.list_former_usernames(UserId::new(i64::MAX)).await.unwrap(), []);
}
