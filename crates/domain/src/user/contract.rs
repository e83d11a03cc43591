//! The contract functions of [`UserRepository`](super::UserRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

mod beside_deletion;
mod change_email;
mod deletion;
mod disable;
mod import;
mod list;
mod names;
mod roles;

use std::time::Duration;

pub use beside_deletion::*;
pub use change_email::*;
pub use deletion::*;
pub use disable::*;
pub use import::*;
pub use list::*;
pub use names::*;
pub use roles::*;

use super::{
    AddUserError, Email, FormerUsername, ImportOutcome, ImportedUser, NewUser, RegistrationKey, RenameUserError,
    TakenKeys, User, UserId, Username,
};
use crate::contract::{NOW, add_user, event, events, hash, join_all, join_both, new_user};
use crate::credential::{PasswordHash, PasswordVersion};
use crate::event::EventKind;
use crate::session::{Device, OpenSessionError, SessionId, SessionRecord, TokenDigest};
use crate::{AccountPorts, Alongside, PageSize};

/// Passes the names of all contract functions of users to the macro `$test`.
#[macro_export]
macro_rules! user_contract {
    ($test:ident) => {
        $test! { user:
            user_is_found_by_id_and_by_any_spelling_of_name
            unknown_user_is_not_found
            username_is_taken_in_every_spelling
            email_is_taken_in_every_spelling
            addresses_of_two_domains_are_two_addresses
            add_reports_both_keys_if_both_are_taken
            concurrent_adds_of_one_username_add_one_user
            concurrent_adds_of_one_email_add_one_user
            repeated_registration_returns_its_user
            registration_key_is_recognized_for_ten_minutes
            registration_key_with_other_names_is_no_repeat
            concurrent_repeats_of_a_registration_add_one_user
            event_is_written_with_the_user_that_is_added
            rejected_add_writes_no_event
            renamed_user_is_found_by_the_new_name_alone
            taken_or_unknown_rename_writes_nothing
            concurrent_renames_to_one_name_rename_one_user
            users_are_listed_newest_first_in_pages
            new_user_does_not_shift_next_page
            imported_users_are_added_in_their_order
            imported_user_with_both_keys_is_already_there
            imported_user_with_a_taken_key_is_not_added
            event_is_written_with_each_imported_user
            imported_users_are_found_without_a_write
            concurrent_imports_add_each_user_once
            look_alike_username_is_refused
            look_alike_import_is_not_added
            concurrent_look_alike_adds_add_one_user
            concurrent_look_alike_renames_rename_one_user
            former_username_is_reserved_for_its_owner
            former_username_is_refused_to_others
            rename_in_another_spelling_reserves_nothing
            rename_beside_an_add_of_its_former_name_keeps_the_name
            purge_of_former_usernames_removes_ended_reservations
            sixth_former_username_ends_the_first_reservation
            former_usernames_of_a_user_are_listed
            disable_ends_every_session_for_good
            disable_beside_opens_leaves_no_session
            role_is_added_and_removed_once
            unknown_user_has_no_role
            thirty_third_role_is_refused
            deleted_user_gets_no_role
            requested_deletion_ends_sessions_and_keeps_browsers
            repeated_request_only_brings_a_deletion_forward
            user_whose_deletion_is_requested_opens_no_session
            deletion_is_undone_until_it_is_due
            due_deletions_are_listed_in_their_order
            completed_deletion_leaves_a_name_alone
            deleted_user_leaves_the_address_free_and_the_name_reserved
            request_beside_opens_leaves_no_session
            undo_beside_completion_has_one_winner
            role_beside_a_completion_is_removed_or_refused
            reset_token_beside_a_completion_is_removed_or_refused
            disable_beside_a_completion_leaves_a_deleted_user
            password_beside_a_completion_is_removed_or_refused
            import_beside_a_completion_gets_the_address_alone
            changed_address_is_found_and_the_former_is_free
            taken_or_unknown_change_of_address_writes_nothing
            change_of_address_whose_right_has_ended_writes_nothing
            address_is_taken_in_both_forms_of_its_domain
            concurrent_changes_to_one_address_change_one_user
        }
    };
}

/// `find` and `find_by_username` return the user as added, also with a name and an address of the greatest length.
pub async fn user_is_found_by_id_and_by_any_spelling_of_name(store: &AccountPorts) {
    let long_name = "ß".repeat(Username::MAX_LENGTH);
    let long_domain = ["b".repeat(62), "c".repeat(62), "d".repeat(55)].join(".");
    let long_address = format!("{}@{long_domain}.example", "A".repeat(64));
    assert_eq!(long_address.len(), Email::MAX_LENGTH);
    for (name, other_spelling, address) in [
        ("Ada_Lovelace", "ADA_LOVELACE", "Ada@Example.com"),
        ("李小龙", "李小龙", "lee@example.com"),
        (&long_name, &"SS".repeat(Username::MAX_LENGTH / 2), &long_address),
    ] {
        let new = NewUser {
            username: Username::parse(name).unwrap(),
            email: Email::parse(address).unwrap(),
            ..new_user("any")
        };
        let added = store.users.add(new.clone(), hash(), Alongside::nothing()).await.unwrap();

        let expected = User {
            id: added.id,
            username: new.username,
            email: new.email,
            joined_at: NOW,
            disabled_at: None,
            deletion: None,
        };
        assert_eq!(added, expected);
        assert_eq!(store.users.find(added.id).await.unwrap().as_ref(), Some(&expected));
        assert_eq!(store.users.find_by_username(&added.username).await.unwrap().as_ref(), Some(&expected));
        let other_spelling = Username::parse(other_spelling).unwrap();
        let found = store.users.find_by_username(&other_spelling).await.unwrap();
        assert_eq!(found.is_some(), other_spelling.key() == expected.username.key());
    }
}

/// In an empty store, `find` and `find_by_username` return `None` and `list` returns an empty page. Neither is an
/// error.
pub async fn unknown_user_is_not_found(store: &AccountPorts) {
    for id in [0, 1, -1, i64::MAX, i64::MIN] {
        assert_eq!(store.users.find(UserId::new(id)).await.unwrap(), None);
    }
    assert_eq!(store.users.find_by_username(&Username::parse("ada").unwrap()).await.unwrap(), None);
    let page = store.users.list(None, PageSize::DEFAULT).await.unwrap();
    assert_eq!((page.items, page.next), (vec![], None));
}

/// Usernames conflict by their keys. A rejected `add` writes nothing: its e-mail address stays free.
pub async fn username_is_taken_in_every_spelling(store: &AccountPorts) {
    add_user(store, "Strasse").await;
    for name in ["Strasse", "STRASSE", "Straße", "Ｓtrasse"] {
        let late = NewUser { username: Username::parse(name).unwrap(), ..new_user("late") };

        let result = store.users.add(late.clone(), hash(), Alongside::nothing()).await;

        let Err(AddUserError::Taken(taken)) = result else { panic!("{name}: {result:?}") };
        assert_eq!(taken, TakenKeys { username: true, look_alike: false, email: false });
        assert!(store.credentials.find_by_email(&late.email).await.unwrap().is_none());
    }
    assert_eq!(store.users.list(None, PageSize::DEFAULT).await.unwrap().items.len(), 1);
}

/// E-mail addresses conflict by their keys. A rejected `add` writes nothing: its username stays free.
pub async fn email_is_taken_in_every_spelling(store: &AccountPorts) {
    add_user(store, "ada").await;
    let zoe = NewUser { email: Email::parse("zoe@exämple.de").unwrap(), ..new_user("zoe") };
    store.users.add(zoe, hash(), Alongside::nothing()).await.unwrap();
    for address in [
        "ada@example.com",
        "ADA@EXAMPLE.COM",
        "Ada@example.com",
        "\"ada\"@example.com",
        "zoe@xn--exmple-cua.de",
        "Zoe@EXÄMPLE.de",
    ] {
        let late = NewUser { email: Email::parse(address).unwrap(), ..new_user("late") };

        let result = store.users.add(late.clone(), hash(), Alongside::nothing()).await;

        let Err(AddUserError::Taken(taken)) = result else { panic!("{address}: {result:?}") };
        assert_eq!(taken, TakenKeys { username: false, look_alike: false, email: true });
        assert_eq!(store.users.find_by_username(&late.username).await.unwrap(), None);
    }
}

/// Two domains that look alike when case is ignored are two.
pub async fn addresses_of_two_domains_are_two_addresses(store: &AccountPorts) {
    for (name, address) in [("ada", "ada@straße.de"), ("ben", "ada@strasse.de"), ("cleo", "ada@strasse.com")] {
        let new = NewUser { email: Email::parse(address).unwrap(), ..new_user(name) };
        let added = store.users.add(new, hash(), Alongside::nothing()).await.unwrap();
        assert_eq!(added.email.as_str(), address);
    }
    for (name, address) in [("ada", "ada@xn--strae-oqa.de"), ("ben", "ada@strasse.de")] {
        let found = store.credentials.find_by_email(&Email::parse(address).unwrap()).await.unwrap().unwrap();
        assert_eq!(found.user.username.as_str(), name, "{address}");
    }
}

/// `add` reports both keys, whether one user has both or two users have one each.
pub async fn add_reports_both_keys_if_both_are_taken(store: &AccountPorts) {
    let both = TakenKeys { username: true, look_alike: false, email: true };
    add_user(store, "ada").await;
    let ben = add_user(store, "ben").await;
    for late in [new_user("Ada"), NewUser { email: ben.email, ..new_user("ada") }] {
        let result = store.users.add(late, hash(), Alongside::nothing()).await;
        assert!(matches!(result, Err(AddUserError::Taken(taken)) if taken == both), "{result:?}");
    }
}

/// Of 20 concurrent `add`s with one username one succeeds. The others return `Taken`, not a failure of the store.
pub async fn concurrent_adds_of_one_username_add_one_user(store: &AccountPorts) {
    let users = (0..20).map(|n| NewUser { username: Username::parse("ada").unwrap(), ..new_user(&format!("ada{n}")) });
    assert_one_is_added(store, users.collect(), TakenKeys { username: true, look_alike: false, email: false }).await;
}

/// Of 20 concurrent `add`s with one e-mail address one succeeds. The others return `Taken`, not a failure of the store.
pub async fn concurrent_adds_of_one_email_add_one_user(store: &AccountPorts) {
    let users = (0..20).map(|n| NewUser { email: new_user("ada").email, ..new_user(&format!("ada{n}")) });
    assert_one_is_added(store, users.collect(), TakenKeys { username: false, look_alike: false, email: true }).await;
}

async fn assert_one_is_added(store: &AccountPorts, users: Vec<NewUser>, expected: TakenKeys) {
    let results = join_all(users.into_iter().map(|user| store.users.add(user, hash(), Alongside::nothing()))).await;

    let (added, rejected): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((added.len(), rejected.len()), (1, 19));
    for result in rejected {
        assert!(matches!(result, Err(AddUserError::Taken(taken)) if taken == expected), "{result:?}");
    }
    assert_eq!(store.users.list(None, PageSize::DEFAULT).await.unwrap().items.len(), 1);
}

/// A user to add with the registration key of that byte.
fn registered(name: &str, key: u8) -> NewUser {
    NewUser { registration_key: Some(RegistrationKey::new([key; 32])), ..new_user(name) }
}

/// A second `add` with the registration key of the first returns its user, and writes nothing. The password is not
/// compared. Another key, or none, is no repeat.
pub async fn repeated_registration_returns_its_user(store: &AccountPorts) {
    let ada = store.users.add(registered("ada", 1), hash(), Alongside::nothing()).await.unwrap();
    for _ in 0..2 {
        let repeat =
            store.users.add(registered("ada", 1), PasswordHash::new("$other".to_owned()), Alongside::nothing()).await;
        assert!(matches!(&repeat, Err(AddUserError::Repeated(user)) if **user == ada), "{repeat:?}");
    }
    let credential = store.credentials.find_by_email(&ada.email).await.unwrap().unwrap();
    assert_eq!(credential.hash.expose(), hash().expose());
    for other in [registered("ada", 2), new_user("ada")] {
        let result = store.users.add(other, hash(), Alongside::nothing()).await;
        assert!(matches!(result, Err(AddUserError::Taken(_))), "{result:?}");
    }
    assert_eq!(store.users.list(None, PageSize::DEFAULT).await.unwrap().items.len(), 1);
}

/// The key is recognized until its lifetime has ended, also while it is still stored. `purge_registration_keys` removes
/// ended keys only, the oldest first.
pub async fn registration_key_is_recognized_for_ten_minutes(store: &AccountPorts) {
    let lifetime = RegistrationKey::LIFETIME;
    let later = |name, key, after| NewUser { joined_at: NOW + after, ..registered(name, key) };
    let millisecond = Duration::from_millis(1);
    store.users.add(registered("ada", 1), hash(), Alongside::nothing()).await.unwrap();
    store.users.add(later("ben", 2, millisecond), hash(), Alongside::nothing()).await.unwrap();

    let repeat =
        store.users.add(later("ada", 1, lifetime.saturating_sub(millisecond)), hash(), Alongside::nothing()).await;
    assert!(matches!(repeat, Err(AddUserError::Repeated(_))), "{repeat:?}");
    let late = store.users.add(later("ada", 1, lifetime), hash(), Alongside::nothing()).await;
    assert!(matches!(late, Err(AddUserError::Taken(_))), "{late:?}");

    let purge = |after, limit| store.users.purge_registration_keys(NOW + after, limit);
    assert_eq!(purge(lifetime.saturating_sub(millisecond), 10).await.unwrap(), 0);
    assert_eq!(purge(lifetime + millisecond, 1).await.unwrap(), 1);
    let repeat = store.users.add(registered("ada", 1), hash(), Alongside::nothing()).await;
    assert!(matches!(repeat, Err(AddUserError::Taken(_))), "the key is removed: {repeat:?}");
    let repeat = store.users.add(registered("ben", 2), hash(), Alongside::nothing()).await;
    assert!(matches!(repeat, Err(AddUserError::Repeated(_))), "the newer key is stored: {repeat:?}");
    assert_eq!(purge(lifetime * 2, 10).await.unwrap(), 1);
}

/// The same key with other names adds another user. A repeat needs both names.
pub async fn registration_key_with_other_names_is_no_repeat(store: &AccountPorts) {
    store.users.add(registered("ada", 1), hash(), Alongside::nothing()).await.unwrap();
    store.users.add(registered("ben", 1), hash(), Alongside::nothing()).await.unwrap();
    for (name, other) in [("ada", "cleo"), ("cleo", "ada")] {
        let mixed = NewUser { email: new_user(other).email, ..registered(name, 1) };
        let result = store.users.add(mixed, hash(), Alongside::nothing()).await;
        assert!(matches!(result, Err(AddUserError::Taken(_))), "{result:?}");
    }
}

/// Of 20 concurrent `add`s of one submitted form one adds the user, and the others return that user.
pub async fn concurrent_repeats_of_a_registration_add_one_user(store: &AccountPorts) {
    let results = join_all((0..20).map(|_| store.users.add(registered("ada", 1), hash(), Alongside::nothing()))).await;

    let (added, repeated): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    let [Ok(ada)] = added.as_slice() else { panic!("{} were added", added.len()) };
    for result in repeated {
        assert!(matches!(&result, Err(AddUserError::Repeated(user)) if **user == *ada), "{result:?}");
    }
    assert_eq!(store.users.list(None, PageSize::DEFAULT).await.unwrap().items.len(), 1);
}

/// `add` writes the events alongside in their order, about the user that it adds.
pub async fn event_is_written_with_the_user_that_is_added(store: &AccountPorts) {
    let [first, second] = [EventKind::Registered, EventKind::LoggedIn].map(event);
    let alongside = Alongside { events: vec![first.clone(), second.clone()], own: None };
    let ada = store.users.add(new_user("ada"), hash(), alongside).await.unwrap();
    assert_eq!(events(store).await, [first.of(ada.id), second.of(ada.id)]);
}

/// An `add` that is rejected, or that repeats another one, writes nothing alongside.
pub async fn rejected_add_writes_no_event(store: &AccountPorts) {
    store.users.add(registered("ada", 1), hash(), Alongside::nothing()).await.unwrap();
    for late in [new_user("ada"), registered("ada", 1)] {
        let result = store.users.add(late, hash(), Alongside::event(event(EventKind::Registered))).await;
        assert!(matches!(result, Err(AddUserError::Taken(_) | AddUserError::Repeated(_))), "{result:?}");
    }
    assert_eq!(events(store).await, []);
}

/// In any spelling. The event is about the user; the same name again, in the same spelling, writes none.
pub async fn renamed_user_is_found_by_the_new_name_alone(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let renamed = event(EventKind::Renamed);
    for (name, former) in [("Grace", "ada"), ("GRACE", "ada"), ("GRACE", "ada")] {
        let name = Username::parse(name).unwrap();
        let user = store.users.rename(ada.id, name.clone(), NOW, Alongside::event(renamed.clone())).await.unwrap();
        assert_eq!(user, User { username: name, ..ada.clone() });
        assert_eq!(store.users.find(ada.id).await.unwrap(), Some(user.clone()));
        assert_eq!(store.users.find_by_username(&Username::parse("grace").unwrap()).await.unwrap(), Some(user));
        assert_eq!(store.users.find_by_username(&Username::parse(former).unwrap()).await.unwrap(), None);
    }
    assert_eq!(events(store).await, [renamed.clone().of(ada.id), renamed.of(ada.id)]);
}

/// A name that another user has in any spelling is `Taken`.
pub async fn taken_or_unknown_rename_writes_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    add_user(store, "Strasse").await;
    let rename = |user, name: &str| {
        let name = Username::parse(name).unwrap();
        store.users.rename(user, name, NOW, Alongside::event(event(EventKind::Renamed)))
    };
    for name in ["Strasse", "straße"] {
        let renamed = rename(ada.id, name).await;
        assert!(matches!(renamed, Err(RenameUserError::Taken)), "{name}: {renamed:?}");
    }
    let renamed = rename(UserId::new(i64::MAX), "grace").await;
    assert!(matches!(renamed, Err(RenameUserError::NotFound)), "{renamed:?}");
    assert_eq!(store.users.find(ada.id).await.unwrap(), Some(ada));
    assert_eq!(events(store).await, []);
}

/// The others are `Taken`, and keep their names.
pub async fn concurrent_renames_to_one_name_rename_one_user(store: &AccountPorts) {
    let mut users = Vec::new();
    for n in 0..8 {
        users.push(add_user(store, &format!("ada{n}")).await);
    }
    let grace = Username::parse("grace").unwrap();
    let results = users.iter().map(|user| store.users.rename(user.id, grace.clone(), NOW, Alongside::nothing()));
    let (renamed, rejected): (Vec<_>, Vec<_>) = join_all(results).await.into_iter().partition(Result::is_ok);
    assert_eq!((renamed.len(), rejected.len()), (1, 7));
    assert!(rejected.iter().all(|result| matches!(result, Err(RenameUserError::Taken))), "{rejected:?}");
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        let modules = [
            include_str!("contract.rs"),
            include_str!("contract/list.rs"),
            include_str!("contract/import.rs"),
            include_str!("contract/names.rs"),
            include_str!("contract/disable.rs"),
            include_str!("contract/roles.rs"),
            include_str!("contract/deletion.rs"),
            include_str!("contract/beside_deletion.rs"),
            include_str!("contract/change_email.rs"),
        ];
        let functions = modules.map(functions_in);
        assert_eq!(user_contract!(names), functions.concat());
    }
}
