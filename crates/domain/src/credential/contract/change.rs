//! The contract functions of `change`.

use super::{other_hash, stored_hash};
use crate::contract::{NOW, add_user, event, events, hash, join_all, join_both};
use crate::credential::{ChangeAuthority, PasswordChange, PasswordChangeError, PasswordVersion};
use crate::event::EventKind;
use crate::known_browser::BrowserDigest;
use crate::session::{Device, OpenSessionError, OtherSessions, Rotation, SessionRecord, TokenDigest};
use crate::user::{User, UserId};
use crate::{AccountPorts, Alongside};

const INITIAL: ChangeAuthority = ChangeAuthority::CurrentPassword(PasswordVersion::INITIAL);
const NETWORK: &str = "203.0.113.0/24";

fn change_to(text: &str, user: &User, authorized_by: ChangeAuthority) -> PasswordChange {
    PasswordChange { user: user.id, hash: other_hash(text), authorized_by, keep: None }
}

fn digest(n: u8) -> TokenDigest {
    TokenDigest::new([n; 32])
}

async fn open(store: &AccountPorts, user: &User, n: u8) -> Result<(), OpenSessionError> {
    let session = SessionRecord {
        user: user.id,
        created_at: NOW,
        last_seen_at: NOW,
        authenticated_at: NOW,
        expires_at: NOW,
        remembered: false,
        device: Device::default(),
    };
    let opened = store.sessions.open(digest(n), session, PasswordVersion::INITIAL, None, Alongside::nothing());
    opened.await.map(drop)
}

async fn is_open(store: &AccountPorts, n: u8) -> bool {
    store.sessions.find(digest(n)).await.unwrap().is_some()
}

async fn version(store: &AccountPorts, user: &User) -> PasswordVersion {
    store.credentials.find(user.id).await.unwrap().unwrap().version
}

/// `find` returns the hash and the version with the user, also where the user is disabled.
pub async fn credential_is_found_by_id(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    add_user(store, "ben").await;
    let found = store.credentials.find(ada.id).await.unwrap().unwrap();
    assert_eq!((&found.user, found.hash.expose(), found.version), (&ada, hash().expose(), PasswordVersion::INITIAL));
    store.users.disable(ada.id, NOW, Alongside::nothing()).await.unwrap();
    assert!(store.credentials.find(ada.id).await.unwrap().unwrap().user.disabled_at.is_some());
    assert!(store.credentials.find(UserId::new(i64::MAX)).await.unwrap().is_none());
}

/// Every way to find the credential has the new hash and the new version. Those of another user stay.
pub async fn change_replaces_hash_and_version(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let mut authority = INITIAL;
    for text in ["first", "second"] {
        store.credentials.change(change_to(text, &ada, authority), Alongside::nothing()).await.unwrap();
        let by_id = store.credentials.find(ada.id).await.unwrap().unwrap();
        let by_email = store.credentials.find_by_email(&ada.email).await.unwrap().unwrap();
        let by_username = store.credentials.find_by_username(&ada.username).await.unwrap().unwrap();
        for found in [&by_id, &by_email, &by_username] {
            assert_eq!((found.hash.expose(), found.version), (text, by_id.version));
        }
        assert_ne!(ChangeAuthority::CurrentPassword(by_id.version), authority);
        authority = ChangeAuthority::CurrentPassword(by_id.version);
    }
    assert_eq!(
        (stored_hash(store, &ben).await.as_str(), version(store, &ben).await),
        (hash().expose(), PasswordVersion::INITIAL)
    );
}

/// The session to keep has its new token. Sessions, browsers and networks of another user stay.
pub async fn change_ends_other_sessions_and_forgets_browsers(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let (browser, network) = (Some(BrowserDigest::new([5; 32])), Some(NETWORK.to_owned()));
    for (n, user) in [(1, &ada), (2, &ada), (3, &ben)] {
        open(store, user, n).await.unwrap();
        store.known_browsers.remember(user.id, PasswordVersion::INITIAL, browser, network.clone(), NOW).await.unwrap();
    }
    let keep = Some(Rotation { from: digest(1), to: digest(9), authenticated_at: NOW });
    let change = PasswordChange { keep, ..change_to("fresh", &ada, INITIAL) };
    let others = store.credentials.change(change, Alongside::nothing()).await.unwrap();
    // A session store elsewhere ends its sessions by a second call.
    let elsewhere = store.sessions.keep_only(ada.id, keep).await.unwrap();
    assert_eq!(others.ended + elsewhere.ended, 1);
    assert!(others.kept.or(elsewhere.kept).is_some());
    for (n, expected) in [(1, false), (2, false), (3, true), (9, true)] {
        assert_eq!(is_open(store, n).await, expected, "{n}");
    }
    for (user, is_known) in [(&ada, false), (&ben, true)] {
        let found = store.known_browsers.find(user.id, browser, network.clone(), NOW).await.unwrap();
        assert_eq!((found.browser, found.network), (is_known, is_known));
    }
}

/// The event is about the user. A change that is refused writes none.
pub async fn change_writes_its_event(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let changed = event(EventKind::PasswordChanged);
    let change = || store.credentials.change(change_to("fresh", &ada, INITIAL), Alongside::event(changed.clone()));
    assert!(change().await.is_ok());
    assert!(matches!(change().await, Err(PasswordChangeError::Outdated)));
    assert_eq!(events(store).await, [changed.of(ada.id)]);
}

/// A change by the current password is refused after another change, and while the user is disabled. The operator changes the
/// password at any version, also of a disabled user.
pub async fn outdated_change_writes_nothing(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let change =
        |text: &str, authority| store.credentials.change(change_to(text, &ada, authority), Alongside::nothing());
    change("first", ChangeAuthority::Operator).await.unwrap();
    assert!(matches!(change("second", INITIAL).await, Err(PasswordChangeError::Outdated)));
    store.users.disable(ada.id, NOW, Alongside::nothing()).await.unwrap();
    let current = ChangeAuthority::CurrentPassword(version(store, &ada).await);
    assert!(matches!(change("second", current).await, Err(PasswordChangeError::Outdated)));
    assert_eq!(stored_hash(store, &ada).await, "first");
    change("third", ChangeAuthority::Operator).await.unwrap();
    assert_eq!(stored_hash(store, &ada).await, "third");
}

/// Whatever authorizes it.
pub async fn change_of_unknown_user_is_not_found(store: &AccountPorts) {
    let unknown = User { id: UserId::new(i64::MAX), ..add_user(store, "ada").await };
    for authority in [INITIAL, ChangeAuthority::Operator] {
        let changed = store.credentials.change(change_to("fresh", &unknown, authority), Alongside::nothing()).await;
        assert!(matches!(changed, Err(PasswordChangeError::NotFound)), "{changed:?}");
    }
}

/// Of concurrent changes that one password authorizes, as two tabs make them, one succeeds.
pub async fn concurrent_changes_by_one_password_store_one_hash(store: &AccountPorts) {
    for round in 0..10 {
        let ada = add_user(store, &format!("ada{round}")).await;
        let change = |text| store.credentials.change(change_to(text, &ada, INITIAL), Alongside::nothing());
        let texts = ["first", "second", "third"];
        let results = join_all(texts.map(change)).await;
        let changed: Vec<_> = results.iter().zip(texts).filter(|(result, _)| result.is_ok()).collect();
        assert!(
            results.iter().all(|result| matches!(result, Ok(_) | Err(PasswordChangeError::Outdated))),
            "{results:?}"
        );
        assert_eq!(changed.len(), 1, "{results:?}");
        assert_eq!(stored_hash(store, &ada).await, changed[0].1);
    }
}

/// A session that opens beside a change is ended by it, or refused: none is found once both are done.
pub async fn change_beside_opens_leaves_no_session(store: &AccountPorts) {
    for round in 0..20 {
        let ada = add_user(store, &format!("ada{round}")).await;
        let opens = join_all((0..6).map(|n| open(store, &ada, round * 6 + n)));
        let change = async {
            let changed = store.credentials.change(change_to("fresh", &ada, INITIAL), Alongside::nothing()).await;
            changed.unwrap();
            store.sessions.keep_only(ada.id, None).await // for a session store elsewhere
        };
        let (opened, ended) = join_both(opens, change).await;
        assert!(ended.is_ok());
        for (n, opened) in (0..).zip(opened) {
            assert!(matches!(opened, Ok(()) | Err(OpenSessionError::PasswordChanged)), "{opened:?}");
            assert!(!is_open(store, round * 6 + n).await, "round {round}");
        }
    }
}

/// A rehash of the former password beside its change: the new password stays, whichever comes first.
pub async fn rehash_beside_change_keeps_the_new_password(store: &AccountPorts) {
    for round in 0..10 {
        let ada = add_user(store, &format!("ada{round}")).await;
        let (stale, rehashed) = (hash(), other_hash("rehashed"));
        let rehash = store.credentials.rehash(ada.id, &stale, &rehashed);
        let change = store.credentials.change(change_to("fresh", &ada, INITIAL), Alongside::nothing());
        let (rehash, changed) = join_both(rehash, change).await;
        assert!(rehash.is_ok(), "{rehash:?}");
        assert_eq!(changed.unwrap(), OtherSessions::default());
        assert_eq!(stored_hash(store, &ada).await, "fresh");
    }
}
