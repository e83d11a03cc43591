//! The contract functions of `import` and `find_imported`.

use std::pin::Pin;

use super::{Email, ImportOutcome, ImportedUser, NewUser, TakenKeys, Username};
use crate::contract::{NOW, add_user, event, events, hash, join_all, new_user};
use crate::credential::PasswordHash;
use crate::event::EventKind;
use crate::{AccountPorts, Alongside, PageSize};

/// The user `name` of another program, with a hash of it.
pub(super) fn imported(name: &str) -> ImportedUser {
    let NewUser { username, email, joined_at, .. } = new_user(name);
    ImportedUser { username, email, hash: PasswordHash::new("pbkdf2:sha256:1$salt$00".to_owned()), joined_at }
}

async fn count(store: &AccountPorts) -> usize {
    store.users.list(None, PageSize::DEFAULT).await.unwrap().items.len()
}

/// `import` adds each user as given, in the order of the list. The hash is stored as given.
pub async fn imported_users_are_added_in_their_order(store: &AccountPorts) {
    let users = ["cleo", "ada", "ben"].map(imported);

    let outcomes = store.users.import(users.to_vec(), NOW, Alongside::nothing()).await.unwrap();

    let page = store.users.list(None, PageSize::DEFAULT).await.unwrap();
    let added: Vec<_> = page.items.iter().rev().map(|user| ImportOutcome::Added(user.id)).collect();
    assert_eq!(outcomes, added);
    for (user, stored) in users.iter().zip(page.items.iter().rev()) {
        assert_eq!((&user.username, &user.email, NOW), (&stored.username, &stored.email, stored.joined_at));
        let credential = store.credentials.find_by_email(&user.email).await.unwrap().unwrap();
        assert_eq!((&credential.user, credential.hash.expose()), (stored, user.hash.expose()));
    }
    assert_eq!(store.users.import(Vec::new(), NOW, Alongside::nothing()).await.unwrap(), []);
}

/// A user who has both keys, in whatever spelling, is not changed. Also within one list.
pub async fn imported_user_with_both_keys_is_already_there(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let again = ImportedUser {
        username: Username::parse("ADA").unwrap(),
        email: Email::parse("\"Ada\"@Example.com").unwrap(),
        ..imported("any")
    };

    let outcomes =
        store.users.import(vec![again, imported("ben"), imported("Ben")], NOW, Alongside::nothing()).await.unwrap();

    let ImportOutcome::Added(ben) = outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!(outcomes[0], ImportOutcome::AlreadyThere(ada.id));
    assert_eq!(outcomes[2], ImportOutcome::AlreadyThere(ben));
    let credential = store.credentials.find_by_email(&ada.email).await.unwrap().unwrap();
    assert_eq!((credential.user, credential.hash.expose()), (ada, hash().expose()));
    assert_eq!(count(store).await, 2);
}

/// A user of whom a key is taken is not added, and the others of the list are.
pub async fn imported_user_with_a_taken_key_is_not_added(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let users = vec![
        ImportedUser { username: ada.username.clone(), ..imported("cleo") },
        ImportedUser { email: ada.email, ..imported("dan") },
        ImportedUser { email: ben.email, username: ada.username, ..imported("eve") },
        imported("fay"),
    ];

    let outcomes = store.users.import(users, NOW, Alongside::nothing()).await.unwrap();

    for (outcome, (username, email)) in outcomes.iter().zip([(true, false), (false, true), (true, true)]) {
        assert_eq!(*outcome, ImportOutcome::Taken(TakenKeys { username, look_alike: false, email }));
    }
    assert!(matches!(outcomes[3], ImportOutcome::Added(_)), "{outcomes:?}");
    assert_eq!(count(store).await, 3);
}

/// `import` writes the event of each user that it adds, in the same commit, and none for the others.
pub async fn event_is_written_with_each_imported_user(store: &AccountPorts) {
    add_user(store, "ada").await;
    let taken = ImportedUser { email: new_user("ada").email, ..imported("ben") };
    let import = event(EventKind::Imported);

    let users = vec![imported("ada"), imported("cleo"), taken, imported("dan")];
    let outcomes = store.users.import(users, NOW, Alongside::event(import.clone())).await.unwrap();

    let [_, ImportOutcome::Added(cleo), _, ImportOutcome::Added(dan)] = outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(events(store).await, [import.clone().of(cleo), import.of(dan)]);
}

/// `find_imported` returns what `import` would, except for users to add, and writes nothing.
pub async fn imported_users_are_found_without_a_write(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let users = vec![imported("Ada"), imported("ben"), ImportedUser { email: ada.email, ..imported("cleo") }];

    let found = store.users.find_imported(users, NOW).await.unwrap();

    let taken = TakenKeys { username: false, look_alike: false, email: true };
    let expected = [Some(ImportOutcome::AlreadyThere(ada.id)), None, Some(ImportOutcome::Taken(taken))];
    assert_eq!((found.as_slice(), count(store).await), (&expected[..], 1));
}

/// Of two concurrent imports of one list, and a registration of one of its users, each user is added once.
pub async fn concurrent_imports_add_each_user_once(store: &AccountPorts) {
    let users: Vec<_> = (0..20).map(|n| imported(&format!("ada{n}"))).collect();
    let import = || -> AddedUsers<'_> {
        Box::pin(async {
            let outcomes = store.users.import(users.clone(), NOW, Alongside::nothing()).await.unwrap();
            outcomes.into_iter().filter(|outcome| matches!(outcome, ImportOutcome::Added(_))).count()
        })
    };
    let register =
        Box::pin(async { usize::from(store.users.add(new_user("ada10"), hash(), Alongside::nothing()).await.is_ok()) });

    let added = join_all([import(), import(), register]).await;

    assert_eq!((added.iter().sum::<usize>(), count(store).await), (20, 20));
}

/// The number of users that a call added.
type AddedUsers<'a> = Pin<Box<dyn Future<Output = usize> + Send + 'a>>;
