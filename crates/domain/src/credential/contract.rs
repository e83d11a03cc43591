//! The contract functions of [`CredentialRepository`](super::CredentialRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

mod change;
mod reset;

pub use change::*;
pub use reset::*;

use super::PasswordHash;
use crate::AccountPorts;
use crate::contract::{add_user, hash, join_all};
use crate::user::{Email, User, UserId, Username};

/// Passes the names of all contract functions of credentials to the macro `$test`.
#[macro_export]
macro_rules! credential_contract {
    ($test:ident) => {
        $test! { credential:
            credential_is_found_by_any_spelling_of_email
            credential_is_found_by_any_spelling_of_username
            unknown_email_has_no_credential
            unknown_username_has_no_credential
            rehash_replaces_stale_hash
            rehash_of_changed_hash_writes_nothing
            concurrent_rehashes_store_one_hash
            credential_is_found_by_id
            change_replaces_hash_and_version
            change_ends_other_sessions_and_forgets_browsers
            change_writes_its_event
            outdated_change_writes_nothing
            change_of_unknown_user_is_not_found
            concurrent_changes_by_one_password_store_one_hash
            change_beside_opens_leaves_no_session
            rehash_beside_change_keeps_the_new_password
            reset_token_is_found_until_it_expires
            reset_token_changes_the_password_once
            change_removes_the_reset_tokens_of_its_user
            reset_token_of_a_disabled_or_unknown_user_does_not_work
            concurrent_changes_by_reset_tokens_store_one_hash
            twenty_first_reset_token_replaces_the_first
            reset_tokens_of_a_user_are_listed
            purge_of_reset_tokens_removes_expired_ones
            added_reset_token_writes_its_event
            deleted_user_gets_no_password_and_no_reset_token
        }
    };
}

fn other_hash(text: &str) -> PasswordHash {
    PasswordHash::new(text.to_owned())
}

async fn stored_hash(store: &AccountPorts, user: &User) -> String {
    let found = store.credentials.find_by_email(&user.email).await.unwrap();
    found.unwrap().hash.expose().to_owned()
}

/// `find_by_email` returns the hash with its user.
pub async fn credential_is_found_by_any_spelling_of_email(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    add_user(store, "ben").await;
    for address in ["ada@example.com", "ADA@Example.COM", "\"ada\"@example.com"] {
        let found = store.credentials.find_by_email(&Email::parse(address).unwrap()).await.unwrap().unwrap();
        assert_eq!((found.user, found.hash.expose()), (ada.clone(), hash().expose()));
    }
}

/// `find_by_username` returns the hash with its user.
pub async fn credential_is_found_by_any_spelling_of_username(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    add_user(store, "ben").await;
    for name in ["ada", "ADA", "Ａda"] {
        let found = store.credentials.find_by_username(&Username::parse(name).unwrap()).await.unwrap().unwrap();
        assert_eq!((found.user, found.hash.expose()), (ada.clone(), hash().expose()));
    }
}

/// `find_by_email` returns `None` for an unknown address, not an error.
pub async fn unknown_email_has_no_credential(store: &AccountPorts) {
    add_user(store, "ada").await;
    let found = store.credentials.find_by_email(&Email::parse("ben@example.com").unwrap()).await.unwrap();
    assert!(found.is_none());
}

/// `find_by_username` returns `None` for an unknown name, not an error.
pub async fn unknown_username_has_no_credential(store: &AccountPorts) {
    add_user(store, "ada").await;
    let found = store.credentials.find_by_username(&Username::parse("ben").unwrap()).await.unwrap();
    assert!(found.is_none());
}

/// `rehash` changes the hash of that user only.
pub async fn rehash_replaces_stale_hash(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);

    assert!(store.credentials.rehash(ada.id, &hash(), &other_hash("fresh")).await.unwrap());

    assert_eq!(stored_hash(store, &ada).await, "fresh");
    assert_eq!(stored_hash(store, &ben).await, hash().expose());
}

/// `rehash` returns `false` if the password was changed in the meantime or there is no such user.
pub async fn rehash_of_changed_hash_writes_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;

    assert!(!store.credentials.rehash(ada.id, &other_hash("stale"), &other_hash("fresh")).await.unwrap());
    assert!(!store.credentials.rehash(UserId::new(i64::MAX), &hash(), &other_hash("fresh")).await.unwrap());

    assert_eq!(stored_hash(store, &ada).await, hash().expose());
}

/// Of two concurrent `rehash`es of one stale hash, as two log-ins make them, one writes and returns `true`.
pub async fn concurrent_rehashes_store_one_hash(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let rehash = async |fresh| store.credentials.rehash(ada.id, &hash(), &other_hash(fresh)).await.unwrap();

    let is_written = join_all([rehash("first"), rehash("second")]).await;

    let expected = if is_written[0] { "first" } else { "second" };
    assert_eq!((is_written[0] != is_written[1], stored_hash(store, &ada).await.as_str()), (true, expected));
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        let modules =
            [include_str!("contract.rs"), include_str!("contract/change.rs"), include_str!("contract/reset.rs")];
        assert_eq!(credential_contract!(names), modules.map(functions_in).concat());
    }
}
