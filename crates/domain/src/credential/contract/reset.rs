//! The contract functions of reset tokens.

use std::time::Duration;

use super::{other_hash, stored_hash};
use crate::contract::{NOW, add_user, event, events, hash, join_all};
use crate::credential::{
    ChangeAuthority, MOST_RESET_TOKENS, NewResetToken, PasswordChange, PasswordChangeError, RESET_LIFETIME, ResetDigest,
};
use crate::event::EventKind;
use crate::session::OtherSessions;
use crate::user::{User, UserId};
use crate::{AccountPorts, Alongside, Timestamp};

fn digest(n: u8) -> ResetDigest {
    ResetDigest::new([n; 32])
}

async fn add(store: &AccountPorts, user: UserId, n: u8, made_at: Timestamp) -> bool {
    let token = NewResetToken { digest: digest(n), user, made_at };
    store.credentials.add_reset_token(token, Alongside::nothing()).await.unwrap()
}

async fn works(store: &AccountPorts, n: u8, now: Timestamp) -> bool {
    store.credentials.find_by_reset_token(digest(n), now).await.unwrap().is_some()
}

async fn change(
    store: &AccountPorts,
    user: &User,
    authorized_by: ChangeAuthority,
    text: &str,
) -> Result<OtherSessions, PasswordChangeError> {
    let change = PasswordChange { user: user.id, hash: other_hash(text), authorized_by, keep: None };
    store.credentials.change(change, Alongside::event(event(EventKind::PasswordChanged))).await
}

fn by_token(n: u8, now: Timestamp) -> ChangeAuthority {
    ChangeAuthority::ResetToken { digest: digest(n), now }
}

/// It works from the time at which it is made, and returns its user.
pub async fn reset_token_is_found_until_it_expires(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    assert!(add(store, ada.id, 1, NOW).await);
    let end = NOW + RESET_LIFETIME;
    let found = store.credentials.find_by_reset_token(digest(1), end - Duration::from_millis(1)).await.unwrap();
    assert_eq!(found, Some(ada.clone()));
    assert!(works(store, 1, NOW).await && !works(store, 1, end).await && !works(store, 2, NOW).await);
    let late = change(store, &ada, by_token(1, end), "late").await;
    assert!(matches!(late, Err(PasswordChangeError::Outdated)), "{late:?}");
    assert_eq!(stored_hash(store, &ada).await, hash().expose());
}

/// A second change by it is refused, and so is one of another user. Neither writes anything.
pub async fn reset_token_changes_the_password_once(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    add(store, ada.id, 1, NOW).await;
    let of_another = change(store, &ben, by_token(1, NOW), "stolen").await;
    assert!(matches!(of_another, Err(PasswordChangeError::Outdated)), "{of_another:?}");
    change(store, &ada, by_token(1, NOW), "first").await.unwrap();
    let again = change(store, &ada, by_token(1, NOW), "second").await;
    assert!(matches!(again, Err(PasswordChangeError::Outdated)), "{again:?}");
    assert_eq!(
        (stored_hash(store, &ada).await.as_str(), stored_hash(store, &ben).await.as_str()),
        ("first", hash().expose())
    );
    assert!(!works(store, 1, NOW).await);
    assert_eq!(events(store).await, [event(EventKind::PasswordChanged).of(ada.id)]);
}

/// Whatever authorizes the change. Those of another user work on.
pub async fn change_removes_the_reset_tokens_of_its_user(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    add(store, ben.id, 9, NOW).await;
    let current =
        async || ChangeAuthority::CurrentPassword(store.credentials.find(ada.id).await.unwrap().unwrap().version);
    for (n, authority) in [(1, by_token(1, NOW)), (2, ChangeAuthority::Operator), (3, current().await)] {
        let authority = if let ChangeAuthority::CurrentPassword(_) = authority { current().await } else { authority };
        add(store, ada.id, n, NOW).await;
        add(store, ada.id, n + 10, NOW).await;
        change(store, &ada, authority, "fresh").await.unwrap();
        assert!(!works(store, n, NOW).await && !works(store, n + 10, NOW).await, "{authority:?}");
    }
    assert!(works(store, 9, NOW).await);
}

/// Nor does one of a user who is disabled after it was made. It is not used up: it works again once the user is enabled.
pub async fn reset_token_of_a_disabled_or_unknown_user_does_not_work(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    assert!(!add(store, UserId::new(i64::MAX), 2, NOW).await);
    assert!(add(store, ada.id, 1, NOW).await);
    store.users.disable(ada.id, NOW, Alongside::nothing()).await.unwrap();
    assert!(!works(store, 1, NOW).await && !works(store, 2, NOW).await);
    let refused = change(store, &ada, by_token(1, NOW), "fresh").await;
    assert!(matches!(refused, Err(PasswordChangeError::Outdated)), "{refused:?}");
    store.users.enable(ada.id, Alongside::nothing()).await.unwrap();
    assert!(works(store, 1, NOW).await);
}

/// Of one token, and of two tokens of one user.
pub async fn concurrent_changes_by_reset_tokens_store_one_hash(store: &AccountPorts) {
    for round in 0..10 {
        let ada = add_user(store, &format!("ada{round}")).await;
        let (one, other) = (round * 2, round * 2 + 1);
        for n in [one, other] {
            add(store, ada.id, n, NOW).await;
        }
        let attempts = [(one, "first"), (one, "second"), (other, "third"), (other, "fourth")];
        let results = join_all(attempts.map(|(n, text)| change(store, &ada, by_token(n, NOW), text))).await;
        let changed: Vec<_> = results.iter().zip(attempts).filter(|(result, _)| result.is_ok()).collect();
        assert!(
            results.iter().all(|result| matches!(result, Ok(_) | Err(PasswordChangeError::Outdated))),
            "{results:?}"
        );
        assert_eq!(changed.len(), 1, "{results:?}");
        assert_eq!(stored_hash(store, &ada).await, changed[0].1.1);
    }
}

/// A repeated request for a link cannot fill the table.
pub async fn twenty_first_reset_token_replaces_the_first(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await.id, add_user(store, "ben").await.id);
    add(store, ben, 200, NOW).await;
    let later = |n: u8| NOW + Duration::from_secs(n.into());
    for n in 0..=20 {
        add(store, ada, n, later(n)).await;
    }
    assert_eq!(MOST_RESET_TOKENS, 20);
    assert!(!works(store, 0, later(20)).await && works(store, 1, later(20)).await && works(store, 20, later(20)).await);
    assert!(works(store, 200, later(20)).await);
}

/// By the time at which each expires, and no other user's.
pub async fn reset_tokens_of_a_user_are_listed(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await.id, add_user(store, "ben").await.id);
    let later = NOW + Duration::from_secs(1);
    for (n, user, made_at) in [(1, ada, later), (2, ada, NOW), (3, ben, NOW)] {
        add(store, user, n, made_at).await;
    }
    let listed = [NOW, later].map(|made_at| made_at + RESET_LIFETIME);
    assert_eq!(store.credentials.list_reset_tokens(ada).await.unwrap(), listed);
    assert_eq!(store.credentials.list_reset_tokens(UserId::new(i64::MAX)).await.unwrap(), []);
}

/// Up to the limit, the first to expire first.
pub async fn purge_of_reset_tokens_removes_expired_ones(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    let later = |n: u8| NOW + Duration::from_secs(n.into());
    for n in 0..3 {
        add(store, ada, n, later(n)).await;
    }
    let purge = |at: Timestamp, limit| store.credentials.purge_reset_tokens(at + RESET_LIFETIME, limit);
    assert_eq!(purge(NOW - Duration::from_millis(1), 10).await.unwrap(), 0);
    assert_eq!(purge(later(2), 0).await.unwrap(), 0);
    assert_eq!(purge(later(1), 1).await.unwrap(), 1);
    assert!(!works(store, 0, NOW).await && works(store, 1, NOW).await, "the first to expire is gone");
    assert_eq!(purge(later(1), 10).await.unwrap(), 1);
    assert!(!works(store, 1, NOW).await && works(store, 2, NOW).await);
}

/// About its user.
pub async fn added_reset_token_writes_its_event(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    let made = event(EventKind::ResetLinkMade);
    for user in [ada, UserId::new(i64::MAX)] {
        let token = NewResetToken { digest: digest(1), user, made_at: NOW };
        let is_added = store.credentials.add_reset_token(token, Alongside::event(made.clone())).await.unwrap();
        assert_eq!(is_added, user == ada);
    }
    assert_eq!(events(store).await, [made.of(ada)]);
}

/// The row of the user stays after a deletion, but nobody can log in to it any more.
pub async fn deleted_user_gets_no_password_and_no_reset_token(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    store.users.request_deletion(ada.id, NOW, NOW, Alongside::nothing()).await.unwrap();
    store.users.complete_deletion(ada.id, NOW, Alongside::nothing()).await.unwrap();
    let changed = change(store, &ada, ChangeAuthority::Operator, "fresh").await;
    assert!(matches!(changed, Err(PasswordChangeError::NotFound)), "{changed:?}");
    assert!(!add(store, ada.id, 1, NOW).await && !works(store, 1, NOW).await);
    assert_eq!(events(store).await, []);
}
