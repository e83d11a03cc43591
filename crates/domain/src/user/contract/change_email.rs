//! The contract functions of `change_email`.

use crate::contract::{NOW, add_user, event, events, join_all, join_both, new_user};
use crate::credential::PasswordVersion;
use crate::event::EventKind;
use crate::user::{AddUserError, ChangeEmailError, Email, NewUser, User, UserId};
use crate::{AccountPorts, Alongside};

fn address(text: &str) -> Email {
    Email::parse(text).unwrap()
}

async fn change(store: &AccountPorts, user: UserId, to: &str) -> Result<User, ChangeEmailError> {
    change_by(store, user, PasswordVersion::INITIAL, to).await
}

async fn change_by(
    store: &AccountPorts,
    user: UserId,
    verified: PasswordVersion,
    to: &str,
) -> Result<User, ChangeEmailError> {
    store.users.change_email(user, verified, address(to), Alongside::event(event(EventKind::EmailChanged))).await
}

/// The address that the user has already, in the same spelling, writes nothing.
pub async fn changed_address_is_found_and_the_former_is_free(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for to in ["Ada@Example.com", "lovelace@example.org", "lovelace@example.org"] {
        let changed = change(store, ada.id, to).await.unwrap();
        assert_eq!(changed, User { email: address(to), ..ada.clone() });
        assert_eq!(store.users.find(ada.id).await.unwrap(), Some(changed));
    }
    let found = store.credentials.find_by_email(&address("LOVELACE@example.org")).await.unwrap();
    assert_eq!(found.map(|found| found.user.id), Some(ada.id));
    assert!(store.credentials.find_by_email(&ada.email).await.unwrap().is_none());
    let ben = add_user(store, "ben").await;
    assert_eq!(change(store, ben.id, "ada@example.com").await.unwrap().email, ada.email);
    let expected = [ada.id, ada.id, ben.id].map(|user| event(EventKind::EmailChanged).of(user));
    assert_eq!(events(store).await, expected);
}

/// In any spelling.
pub async fn taken_or_unknown_change_of_address_writes_nothing(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let taken = change(store, ada.id, "BEN@Example.com").await;
    assert!(matches!(taken, Err(ChangeEmailError::Taken)), "{taken:?}");
    let unknown = change(store, UserId::new(i64::MAX), "eve@example.com").await;
    assert!(matches!(unknown, Err(ChangeEmailError::NotFound)), "{unknown:?}");
    for user in [ada, ben] {
        assert_eq!(store.users.find(user.id).await.unwrap(), Some(user));
    }
    assert_eq!(events(store).await, []);
}

/// By a former password, by a user who is disabled, and by one who asked to be deleted.
pub async fn change_of_address_whose_right_has_ended_writes_nothing(store: &AccountPorts) {
    let [ada, ben, cleo] = [add_user(store, "ada").await, add_user(store, "ben").await, add_user(store, "cleo").await];
    store.users.disable(ben.id, NOW, Alongside::nothing()).await.unwrap().unwrap();
    store.users.request_deletion(cleo.id, NOW, NOW, Alongside::nothing()).await.unwrap();
    for (user, verified) in [
        (ada.id, PasswordVersion::INITIAL.next()),
        (ben.id, PasswordVersion::INITIAL),
        (cleo.id, PasswordVersion::INITIAL),
    ] {
        let refused = change_by(store, user, verified, "new@example.com").await;
        assert!(matches!(refused, Err(ChangeEmailError::NotFound)), "{refused:?}");
    }
    assert!(store.credentials.find_by_email(&address("new@example.com")).await.unwrap().is_none());
}

/// In Unicode and in ASCII. Its own user may change the form.
pub async fn address_is_taken_in_both_forms_of_its_domain(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    assert!(change(store, ada.id, "ada@BÜCHER.example").await.is_ok());
    let taken = change(store, ben.id, "ada@xn--bcher-kva.example").await;
    assert!(matches!(taken, Err(ChangeEmailError::Taken)), "{taken:?}");
    assert!(change(store, ada.id, "ada@xn--bcher-kva.example").await.is_ok());
}

/// Of concurrent changes to one address, from any process, one succeeds; and of a change and a registration.
pub async fn concurrent_changes_to_one_address_change_one_user(store: &AccountPorts) {
    let mut users = Vec::new();
    for n in 0..8 {
        users.push(add_user(store, &format!("ada{n}")).await);
    }
    let results = join_all(users.iter().map(|user| change(store, user.id, "grace@example.com"))).await;
    let (changed, rejected): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((changed.len(), rejected.len()), (1, 7));
    assert!(rejected.iter().all(|result| matches!(result, Err(ChangeEmailError::Taken))), "{rejected:?}");
    for n in 0..20 {
        let email = format!("race{n}@example.com");
        let new = NewUser { email: address(&email), ..new_user(&format!("race{n}")) };
        let add = store.users.add(new, crate::contract::hash(), Alongside::nothing());
        let (changed, added) = join_both(change(store, users[0].id, &email), add).await;
        match (changed, added) {
            (Ok(_), Err(AddUserError::Taken(taken))) => assert!(taken.email && !taken.username),
            (Err(ChangeEmailError::Taken), Ok(_)) => {}
            both => panic!("{both:?}"),
        }
    }
}
