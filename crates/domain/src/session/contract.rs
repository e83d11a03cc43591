//! The contract functions of [`SessionRepository`](super::SessionRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

mod confirm;
mod keep_only;
mod sessions_of_user;

pub use confirm::*;
pub use keep_only::*;
pub use sessions_of_user::*;

use super::{Device, EndedSession, OpenSessionError, SessionId, SessionRecord, StoredSession, TokenDigest};
use crate::contract::{NOW, add_user, event, events, join_all};
use crate::credential::PasswordVersion;
use crate::event::EventKind;
use crate::user::{Role, Roles, User, UserId};
use crate::{AccountPorts, Alongside, Timestamp};

/// Passes the names of all contract functions of sessions to the macro `$test`.
#[macro_export]
macro_rules! session_contract {
    ($test:ident) => {
        $test! { session:
            open_session_is_found_with_its_user
            session_is_found_with_the_roles_of_its_user
            unknown_session_is_not_found
            touch_changes_last_seen_and_expiry_only
            concurrent_touches_write_once
            late_touch_writes_nothing
            ended_session_stays_ended
            touch_in_flight_does_not_restore_ended_session
            open_ends_replaced_session
            failed_open_ends_no_session
            id_of_ended_session_is_not_reused
            end_all_ends_every_session_of_one_user
            purge_removes_expired_sessions_up_to_limit
            event_is_written_with_the_session_that_opens
            failed_open_writes_no_event
            event_of_an_end_is_written_once
            event_of_end_all_counts_the_sessions
            open_beyond_100_sessions_ends_the_oldest
            disabled_user_opens_no_session
            confirm_changes_digest_and_authentication_only
            concurrent_confirms_replace_the_digest_once
            confirm_does_not_restore_ended_session
            failed_confirm_writes_nothing
            sessions_of_one_user_are_listed_latest_first
            session_is_ended_by_its_own_user_alone
            end_others_keeps_one_session_under_another_token
            concurrent_end_others_keep_one_session
            session_of_a_former_password_version_does_not_open
            keep_only_keeps_one_session_with_a_new_token
            keep_only_without_a_session_to_keep_ends_all
            repeated_keep_only_changes_nothing
            keep_only_keeps_no_session_of_another_user
            concurrent_keep_only_of_two_sessions_leave_none
            concurrent_repeats_of_keep_only_keep_the_session
        }
    };
}

const INITIAL: PasswordVersion = PasswordVersion::INITIAL;

fn digest(n: u8) -> TokenDigest {
    TokenDigest::new([n; 32])
}

fn later(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + millis)
}

fn record(user: &User) -> SessionRecord {
    SessionRecord {
        user: user.id,
        created_at: later(1),
        last_seen_at: later(2),
        authenticated_at: later(3),
        expires_at: later(4),
        remembered: false,
        device: Device::default(),
    }
}

async fn open(store: &AccountPorts, user: &User, n: u8) -> SessionId {
    store.sessions.open(digest(n), record(user), INITIAL, None, Alongside::nothing()).await.unwrap()
}

async fn is_open(store: &AccountPorts, n: u8) -> bool {
    store.sessions.find(digest(n)).await.unwrap().is_some()
}

/// `find` returns every column as it was opened, and the user.
pub async fn open_session_is_found_with_its_user(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let device = Device { network: Some("2001:db8::/48".to_owned()), user_agent: Some("ü".repeat(255)) };
    let remembered = SessionRecord { remembered: true, device, ..record(&ada) };
    for (n, user, record) in [(1, &ada, remembered), (2, &ben, record(&ben))] {
        let id = store.sessions.open(digest(n), record.clone(), INITIAL, None, Alongside::nothing()).await.unwrap();
        let expected = StoredSession { id, user: user.clone(), roles: Roles::default(), notices: 0, record };
        assert_eq!(store.sessions.find(digest(n)).await.unwrap(), Some(expected));
    }
}

/// From the commit on in which the user gets or loses a role.
pub async fn session_is_found_with_the_roles_of_its_user(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let (_, _) = (open(store, &ada, 1).await, open(store, &ben, 2).await);
    let roles = async |n| {
        let found = store.sessions.find(digest(n)).await.unwrap().unwrap();
        found.roles.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for name in ["editor", "admin", "a-b_c-1"] {
        store.users.add_role(ada.id, Role::parse(name).unwrap(), Alongside::nothing()).await.unwrap();
    }
    assert_eq!((roles(1).await, roles(2).await), (vec!["a-b_c-1".into(), "admin".into(), "editor".into()], vec![]));
    store.users.remove_role(ada.id, Role::parse("admin").unwrap(), Alongside::nothing()).await.unwrap();
    assert_eq!(roles(1).await, ["a-b_c-1", "editor"]);
}

/// If there is no such session, the methods return `None`, `false` or zero, not an error.
pub async fn unknown_session_is_not_found(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    assert!(!is_open(store, 1).await);
    assert!(!store.sessions.touch(SessionId::new(1), NOW, NOW, NOW).await.unwrap());
    assert_eq!(store.sessions.end(digest(1), Alongside::nothing()).await.unwrap(), None);
    assert_eq!(store.sessions.confirm(digest(1), digest(2), NOW, Alongside::nothing()).await.unwrap(), None);
    assert_eq!(store.sessions.end_all(ada.id, Alongside::nothing()).await.unwrap(), 0);
    assert_eq!(store.sessions.purge(NOW, 10).await.unwrap(), 0);
}

/// `touch` changes the two times of that session, and no other session.
pub async fn touch_changes_last_seen_and_expiry_only(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let (id, _) = (open(store, &ada, 1).await, open(store, &ada, 2).await);

    assert!(store.sessions.touch(id, later(50), later(60), later(2)).await.unwrap());

    let touched = SessionRecord { last_seen_at: later(50), expires_at: later(60), ..record(&ada) };
    assert_eq!(store.sessions.find(digest(1)).await.unwrap().unwrap().record, touched);
    assert_eq!(store.sessions.find(digest(2)).await.unwrap().unwrap().record, record(&ada));
}

/// Of ten concurrent `touch`es, as the requests of one page make them, one writes.
pub async fn concurrent_touches_write_once(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let id = open(store, &ada, 1).await;

    let requests = (50..60).map(|at| store.sessions.touch(id, later(at), later(at + 10), later(2)));
    let written: Vec<_> =
        (50..60).zip(join_all(requests).await).filter(|(_, result)| *result.as_ref().unwrap()).collect();

    assert_eq!(written.len(), 1, "{written:?}");
    let touched =
        SessionRecord { last_seen_at: later(written[0].0), expires_at: later(written[0].0 + 10), ..record(&ada) };
    assert_eq!(store.sessions.find(digest(1)).await.unwrap().unwrap().record, touched);
}

/// `touch` writes nothing if the session was seen after `unless_seen_after`, and writes if it was seen at that time.
pub async fn late_touch_writes_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let id = open(store, &ada, 1).await;
    assert!(store.sessions.touch(id, later(100), later(200), later(2)).await.unwrap());

    assert!(!store.sessions.touch(id, later(90), later(190), later(99)).await.unwrap());

    let touched = SessionRecord { last_seen_at: later(100), expires_at: later(200), ..record(&ada) };
    assert_eq!(store.sessions.find(digest(1)).await.unwrap().unwrap().record, touched);
    assert!(store.sessions.touch(id, later(150), later(250), later(100)).await.unwrap());
}

/// After `end`, neither `touch` nor a second `end` finds the session.
pub async fn ended_session_stays_ended(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let id = open(store, &ada, 1).await;

    let ended = EndedSession { id, user: ada.id };
    assert_eq!(store.sessions.end(digest(1), Alongside::nothing()).await.unwrap(), Some(ended));

    assert!(!is_open(store, 1).await);
    assert!(!store.sessions.touch(id, later(50), later(60), later(2)).await.unwrap());
    assert_eq!(store.sessions.end(digest(1), Alongside::nothing()).await.unwrap(), None);
    assert!(!is_open(store, 1).await);
}

/// A log-out wins over every request that is in flight.
pub async fn touch_in_flight_does_not_restore_ended_session(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for n in 1..=25 {
        let id = open(store, &ada, n).await;
        let touch = async || store.sessions.touch(id, later(50), later(60), later(2)).await.map(|_| ());
        let end =
            async || store.sessions.end(digest(n), Alongside::nothing()).await.map(|ended| assert!(ended.is_some()));
        let calls: [std::pin::Pin<Box<dyn Future<Output = _>>>; 3] =
            [Box::pin(touch()), Box::pin(end()), Box::pin(touch())];
        for result in join_all(calls).await {
            result.unwrap();
        }
        assert!(!is_open(store, n).await);
    }
}

/// `open` ends the replaced session in the same commit. A replaced session that has ended already is no error.
pub async fn open_ends_replaced_session(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let old = open(store, &ada, 1).await;
    for n in [2, 3] {
        store.sessions.open(digest(n), record(&ada), INITIAL, Some(digest(1)), Alongside::nothing()).await.unwrap();
        assert_eq!((is_open(store, 1).await, is_open(store, n).await), (false, true));
    }
    assert!(!store.sessions.touch(old, later(50), later(60), later(2)).await.unwrap());
}

/// If `open` fails, the session to replace stays open. Here it fails because the digest is in use.
pub async fn failed_open_ends_no_session(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    open(store, &ada, 1).await;
    open(store, &ada, 2).await;

    assert!(
        store.sessions.open(digest(2), record(&ada), INITIAL, Some(digest(1)), Alongside::nothing()).await.is_err()
    );

    assert!(is_open(store, 1).await && is_open(store, 2).await);
}

/// A new session gets a new id. Otherwise a late `touch` would extend the session of another user.
pub async fn id_of_ended_session_is_not_reused(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let old = open(store, &ada, 1).await;
    store.sessions.end(digest(1), Alongside::nothing()).await.unwrap();
    assert_ne!(open(store, &ada, 2).await, old);
    assert!(!store.sessions.touch(old, later(50), later(60), later(2)).await.unwrap());
}

/// `end_all` ends no session of another user.
pub async fn end_all_ends_every_session_of_one_user(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    for (n, user) in [(1, &ada), (2, &ben), (3, &ada)] {
        open(store, user, n).await;
    }
    assert_eq!(store.sessions.end_all(ada.id, Alongside::nothing()).await.unwrap(), 2);
    assert_eq!([is_open(store, 1).await, is_open(store, 2).await, is_open(store, 3).await], [false, true, false]);
}

/// `purge` removes at most `limit` expired sessions per call, so that a purge blocks no other write for long.
pub async fn purge_removes_expired_sessions_up_to_limit(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for n in 1..=6 {
        let record = SessionRecord { expires_at: later(i64::from(n)), ..record(&ada) };
        store.sessions.open(digest(n), record, INITIAL, None, Alongside::nothing()).await.unwrap();
    }
    let mut purged = vec![];
    for _ in 0..3 {
        purged.push(store.sessions.purge(later(5), 3).await.unwrap());
    }
    assert_eq!(purged, [3, 2, 0]);
    assert_eq!((is_open(store, 5).await, is_open(store, 6).await), (false, true));
}

/// `open` writes the event alongside, about the session that it opens and its user.
pub async fn event_is_written_with_the_session_that_opens(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let opened = event(EventKind::LoggedIn);
    let id =
        store.sessions.open(digest(1), record(&ada), INITIAL, None, Alongside::event(opened.clone())).await.unwrap();
    assert_eq!(events(store).await, [opened.of(ada.id).in_session(id)]);
}

/// An `open` that fails writes nothing alongside.
pub async fn failed_open_writes_no_event(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    open(store, &ada, 1).await;
    let alongside = Alongside::event(event(EventKind::LoggedIn));
    assert!(store.sessions.open(digest(1), record(&ada), INITIAL, None, alongside).await.is_err());
    assert_eq!(events(store).await, []);
}

/// Of concurrent `end`s of one session, as two tabs make them, one writes its event, about the session and its user.
pub async fn event_of_an_end_is_written_once(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let (id, ended) = (open(store, &ada, 1).await, event(EventKind::LoggedOut));
    let end = async || store.sessions.end(digest(1), Alongside::event(ended.clone())).await.unwrap();
    let found = join_all([end(), end(), end()]).await;
    assert_eq!(found.iter().filter(|found| found.is_some()).count(), 1);
    assert_eq!(events(store).await, [ended.of(ada.id).in_session(id)]);
}

/// `end_all` writes the event alongside, with the number of sessions. Without a session it writes nothing.
pub async fn event_of_end_all_counts_the_sessions(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let (_, _) = (open(store, &ada, 1).await, open(store, &ada, 2).await);
    let ended = event(EventKind::LoggedOutEverywhere);
    for expected in [2, 0] {
        let sessions = store.sessions.end_all(ada.id, Alongside::event(ended.clone())).await.unwrap();
        assert_eq!(sessions, expected);
    }
    assert_eq!(events(store).await, [ended.of(ada.id).counting(2)]);
}

/// The session that is replaced makes room for its successor. Sessions of other users stay.
pub async fn open_beyond_100_sessions_ends_the_oldest(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    open(store, &ben, 200).await;
    for n in 1..=100 {
        open(store, &ada, n).await;
    }
    assert!(is_open(store, 1).await);
    store.sessions.open(digest(101), record(&ada), INITIAL, Some(digest(50)), Alongside::nothing()).await.unwrap();
    assert!(is_open(store, 1).await && !is_open(store, 50).await);
    let opened = join_all([102, 103, 104].map(|n| open(store, &ada, n))).await;
    assert_eq!(opened.len(), 3);
    let mut numbers = Vec::new();
    for n in 1..=104 {
        numbers.extend(is_open(store, n).await.then_some(n));
    }
    assert_eq!(numbers, (4..=49).chain(51..=104).collect::<Vec<_>>());
    assert!(is_open(store, 200).await);
}

/// Nor does an unknown one. The session to replace stays open, and nothing is written alongside.
pub async fn disabled_user_opens_no_session(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    open(store, &ben, 1).await;
    store.users.disable(ada.id, NOW, Alongside::nothing()).await.unwrap();
    let unknown = User { id: UserId::new(i64::MAX), ..ada.clone() };
    for user in [ada, unknown] {
        let alongside = Alongside::event(event(EventKind::LoggedIn));
        let opened = store.sessions.open(digest(2), record(&user), INITIAL, Some(digest(1)), alongside).await;
        assert!(matches!(opened, Err(OpenSessionError::UserDisabled)), "{opened:?}");
    }
    assert!(is_open(store, 1).await && !is_open(store, 2).await);
    assert_eq!(events(store).await, []);
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        let modules = [
            include_str!("contract.rs"),
            include_str!("contract/confirm.rs"),
            include_str!("contract/sessions_of_user.rs"),
            include_str!("contract/keep_only.rs"),
        ];
        assert_eq!(session_contract!(names), modules.map(functions_in).concat());
    }
}
