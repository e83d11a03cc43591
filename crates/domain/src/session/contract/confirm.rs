//! The contract functions of `confirm`.

use super::{digest, is_open, later, open, record};
use crate::contract::{add_user, event, events, join_all, join_both};
use crate::event::EventKind;
use crate::session::SessionRecord;
use crate::{AccountPorts, Alongside};

/// `confirm` changes the digest and the time of that session, writes its event, and changes no other session.
pub async fn confirm_changes_digest_and_authentication_only(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let (id, _) = (open(store, &ada, 1).await, open(store, &ada, 2).await);
    let confirmed = event(EventKind::PasswordConfirmed);

    let alongside = Alongside::event(confirmed.clone());
    assert_eq!(store.sessions.confirm(digest(1), digest(3), later(70), alongside).await.unwrap(), Some(id));

    assert!(!is_open(store, 1).await, "the former token opens nothing");
    let expected = SessionRecord { authenticated_at: later(70), ..record(&ada) };
    let found = store.sessions.find(digest(3)).await.unwrap().unwrap();
    assert_eq!((found.id, found.record), (id, expected));
    assert_eq!(store.sessions.find(digest(2)).await.unwrap().unwrap().record, record(&ada));
    assert_eq!(events(store).await, [confirmed.of(ada.id).in_session(id)]);
}

/// Of concurrent `confirm`s of one token, as two tabs make them, one replaces it and writes its event.
pub async fn concurrent_confirms_replace_the_digest_once(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let (id, confirmed) = (open(store, &ada, 1).await, event(EventKind::PasswordConfirmed));
    let confirm = async |n| {
        store.sessions.confirm(digest(1), digest(n), later(70), Alongside::event(confirmed.clone())).await.unwrap()
    };

    let found = join_all([2, 3, 4].map(confirm)).await;

    assert_eq!(found.iter().filter(|found| **found == Some(id)).count(), 1, "{found:?}");
    for (n, found) in [2, 3, 4].into_iter().zip(found) {
        assert_eq!(is_open(store, n).await, found.is_some());
    }
    assert_eq!(events(store).await.len(), 1);
}

/// A log-out wins over a `confirm` in flight, whichever is first: with the former token or by `end_all`.
pub async fn confirm_does_not_restore_ended_session(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for n in 1..=25 {
        open(store, &ada, n).await;
        let confirm =
            async || store.sessions.confirm(digest(n), digest(n + 100), later(70), Alongside::nothing()).await;
        let end = async || store.sessions.end_all(ada.id, Alongside::nothing()).await;
        let (confirmed, ended) = join_both(confirm(), end()).await;
        confirmed.unwrap();
        assert_eq!(ended.unwrap(), 1);
        assert!(!is_open(store, n).await && !is_open(store, n + 100).await);
    }
}

/// If `confirm` fails, the session keeps its token. Here it fails because the fresh digest is in use.
pub async fn failed_confirm_writes_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    open(store, &ada, 1).await;
    open(store, &ada, 2).await;

    let alongside = Alongside::event(event(EventKind::PasswordConfirmed));
    assert!(store.sessions.confirm(digest(1), digest(2), later(70), alongside).await.is_err());

    assert_eq!(store.sessions.find(digest(1)).await.unwrap().unwrap().record, record(&ada));
    assert_eq!(events(store).await, []);
}
