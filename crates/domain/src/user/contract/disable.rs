//! The contract functions of `disable` and `enable`.
#![allow(clippy::wildcard_imports, reason = "the types are those of the file above")]

use super::*;

/// They stay ended once the user is enabled. The event counts them. A second `disable` or `enable` writes nothing.
pub async fn disable_ends_every_session_for_good(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    for (n, user) in [(1, &ada), (2, &ada), (3, &ben)] {
        open(store, user, n).await.unwrap();
    }
    let [disabled, enabled] = [EventKind::Disabled, EventKind::Enabled].map(event);
    for expected in [Some(2), None] {
        let ended = store.users.disable(ada.id, NOW, Alongside::event(disabled.clone())).await.unwrap();
        assert_eq!(ended, expected);
        let stored = store.users.find(ada.id).await.unwrap();
        assert_eq!(stored, Some(User { disabled_at: Some(NOW), ..ada.clone() }));
    }
    for expected in [true, false] {
        assert_eq!(store.users.enable(ada.id, Alongside::event(enabled.clone())).await.unwrap(), expected);
        assert_eq!(store.users.find(ada.id).await.unwrap(), Some(ada.clone()));
    }
    for (n, is_open) in [(1, false), (2, false), (3, true)] {
        assert_eq!(store.sessions.find(TokenDigest::new([n; 32])).await.unwrap().is_some(), is_open);
    }
    let unknown = UserId::new(i64::MAX);
    assert_eq!(store.users.disable(unknown, NOW, Alongside::event(disabled.clone())).await.unwrap(), None);
    assert!(!store.users.enable(unknown, Alongside::event(enabled.clone())).await.unwrap());
    assert_eq!(events(store).await, [disabled.of(ada.id).counting(2), enabled.of(ada.id)]);
}

/// A session that opens beside the `disable` of its user is ended by it, or refused: none is found once both are done.
pub async fn disable_beside_opens_leaves_no_session(store: &AccountPorts) {
    for round in 0..20 {
        let ada = add_user(store, &format!("ada{round}")).await;
        let opens = join_all((0..6).map(|n| open(store, &ada, round * 6 + n)));
        let disable = store.users.disable(ada.id, NOW, Alongside::nothing());
        let disabled = join_both(opens, disable).await.1;
        assert!(disabled.unwrap().is_some());
        for n in 0..6 {
            let found = store.sessions.find(TokenDigest::new([round * 6 + n; 32])).await.unwrap();
            assert_eq!(found, None, "round {round}");
        }
    }
}

pub(super) async fn open(store: &AccountPorts, user: &User, n: u8) -> Result<SessionId, OpenSessionError> {
    let record = SessionRecord {
        user: user.id,
        created_at: NOW,
        last_seen_at: NOW,
        authenticated_at: NOW,
        expires_at: NOW,
        remembered: false,
        device: Device::default(),
    };
    store.sessions.open(TokenDigest::new([n; 32]), record, PasswordVersion::INITIAL, None, Alongside::nothing()).await
}
