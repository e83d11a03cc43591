//! The contract functions of `keep_only`, and of sessions beside a change of the password.

use super::{INITIAL, digest, is_open, later, open, record};
use crate::contract::{add_user, event, events, hash, join_all};
use crate::credential::{ChangeAuthority, PasswordChange, PasswordVersion};
use crate::event::EventKind;
use crate::session::{OpenSessionError, OtherSessions, Rotation, SessionRecord};
use crate::{AccountPorts, Alongside};

fn rotation(from: u8, to: u8) -> Rotation {
    Rotation { from: digest(from), to: digest(to), authenticated_at: later(9) }
}

/// A log-in whose password was verified before a change opens no session after it. One that was verified afterwards does.
pub async fn session_of_a_former_password_version_does_not_open(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    open(store, &ben, 1).await;
    let authorized_by = ChangeAuthority::Operator;
    let change = PasswordChange { user: ada.id, hash: hash(), authorized_by, keep: None };
    store.credentials.change(change, Alongside::nothing()).await.unwrap();
    let alongside = Alongside::event(event(EventKind::LoggedIn));
    let opened = store.sessions.open(digest(2), record(&ada), INITIAL, Some(digest(1)), alongside).await;
    assert!(matches!(opened, Err(OpenSessionError::PasswordChanged)), "{opened:?}");
    assert!(is_open(store, 1).await && !is_open(store, 2).await);
    assert_eq!(events(store).await, []);
    let current = store.credentials.find(ada.id).await.unwrap().unwrap().version;
    assert_ne!(current, PasswordVersion::INITIAL);
    store.sessions.open(digest(2), record(&ada), current, None, Alongside::nothing()).await.unwrap();
    assert!(is_open(store, 2).await);
}

/// The session keeps its id and every column but the token and the time of authentication.
pub async fn keep_only_keeps_one_session_with_a_new_token(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    for (n, user) in [(1, &ada), (3, &ada), (4, &ben)] {
        open(store, user, n).await;
    }
    let remembered = SessionRecord { remembered: true, ..record(&ada) };
    let id = store.sessions.open(digest(2), remembered.clone(), INITIAL, None, Alongside::nothing()).await.unwrap();
    let others = store.sessions.keep_only(ada.id, Some(rotation(2, 9))).await.unwrap();
    assert_eq!(others, OtherSessions { ended: 2, kept: Some(id) });
    for (n, expected) in [(1, false), (2, false), (3, false), (4, true), (9, true)] {
        assert_eq!(is_open(store, n).await, expected, "{n}");
    }
    let kept = store.sessions.find(digest(9)).await.unwrap().unwrap();
    assert_eq!((kept.id, kept.user.id), (id, ada.id));
    assert_eq!(kept.record, SessionRecord { authenticated_at: later(9), ..remembered });
}

/// Nor is a session kept that has ended before.
pub async fn keep_only_without_a_session_to_keep_ends_all(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for keep in [None, Some(rotation(7, 9))] {
        let (_, _) = (open(store, &ada, 1).await, open(store, &ada, 2).await);
        let others = store.sessions.keep_only(ada.id, keep).await.unwrap();
        assert_eq!(others, OtherSessions { ended: 2, kept: None });
        assert!(!is_open(store, 1).await && !is_open(store, 2).await && !is_open(store, 9).await);
    }
}

/// It finds the session under its new token.
pub async fn repeated_keep_only_changes_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let kept = Some(open(store, &ada, 1).await);
    open(store, &ada, 2).await;
    for ended in [1, 0, 0] {
        let others = store.sessions.keep_only(ada.id, Some(rotation(1, 9))).await.unwrap();
        assert_eq!(others, OtherSessions { ended, kept });
        assert!(is_open(store, 9).await && !is_open(store, 1).await && !is_open(store, 2).await);
    }
}

/// The token of another user's session names no session of this one. That session keeps its token.
pub async fn keep_only_keeps_no_session_of_another_user(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let (_, _) = (open(store, &ada, 1).await, open(store, &ben, 2).await);
    for (from, to) in [(2, 9), (9, 2)] {
        let others = store.sessions.keep_only(ada.id, Some(rotation(from, to))).await.unwrap();
        assert_eq!(others.kept, None);
        assert!(is_open(store, 2).await && !is_open(store, 9).await && !is_open(store, 1).await);
    }
}

/// As one after the other: the second one finds that its session has ended.
pub async fn concurrent_keep_only_of_two_sessions_leave_none(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for n in (0..100).step_by(4) {
        let (_, _) = (open(store, &ada, n).await, open(store, &ada, n + 1).await);
        let keep = async |n| store.sessions.keep_only(ada.id, Some(rotation(n, n + 2))).await.unwrap();
        let others = join_all([keep(n), keep(n + 1)]).await;
        let kept = others.iter().filter(|others| others.kept.is_some()).count();
        assert_eq!((kept, others.iter().map(|others| others.ended).sum::<u64>()), (1, 2), "{others:?}");
        assert_eq!(store.sessions.list(ada.id).await.unwrap(), []);
    }
}

/// Such as a form that is sent twice. Another session ends once.
pub async fn concurrent_repeats_of_keep_only_keep_the_session(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for n in (0..100).step_by(4) {
        let (kept, _) = (open(store, &ada, n).await, open(store, &ada, n + 1).await);
        let keep = async || store.sessions.keep_only(ada.id, Some(rotation(n, n + 2))).await.unwrap();
        let others = join_all([keep(), keep(), keep()]).await;
        assert!(others.iter().all(|others| others.kept == Some(kept)), "{others:?}");
        assert_eq!(others.iter().map(|others| others.ended).sum::<u64>(), 1, "{others:?}");
        assert!(is_open(store, n + 2).await && !is_open(store, n).await && !is_open(store, n + 1).await);
        store.sessions.end_all(ada.id, Alongside::nothing()).await.unwrap();
    }
}
