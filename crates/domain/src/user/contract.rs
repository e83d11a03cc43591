//! What every store of users must do.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a promise panics where it is broken")]

use super::{AddUserError, Email, NewUser, TakenKeys, User, UserId, Username};
use crate::contract::{THEN, add_user, hash, new_user, side_by_side};
use crate::{AccountPorts, PageSize};

/// Hands the names of all promises about users to the macro `$test`.
#[macro_export]
macro_rules! user_promises {
    ($test:ident) => {
        $test! { user:
            a_user_is_found_as_they_were_added
            nobody_is_found_where_nobody_is
            a_name_is_taken_in_every_spelling
            an_address_is_taken_in_every_spelling
            both_are_told_where_both_are_taken
            of_twenty_who_want_one_name_one_has_it
            of_twenty_who_give_one_address_one_has_it
            users_are_listed_by_pages_the_newest_first
            who_joins_meanwhile_shifts_no_page
        }
    };
}

/// By number and by name, in whatever spelling; with names and addresses as long as they may be.
pub async fn a_user_is_found_as_they_were_added(store: &AccountPorts) {
    let long_name = "ß".repeat(Username::MAX_LENGTH);
    let long_domain = ["b".repeat(62), "c".repeat(62), "d".repeat(55)].join(".");
    let long_address = format!("{}@{long_domain}.example", "A".repeat(64));
    assert_eq!(long_address.len(), Email::MAX_LENGTH);
    for (name, other_spelling, address) in [
        ("Ada_Lovelace", "ADA_LOVELACE", "Ada@Example.com"),
        ("李小龙", "李小龙", "lee@example.com"),
        (&long_name, &"SS".repeat(Username::MAX_LENGTH / 2), &long_address),
    ] {
        let joins = NewUser {
            username: Username::parse(name).unwrap(),
            email: Email::parse(address).unwrap(),
            ..new_user("any")
        };
        let added = store.users.add(joins.clone(), hash()).await.unwrap();

        let expected =
            User { id: added.id, username: joins.username, email: joins.email, joined_at: THEN, disabled_at: None };
        assert_eq!(added, expected);
        assert_eq!(store.users.find(added.id).await.unwrap().as_ref(), Some(&expected));
        assert_eq!(store.users.find_by_username(&added.username).await.unwrap().as_ref(), Some(&expected));
        let other_spelling = Username::parse(other_spelling).unwrap();
        let found = store.users.find_by_username(&other_spelling).await.unwrap();
        assert_eq!(found.is_some(), other_spelling.key() == expected.username.key());
    }
}

/// Not an error: `None`, and an empty list.
pub async fn nobody_is_found_where_nobody_is(store: &AccountPorts) {
    for id in [0, 1, -1, i64::MAX, i64::MIN] {
        assert_eq!(store.users.find(UserId::new(id)).await.unwrap(), None);
    }
    assert_eq!(store.users.find_by_username(&Username::parse("ada").unwrap()).await.unwrap(), None);
    let page = store.users.list(None, PageSize::DEFAULT).await.unwrap();
    assert_eq!((page.items, page.next), (vec![], None));
}

/// And nothing is written of whoever came too late: the address they gave is free.
pub async fn a_name_is_taken_in_every_spelling(store: &AccountPorts) {
    add_user(store, "Strasse").await;
    for name in ["Strasse", "STRASSE", "Straße", "Ｓtrasse"] {
        let late = NewUser { username: Username::parse(name).unwrap(), ..new_user("late") };

        let told = store.users.add(late.clone(), hash()).await;

        let Err(AddUserError::Taken(taken)) = told else { panic!("{name}: {told:?}") };
        assert_eq!(taken, TakenKeys { username: true, email: false });
        assert!(store.credentials.find_by_email(&late.email).await.unwrap().is_none());
    }
    assert_eq!(store.users.list(None, PageSize::DEFAULT).await.unwrap().items.len(), 1);
}

/// And nothing is written of whoever came too late: the name they chose is free.
pub async fn an_address_is_taken_in_every_spelling(store: &AccountPorts) {
    add_user(store, "ada").await;
    for address in ["ada@example.com", "ADA@EXAMPLE.COM", "Ada@example.com"] {
        let late = NewUser { email: Email::parse(address).unwrap(), ..new_user("late") };

        let told = store.users.add(late.clone(), hash()).await;

        let Err(AddUserError::Taken(taken)) = told else { panic!("{address}: {told:?}") };
        assert_eq!(taken, TakenKeys { username: false, email: true });
        assert_eq!(store.users.find_by_username(&late.username).await.unwrap(), None);
    }
}

/// Whether one user has both or two have one each.
pub async fn both_are_told_where_both_are_taken(store: &AccountPorts) {
    let both = TakenKeys { username: true, email: true };
    add_user(store, "ada").await;
    let ben = add_user(store, "ben").await;
    for late in [new_user("Ada"), NewUser { email: ben.email, ..new_user("ada") }] {
        let told = store.users.add(late, hash()).await;
        assert!(matches!(told, Err(AddUserError::Taken(taken)) if taken == both), "{told:?}");
    }
}

/// The others are told, and no failure: uniqueness is the store's, and not whoever looks first.
pub async fn of_twenty_who_want_one_name_one_has_it(store: &AccountPorts) {
    let twenty = (0..20).map(|n| NewUser { username: Username::parse("ada").unwrap(), ..new_user(&format!("ada{n}")) });
    one_of(store, twenty.collect(), TakenKeys { username: true, email: false }).await;
}

/// As with names.
pub async fn of_twenty_who_give_one_address_one_has_it(store: &AccountPorts) {
    let twenty = (0..20).map(|n| NewUser { email: new_user("ada").email, ..new_user(&format!("ada{n}")) });
    one_of(store, twenty.collect(), TakenKeys { username: false, email: true }).await;
}

async fn one_of(store: &AccountPorts, at_once: Vec<NewUser>, others_are_told: TakenKeys) {
    let told = side_by_side(at_once.into_iter().map(|user| store.users.add(user, hash()))).await;

    let (added, refused): (Vec<_>, Vec<_>) = told.into_iter().partition(Result::is_ok);
    assert_eq!((added.len(), refused.len()), (1, 19));
    for told in refused {
        assert!(matches!(told, Err(AddUserError::Taken(taken)) if taken == others_are_told), "{told:?}");
    }
    assert_eq!(store.users.list(None, PageSize::DEFAULT).await.unwrap().items.len(), 1);
}

/// Each once, and the last page says that it is the last.
pub async fn users_are_listed_by_pages_the_newest_first(store: &AccountPorts) {
    for name in ["ada", "ben", "cleo", "dan", "eve"] {
        add_user(store, name).await;
    }
    let (mut listed, mut before) = (vec![], None);
    for _ in 0..3 {
        let page = store.users.list(before, PageSize::clamped(2)).await.unwrap();
        listed.push(page.items.iter().map(|user| user.username.to_string()).collect::<Vec<_>>().join(" "));
        before = page.next;
    }
    assert_eq!((listed.join(", "), before), ("eve dan, cleo ben, ada".to_owned(), None));
}

/// The next page begins where the last one ended, whoever came on top.
pub async fn who_joins_meanwhile_shifts_no_page(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let ben = add_user(store, "ben").await;
    let first = store.users.list(None, PageSize::clamped(1)).await.unwrap();
    add_user(store, "cleo").await;
    let second = store.users.list(first.next, PageSize::clamped(1)).await.unwrap();
    assert_eq!((first.items, second.items, second.next), (vec![ben], vec![ada], None));
}

#[cfg(test)]
mod tests {
    use crate::contract::{names, promises_in};

    #[test]
    fn the_list_names_every_promise() {
        assert_eq!(user_promises!(names), promises_in(include_str!("contract.rs")));
    }
}
