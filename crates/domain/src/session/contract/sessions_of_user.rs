//! The contract functions about the sessions of one user: `list`, `end_of_user` and `end_others`.

use super::{INITIAL, digest, is_open, later, open, record};
use crate::contract::{add_user, event, events, join_all};
use crate::event::EventKind;
use crate::session::{Device, KeptSession, ListedSession, SessionRecord};
use crate::user::User;
use crate::{AccountPorts, Alongside};

/// `list` returns every column as it was opened, also of an expired session, and no session of another user.
pub async fn sessions_of_one_user_are_listed_latest_first(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    assert_eq!(store.sessions.list(ada.id).await.unwrap(), []);
    let device = Device { network: Some("203.0.113.0/24".to_owned()), user_agent: Some("Lynx".to_owned()) };
    let (remembered, expired) = (
        SessionRecord { remembered: true, device, ..record(&ada) },
        SessionRecord { expires_at: later(-9), ..record(&ada) },
    );
    let mut expected = Vec::new();
    for (n, record) in [(1, remembered), (2, record(&ben)), (3, expired)] {
        let id = store.sessions.open(digest(n), record.clone(), INITIAL, None, Alongside::nothing()).await.unwrap();
        if record.user == ada.id {
            expected.insert(0, ListedSession { id, record });
        }
    }
    assert_eq!(store.sessions.list(ada.id).await.unwrap(), expected);
}

/// `end_of_user` writes its event once, and ends no session of another user.
pub async fn session_is_ended_by_its_own_user_alone(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let (id, _) = (open(store, &ada, 1).await, open(store, &ada, 2).await);
    let ended = event(EventKind::SessionEnded);
    let end =
        async |user: &User| store.sessions.end_of_user(user.id, id, Alongside::event(ended.clone())).await.unwrap();
    assert!(!end(&ben).await && is_open(store, 1).await);
    let ends = join_all([end(&ada), end(&ada), end(&ada)]).await;
    assert_eq!(ends.iter().filter(|is_ended| **is_ended).count(), 1);
    assert!(!is_open(store, 1).await && is_open(store, 2).await);
    assert_eq!(events(store).await, [ended.of(ada.id).in_session(id)]);
}

/// `end_others` changes nothing else of the session that it keeps, and writes no event without another session.
pub async fn end_others_keeps_one_session_under_another_token(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let (id, _, _) = (open(store, &ada, 1).await, open(store, &ada, 2).await, open(store, &ada, 3).await);
    open(store, &ben, 4).await;
    let ended = event(EventKind::OtherSessionsEnded);
    for (digests, count) in [((1, 5), 2), ((5, 6), 0)] {
        let (old, fresh) = (digest(digests.0), digest(digests.1));
        let kept = store.sessions.end_others(old, fresh, Alongside::event(ended.clone())).await.unwrap();
        assert_eq!(kept, Some(KeptSession { id, user: ada.id, ended: count }));
    }
    let mut open = Vec::new();
    for n in 1..=6 {
        open.extend(is_open(store, n).await.then_some(n));
    }
    assert_eq!(open, [4, 6]);
    assert_eq!(store.sessions.find(digest(6)).await.unwrap().unwrap().record, record(&ada));
    assert_eq!(store.sessions.end_others(digest(1), digest(7), Alongside::nothing()).await.unwrap(), None);
    assert!(store.sessions.end_others(digest(6), digest(4), Alongside::nothing()).await.is_err(), "in use");
    assert_eq!(events(store).await, [ended.of(ada.id).counting(2)]);
}

/// Of two sessions that end all others at once, one is left.
pub async fn concurrent_end_others_keep_one_session(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    for n in (0..100).step_by(4) {
        open(store, &ada, n).await;
        open(store, &ada, n + 1).await;
        let end = async |n| store.sessions.end_others(digest(n), digest(n + 2), Alongside::nothing()).await.unwrap();
        let kept = join_all([end(n), end(n + 1)]).await;
        assert_eq!(kept.iter().flatten().count(), 1, "{kept:?}");
        assert_eq!(is_open(store, n + 2).await, kept[0].is_some());
        assert_eq!(store.sessions.list(ada.id).await.unwrap().len(), 1);
        store.sessions.end_all(ada.id, Alongside::nothing()).await.unwrap();
    }
}
