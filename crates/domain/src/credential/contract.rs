//! What every store of password hashes must do.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a promise panics where it is broken")]

use super::PasswordHash;
use crate::AccountPorts;
use crate::contract::{add_user, hash, side_by_side};
use crate::user::{Email, User, UserId};

/// Hands the names of all promises about credentials to the macro `$test`.
#[macro_export]
macro_rules! credential_promises {
    ($test:ident) => {
        $test! { credential:
            a_hash_is_found_by_the_address_in_whatever_spelling
            a_stranger_has_no_hash
            a_rehash_replaces_what_it_was_made_from
            a_rehash_of_what_is_gone_writes_nothing
            of_two_rehashes_one_is_stored
        }
    };
}

fn other_hash(text: &str) -> PasswordHash {
    PasswordHash::new(text.to_owned())
}

async fn stored(store: &AccountPorts, user: &User) -> String {
    let found = store.credentials.find_by_email(&user.email).await.unwrap();
    found.unwrap().hash.expose().to_owned()
}

/// With the user it belongs to.
pub async fn a_hash_is_found_by_the_address_in_whatever_spelling(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    add_user(store, "ben").await;
    for address in ["ada@example.com", "ADA@Example.COM"] {
        let found = store.credentials.find_by_email(&Email::parse(address).unwrap()).await.unwrap().unwrap();
        assert_eq!((found.user, found.hash.expose()), (ada.clone(), hash().expose()));
    }
}

/// Not an error: `None`.
pub async fn a_stranger_has_no_hash(store: &AccountPorts) {
    add_user(store, "ada").await;
    let found = store.credentials.find_by_email(&Email::parse("ben@example.com").unwrap()).await.unwrap();
    assert!(found.is_none());
}

/// For that user alone.
pub async fn a_rehash_replaces_what_it_was_made_from(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);

    assert!(store.credentials.rehash(ada.id, &hash(), &other_hash("dearer")).await.unwrap());

    assert_eq!(stored(store, &ada).await, "dearer");
    assert_eq!(stored(store, &ben).await, hash().expose());
}

/// The password was changed meanwhile, or the user is gone.
pub async fn a_rehash_of_what_is_gone_writes_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;

    assert!(!store.credentials.rehash(ada.id, &other_hash("stale"), &other_hash("dearer")).await.unwrap());
    assert!(!store.credentials.rehash(UserId::new(i64::MAX), &hash(), &other_hash("dearer")).await.unwrap());

    assert_eq!(stored(store, &ada).await, hash().expose());
}

/// Two log-ins at once both find the old hash.
pub async fn of_two_rehashes_one_is_stored(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let rehash = async |fresh| store.credentials.rehash(ada.id, &hash(), &other_hash(fresh)).await.unwrap();

    let told = side_by_side([rehash("one"), rehash("two")]).await;

    let expected = if told[0] { "one" } else { "two" };
    assert_eq!((told[0] != told[1], stored(store, &ada).await.as_str()), (true, expected));
}

#[cfg(test)]
mod tests {
    use crate::contract::{names, promises_in};

    #[test]
    fn the_list_names_every_promise() {
        assert_eq!(credential_promises!(names), promises_in(include_str!("contract.rs")));
    }
}
