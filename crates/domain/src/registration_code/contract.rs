//! The contract functions of [`RegistrationCodeRepository`](super::RegistrationCodeRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

use std::time::Duration;

use super::{CodeDigest, CodeId, CodeNote, CodeUses, LISTED_FOR, NewCode, StoredCode};
use crate::contract::{NOW, event, events, hash, join_all, join_both, new_user};
use crate::event::EventKind;
use crate::user::{AddUserError, NewUser, RegistrationKey};
use crate::{AccountPorts, Alongside, PageSize, Timestamp};

/// Passes the names of all contract functions of registration codes to the macro `$test`.
#[macro_export]
macro_rules! registration_code_contract {
    ($test:ident) => {
        $test! { registration_code:
            code_is_found_and_listed_with_every_field
            code_is_usable_until_it_ends_is_used_up_or_revoked
            revoke_of_an_unknown_or_revoked_code_writes_nothing
            codes_are_listed_newest_first_in_pages
            code_is_used_up_with_the_user
            unusable_code_adds_no_user
            refused_or_repeated_registration_uses_no_code
            concurrent_adds_use_a_code_as_often_as_it_allows
            revoke_beside_an_add_leaves_no_use_after_it
            purge_removes_codes_90_days_after_their_end
        }
    };
}

const HOUR: Duration = Duration::from_hours(1);

fn digest(n: u8) -> CodeDigest {
    CodeDigest::new([n; 32])
}

/// A code of one use and one hour.
fn code(n: u8) -> NewCode {
    NewCode { digest: digest(n), uses: CodeUses::ONE, note: None, created_at: NOW, expires_at: NOW + HOUR }
}

/// A user who registers with the code.
fn with_code(name: &str, n: u8) -> NewUser {
    NewUser { code: Some(digest(n)), ..new_user(name) }
}

async fn add(store: &AccountPorts, code: NewCode) -> CodeId {
    store.registration_codes.add(code, Alongside::nothing()).await.unwrap()
}

async fn list(store: &AccountPorts) -> Vec<StoredCode> {
    store.registration_codes.list(None, PageSize::clamped(100)).await.unwrap().items
}

async fn user_count(store: &AccountPorts) -> usize {
    store.users.list(None, PageSize::clamped(100)).await.unwrap().items.len()
}

/// The event of a code is about no user.
pub async fn code_is_found_and_listed_with_every_field(store: &AccountPorts) {
    assert_eq!(store.registration_codes.find_usable(digest(1), NOW).await.unwrap(), None);
    let note = CodeNote::parse(&"ä".repeat(CodeNote::MAX_LENGTH)).unwrap();
    let new = NewCode { uses: CodeUses::MAX, note: Some(note.clone()), ..code(1) };
    let made = event(EventKind::RegistrationCodeMade);

    let id = store.registration_codes.add(new, Alongside::event(made.clone())).await.unwrap();

    let expected = StoredCode {
        id,
        uses: CodeUses::MAX,
        used: 0,
        note: Some(note),
        created_at: NOW,
        expires_at: NOW + HOUR,
        revoked_at: None,
    };
    assert_eq!(store.registration_codes.find_usable(digest(1), NOW).await.unwrap().as_ref(), Some(&expected));
    assert_eq!(list(store).await, [expected]);
    assert_eq!(events(store).await, [made.about(&id.name())]);
}

/// `find_usable` finds it until then. The event of a revoked code is written with it.
pub async fn code_is_usable_until_it_ends_is_used_up_or_revoked(store: &AccountPorts) {
    let usable = |n, at| store.registration_codes.find_usable(digest(n), at);
    for n in 1..=3 {
        add(store, code(n)).await;
    }
    let id = list(store).await[0].id;
    let last = NOW + HOUR.saturating_sub(Duration::from_millis(1));
    assert!(usable(1, last).await.unwrap().is_some());
    assert_eq!(usable(1, NOW + HOUR).await.unwrap(), None);

    store.users.add(with_code("ada", 2), hash(), Alongside::nothing()).await.unwrap();
    assert_eq!(usable(2, NOW).await.unwrap(), None);

    let revoked = event(EventKind::RegistrationCodeRevoked);
    assert!(store.registration_codes.revoke(id, NOW, Alongside::event(revoked.clone())).await.unwrap());
    assert_eq!(usable(3, NOW).await.unwrap(), None);
    assert_eq!(list(store).await[0].revoked_at, Some(NOW));
    assert_eq!(events(store).await, [revoked]);
}

/// It returns `false`.
pub async fn revoke_of_an_unknown_or_revoked_code_writes_nothing(store: &AccountPorts) {
    let id = add(store, code(1)).await;
    let revoked = event(EventKind::RegistrationCodeRevoked);
    for (id, at, expected) in [(id, NOW, true), (id, NOW + HOUR, false), (CodeId::new(i64::MAX), NOW, false)] {
        let result = store.registration_codes.revoke(id, at, Alongside::event(revoked.clone())).await;
        assert_eq!(result.unwrap(), expected);
    }
    assert_eq!((list(store).await[0].revoked_at, events(store).await.len()), (Some(NOW), 1));
}

/// Each once, also where another one is added between two pages.
pub async fn codes_are_listed_newest_first_in_pages(store: &AccountPorts) {
    let mut ids = Vec::new();
    for n in 1..=5 {
        ids.insert(0, add(store, code(n)).await);
    }
    let (mut listed, mut before) = (vec![], None);
    for n in 6..9 {
        let page = store.registration_codes.list(before, PageSize::clamped(2)).await.unwrap();
        listed.extend(page.items.iter().map(|code| code.id));
        before = page.next;
        add(store, code(n)).await;
    }
    assert_eq!((listed, before), (ids, None));
}

/// In the commit of the user, once each.
pub async fn code_is_used_up_with_the_user(store: &AccountPorts) {
    add(store, NewCode { uses: CodeUses::new(2).unwrap(), ..code(1) }).await;
    for (name, used) in [("ada", 1), ("ben", 2)] {
        store.users.add(with_code(name, 1), hash(), Alongside::nothing()).await.unwrap();
        assert_eq!(list(store).await[0].used, used);
    }
    let refused = store.users.add(with_code("cleo", 1), hash(), Alongside::nothing()).await;
    assert!(matches!(refused, Err(AddUserError::Code)), "{refused:?}");
    assert_eq!((list(store).await[0].used, user_count(store).await), (2, 2));
}

/// An unknown one, one that has ended at the user's `joined_at`, and a revoked one. Nothing is written.
pub async fn unusable_code_adds_no_user(store: &AccountPorts) {
    add(store, code(1)).await;
    let revoked = add(store, code(2)).await;
    store.registration_codes.revoke(revoked, NOW, Alongside::nothing()).await.unwrap();
    let late = NewUser { joined_at: NOW + HOUR, ..with_code("ada", 1) };
    for user in [with_code("ada", 9), late, with_code("ada", 2)] {
        let added = store.users.add(user, hash(), Alongside::event(event(EventKind::Registered))).await;
        assert!(matches!(added, Err(AddUserError::Code)), "{added:?}");
    }
    assert_eq!((user_count(store).await, events(store).await), (0, vec![]));
    assert!(list(store).await.iter().all(|code| code.used == 0));
}

/// A taken name uses none, and a repeat of a registration none either, also where the code is used up by it.
pub async fn refused_or_repeated_registration_uses_no_code(store: &AccountPorts) {
    add(store, code(1)).await;
    let ada = NewUser { registration_key: Some(RegistrationKey::new([1; 32])), ..with_code("ada", 1) };
    let added = store.users.add(ada.clone(), hash(), Alongside::nothing()).await.unwrap();
    let repeat = store.users.add(ada.clone(), hash(), Alongside::nothing()).await;
    assert!(matches!(&repeat, Err(AddUserError::Repeated(user)) if **user == added), "{repeat:?}");
    assert_eq!(store.users.find_repeated(ada.clone()).await.unwrap(), Some(added));
    let other = NewUser { joined_at: NOW + RegistrationKey::LIFETIME, ..ada };
    assert_eq!(store.users.find_repeated(other).await.unwrap(), None);
    assert_eq!(store.users.find_repeated(with_code("ada", 1)).await.unwrap(), None);

    add(store, code(2)).await;
    let taken = store.users.add(with_code("ADA", 2), hash(), Alongside::nothing()).await;
    assert!(matches!(taken, Err(AddUserError::Taken(_))), "{taken:?}");
    assert_eq!(list(store).await.iter().map(|code| code.used).collect::<Vec<_>>(), [0, 1]);
}

/// Of 20 concurrent `add`s with a code of three uses, three succeed, and the others return `Code`.
pub async fn concurrent_adds_use_a_code_as_often_as_it_allows(store: &AccountPorts) {
    add(store, NewCode { uses: CodeUses::new(3).unwrap(), ..code(1) }).await;
    let adds = (0..20).map(|n| store.users.add(with_code(&format!("ada{n}"), 1), hash(), Alongside::nothing()));
    let (added, refused): (Vec<_>, Vec<_>) = join_all(adds).await.into_iter().partition(Result::is_ok);
    assert!(refused.iter().all(|result| matches!(result, Err(AddUserError::Code))), "{refused:?}");
    assert_eq!((added.len(), user_count(store).await, list(store).await[0].used), (3, 3, 3));
}

/// Whichever commits first: the code has registered as many users as it says, and registers none later.
pub async fn revoke_beside_an_add_leaves_no_use_after_it(store: &AccountPorts) {
    for n in 0..10 {
        let uses = CodeUses::new(10).unwrap();
        let id = add(store, NewCode { uses, ..code(n) }).await;
        let adds = join_all(
            (0..3).map(|user| store.users.add(with_code(&format!("ada-{n}-{user}"), n), hash(), Alongside::nothing())),
        );
        let (added, revoked) = join_both(adds, store.registration_codes.revoke(id, NOW, Alongside::nothing())).await;
        assert!(revoked.unwrap());
        let added = added.iter().filter(|result| result.is_ok()).count();
        assert_eq!(list(store).await[0].used as usize, added);
        let late = store.users.add(with_code(&format!("late-{n}"), n), hash(), Alongside::nothing()).await;
        assert!(matches!(late, Err(AddUserError::Code)), "{late:?}");
    }
}

/// Up to the limit, the oldest first.
pub async fn purge_removes_codes_90_days_after_their_end(store: &AccountPorts) {
    for n in 1..=3 {
        add(store, NewCode { expires_at: NOW + HOUR * u32::from(n), ..code(n) }).await;
    }
    let purge = |at: Timestamp, limit| store.registration_codes.purge(at, limit);
    let end = NOW + HOUR + LISTED_FOR;
    assert_eq!(purge(NOW + HOUR * 9, 10).await.unwrap(), 0);
    assert_eq!(purge(end + HOUR, 1).await.unwrap(), 1);
    assert_eq!(
        list(store).await.iter().map(|code| code.expires_at).collect::<Vec<_>>(),
        [NOW + HOUR * 3, NOW + HOUR * 2]
    );
    assert_eq!(purge(end + HOUR, 10).await.unwrap(), 1);
    assert_eq!(list(store).await.len(), 1);
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        assert_eq!(registration_code_contract!(names), functions_in(include_str!("contract.rs")));
    }
}
