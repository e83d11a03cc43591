//! What every store of sessions must do.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a promise panics where it is broken")]

use super::{Device, EndedSession, SessionId, SessionRecord, StoredSession, TokenDigest};
use crate::contract::{THEN, add_user, side_by_side};
use crate::user::User;
use crate::{AccountPorts, Timestamp};

/// Hands the names of all promises about sessions to the macro `$test`.
#[macro_export]
macro_rules! session_promises {
    ($test:ident) => {
        $test! { session:
            an_open_session_is_found_with_its_user
            no_session_is_found_where_none_is
            a_touch_moves_the_two_times_alone
            of_many_touches_at_once_one_is_written
            a_touch_that_comes_late_takes_nothing_back
            a_session_that_was_ended_stays_ended
            a_touch_in_flight_brings_nothing_back
            opening_ends_the_session_it_replaces
            an_opening_that_fails_ends_nothing
            the_number_of_an_ended_session_names_no_other
            all_sessions_of_one_user_end_together
            a_purge_forgets_what_has_expired_and_no_more_than_asked
        }
    };
}

fn digest(n: u8) -> TokenDigest {
    TokenDigest::new([n; 32])
}

fn later(millis: i64) -> Timestamp {
    Timestamp::from_millis(THEN.as_millis() + millis)
}

fn session(user: &User) -> SessionRecord {
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
    store.sessions.open(digest(n), session(user), None).await.unwrap()
}

async fn lives(store: &AccountPorts, n: u8) -> bool {
    store.sessions.find(digest(n)).await.unwrap().is_some()
}

/// As it was opened, to the last column.
pub async fn an_open_session_is_found_with_its_user(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let device = Device { network: Some("2001:db8::/48".to_owned()), user_agent: Some("ü".repeat(255)) };
    let remembered = SessionRecord { remembered: true, device, ..session(&ada) };
    for (n, user, record) in [(1, &ada, remembered), (2, &ben, session(&ben))] {
        let id = store.sessions.open(digest(n), record.clone(), None).await.unwrap();
        let expected = StoredSession { id, user: user.clone(), record };
        assert_eq!(store.sessions.find(digest(n)).await.unwrap(), Some(expected));
    }
}

/// Not an error: `None`, `false`, zero.
pub async fn no_session_is_found_where_none_is(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    assert!(!lives(store, 1).await);
    assert!(!store.sessions.touch(SessionId::new(1), THEN, THEN, THEN).await.unwrap());
    assert_eq!(store.sessions.end(digest(1)).await.unwrap(), None);
    assert_eq!(store.sessions.end_all(ada.id).await.unwrap(), 0);
    assert_eq!(store.sessions.purge(THEN, 10).await.unwrap(), 0);
}

/// Of that session.
pub async fn a_touch_moves_the_two_times_alone(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let (one, _) = (open(store, &ada, 1).await, open(store, &ada, 2).await);

    assert!(store.sessions.touch(one, later(50), later(60), later(2)).await.unwrap());

    let touched = SessionRecord { last_seen_at: later(50), expires_at: later(60), ..session(&ada) };
    assert_eq!(store.sessions.find(digest(1)).await.unwrap().unwrap().record, touched);
    assert_eq!(store.sessions.find(digest(2)).await.unwrap().unwrap().record, session(&ada));
}

/// A page with all that belongs to it costs one write.
pub async fn of_many_touches_at_once_one_is_written(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let id = open(store, &ada, 1).await;

    let requests = (50..60).map(|at| store.sessions.touch(id, later(at), later(at + 10), later(2)));
    let written: Vec<_> =
        (50..60).zip(side_by_side(requests).await).filter(|(_, told)| *told.as_ref().unwrap()).collect();

    assert_eq!(written.len(), 1, "{written:?}");
    let touched =
        SessionRecord { last_seen_at: later(written[0].0), expires_at: later(written[0].0 + 10), ..session(&ada) };
    assert_eq!(store.sessions.find(digest(1)).await.unwrap().unwrap().record, touched);
}

/// The bound itself is still early enough.
pub async fn a_touch_that_comes_late_takes_nothing_back(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let id = open(store, &ada, 1).await;
    assert!(store.sessions.touch(id, later(100), later(200), later(2)).await.unwrap());

    assert!(!store.sessions.touch(id, later(90), later(190), later(99)).await.unwrap());

    let touched = SessionRecord { last_seen_at: later(100), expires_at: later(200), ..session(&ada) };
    assert_eq!(store.sessions.find(digest(1)).await.unwrap().unwrap().record, touched);
    assert!(store.sessions.touch(id, later(150), later(250), later(100)).await.unwrap());
}

/// Whatever comes after.
pub async fn a_session_that_was_ended_stays_ended(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let id = open(store, &ada, 1).await;

    let ended = EndedSession { id, user: ada.id };
    assert_eq!(store.sessions.end(digest(1)).await.unwrap(), Some(ended));

    assert!(!lives(store, 1).await);
    assert!(!store.sessions.touch(id, later(50), later(60), later(2)).await.unwrap());
    assert_eq!(store.sessions.end(digest(1)).await.unwrap(), None);
    assert!(!lives(store, 1).await);
}

/// A log-out wins against every request that is under way.
pub async fn a_touch_in_flight_brings_nothing_back(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for n in 1..=25 {
        let id = open(store, &ada, n).await;
        let touch = async || store.sessions.touch(id, later(50), later(60), later(2)).await.map(|_| ());
        let end = async || store.sessions.end(digest(n)).await.map(|ended| assert!(ended.is_some()));
        let calls: [std::pin::Pin<Box<dyn Future<Output = _>>>; 3] =
            [Box::pin(touch()), Box::pin(end()), Box::pin(touch())];
        for told in side_by_side(calls).await {
            told.unwrap();
        }
        assert!(!lives(store, n).await);
    }
}

/// In the same commit; and it is no error where that one is gone already.
pub async fn opening_ends_the_session_it_replaces(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let old = open(store, &ada, 1).await;
    for n in [2, 3] {
        store.sessions.open(digest(n), session(&ada), Some(digest(1))).await.unwrap();
        assert_eq!((lives(store, 1).await, lives(store, n).await), (false, true));
    }
    assert!(!store.sessions.touch(old, later(50), later(60), later(2)).await.unwrap());
}

/// Here for the digest of a session that is open; there is no way to make a store's disk full from here.
pub async fn an_opening_that_fails_ends_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    open(store, &ada, 1).await;
    open(store, &ada, 2).await;

    assert!(store.sessions.open(digest(2), session(&ada), Some(digest(1))).await.is_err());

    assert!(lives(store, 1).await && lives(store, 2).await);
}

/// Or a late touch would keep a stranger's session alive.
pub async fn the_number_of_an_ended_session_names_no_other(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let old = open(store, &ada, 1).await;
    store.sessions.end(digest(1)).await.unwrap();
    assert_ne!(open(store, &ada, 2).await, old);
    assert!(!store.sessions.touch(old, later(50), later(60), later(2)).await.unwrap());
}

/// And nobody else's.
pub async fn all_sessions_of_one_user_end_together(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    for (n, user) in [(1, &ada), (2, &ben), (3, &ada)] {
        open(store, user, n).await;
    }
    assert_eq!(store.sessions.end_all(ada.id).await.unwrap(), 2);
    assert_eq!([lives(store, 1).await, lives(store, 2).await, lives(store, 3).await], [false, true, false]);
}

/// A few at a time, so that a purge holds nobody up.
pub async fn a_purge_forgets_what_has_expired_and_no_more_than_asked(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for n in 1..=6 {
        let session = SessionRecord { expires_at: later(i64::from(n)), ..session(&ada) };
        store.sessions.open(digest(n), session, None).await.unwrap();
    }
    let mut purged = vec![];
    for _ in 0..3 {
        purged.push(store.sessions.purge(later(5), 3).await.unwrap());
    }
    assert_eq!(purged, [3, 2, 0]);
    assert_eq!((lives(store, 5).await, lives(store, 6).await), (false, true));
}

#[cfg(test)]
mod tests {
    use crate::contract::{names, promises_in};

    #[test]
    fn the_list_names_every_promise() {
        assert_eq!(session_promises!(names), promises_in(include_str!("contract.rs")));
    }
}
