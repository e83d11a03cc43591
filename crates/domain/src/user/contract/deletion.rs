//! Contract functions of the deletion of users.

use std::time::Duration;

use super::disable::open;
use crate::contract::{NOW, add_user, event, events, hash, join_all, join_both, new_user};
use crate::credential::PasswordVersion;
use crate::event::EventKind;
use crate::known_browser::{BrowserDigest, Recognition};
use crate::session::{OpenSessionError, TokenDigest};
use crate::user::{
    AddUserError, CompleteDeletionError, Deletion, DueDeletion, Email, NewUser, RegistrationKey, RenameUserError,
    RequestDeletionError, RequestedDeletion, User, UserId, Username,
};
use crate::{AccountPorts, Alongside, PageSize, Timestamp};

const DUE: Timestamp = Timestamp::from_millis(NOW.as_millis() + 1_209_600_000);

async fn request(store: &AccountPorts, user: UserId) -> RequestedDeletion {
    store.users.request_deletion(user, NOW, DUE, Alongside::nothing()).await.unwrap()
}

async fn undo(store: &AccountPorts, user: UserId, now: Timestamp) -> bool {
    store.users.undo_deletion(user, now, Alongside::nothing()).await.unwrap()
}

async fn complete(store: &AccountPorts, user: UserId) -> Result<User, CompleteDeletionError> {
    store.users.complete_deletion(user, DUE, Alongside::nothing()).await
}

async fn is_known(store: &AccountPorts, user: UserId) -> bool {
    let (digest, network) = (BrowserDigest::new([1; 32]), "192.0.2.0/24".to_owned());
    let found = store.known_browsers.find(user, Some(digest), Some(network), NOW).await.unwrap();
    found != Recognition { browser: false, network: false }
}

async fn remember(store: &AccountPorts, user: UserId) {
    let (digest, network) = (BrowserDigest::new([1; 32]), "192.0.2.0/24".to_owned());
    store.known_browsers.remember(user, PasswordVersion::INITIAL, Some(digest), Some(network), NOW).await.unwrap();
}

/// The event counts the sessions. Another user's sessions stay. The browsers are forgotten by the completion, so that a log-in that
/// undoes the deletion is recognized.
pub async fn requested_deletion_ends_sessions_and_keeps_browsers(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    for (n, user) in [(1, &ada), (2, &ada), (3, &ben)] {
        open(store, user, n).await.unwrap();
        remember(store, user.id).await;
    }
    let requested = event(EventKind::DeletionRequested);
    for expected in [(2, false), (0, true)] {
        let done = store.users.request_deletion(ada.id, NOW, DUE, Alongside::event(requested.clone())).await.unwrap();
        assert_eq!(done, RequestedDeletion { due: DUE, sessions: expected.0, is_repeated: expected.1 });
    }
    let deletion = Some(Deletion::Requested { at: NOW, due: DUE });
    assert_eq!(store.users.find(ada.id).await.unwrap(), Some(User { deletion, ..ada.clone() }));
    for (n, is_open) in [(1, false), (2, false), (3, true)] {
        assert_eq!(store.sessions.find(TokenDigest::new([n; 32])).await.unwrap().is_some(), is_open);
    }
    assert!(is_known(store, ada.id).await && is_known(store, ben.id).await);
    assert_eq!(events(store).await, [requested.of(ada.id).counting(2)]);
    complete(store, ada.id).await.unwrap();
    assert!(!is_known(store, ada.id).await && is_known(store, ben.id).await);
    let unknown = store.users.request_deletion(UserId::new(i64::MAX), NOW, DUE, Alongside::nothing()).await;
    assert!(matches!(unknown, Err(RequestDeletionError::NotFound)), "{unknown:?}");
}

/// A second request neither puts a deletion off nor moves the time of the first.
pub async fn repeated_request_only_brings_a_deletion_forward(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    request(store, ada.id).await;
    let later = NOW + Duration::from_hours(1);
    for (due, expected) in [(DUE + Duration::from_hours(1), DUE), (later, later), (DUE, later)] {
        let requested = store.users.request_deletion(ada.id, later, due, Alongside::nothing()).await.unwrap();
        assert_eq!(requested, RequestedDeletion { due: expected, sessions: 0, is_repeated: true });
        let deletion = Some(Deletion::Requested { at: NOW, due: expected });
        assert_eq!(store.users.find(ada.id).await.unwrap().unwrap().deletion, deletion);
    }
}

/// No session opens and no browser is remembered, until the deletion is undone. From when on it is due, the user is like a disabled
/// one, whether the deletion is completed or not.
pub async fn user_whose_deletion_is_requested_opens_no_session(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    request(store, ada.id).await;
    let opened = open(store, &ada, 1).await;
    assert!(matches!(opened, Err(OpenSessionError::DeletionRequested)), "{opened:?}");
    remember(store, ada.id).await;
    assert!(!is_known(store, ada.id).await);
    assert!(undo(store, ada.id, NOW).await);
    open(store, &ada, 2).await.unwrap();
    store.users.request_deletion(ada.id, NOW, NOW, Alongside::nothing()).await.unwrap();
    for _ in 0..2 {
        let opened = open(store, &ada, 3).await;
        assert!(matches!(opened, Err(OpenSessionError::UserDisabled)), "{opened:?}");
        let _ = complete(store, ada.id).await.unwrap_or(ada.clone());
    }
}

/// The user is as before, but for the sessions.
pub async fn deletion_is_undone_until_it_is_due(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    assert!(!undo(store, ada.id, NOW).await, "none is requested");
    request(store, ada.id).await;
    assert!(!undo(store, ada.id, DUE).await);
    let undone = event(EventKind::DeletionUndone);
    let last = DUE - Duration::from_millis(1);
    for expected in [true, false] {
        let is_undone = store.users.undo_deletion(ada.id, last, Alongside::event(undone.clone())).await.unwrap();
        assert_eq!(is_undone, expected);
        assert_eq!(store.users.find(ada.id).await.unwrap(), Some(ada.clone()));
    }
    assert_eq!(events(store).await, [undone.of(ada.id)]);
    let late = complete(store, ada.id).await;
    assert!(matches!(late, Err(CompleteDeletionError::NotDue)), "{late:?}");
    assert!(!undo(store, UserId::new(i64::MAX), NOW).await);
}

/// In the order of their times, page by page.
pub async fn due_deletions_are_listed_in_their_order(store: &AccountPorts) {
    let mut expected = Vec::new();
    for (n, hours) in [3, 1, 2, 1, 100].into_iter().enumerate() {
        let user = add_user(store, &format!("user{n}")).await.id;
        let due = NOW + Duration::from_hours(hours);
        store.users.request_deletion(user, NOW, due, Alongside::nothing()).await.unwrap();
        expected.push(DueDeletion { due, user });
    }
    expected.pop(); // it is not due
    expected.sort_unstable();
    let now = NOW + Duration::from_hours(3);
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = store.users.list_due_deletions(now, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(*last);
        listed.extend(page);
    }
    assert_eq!(listed, expected);
    assert_eq!(store.users.list_due_deletions(NOW, None, 10).await.unwrap(), []);
}

/// The row keeps its id and its time. Everything else of the account is removed, and its name and address are free.
pub async fn completed_deletion_leaves_a_name_alone(store: &AccountPorts) {
    let key = Some(RegistrationKey::new([5; 32]));
    let new = NewUser { registration_key: key, ..new_user("ada") };
    let ada = store.users.add(new.clone(), hash(), Alongside::nothing()).await.unwrap();
    let early = complete(store, ada.id).await;
    assert!(matches!(early, Err(CompleteDeletionError::NotDue)), "{early:?}");
    request(store, ada.id).await;
    let before = store.users.complete_deletion(ada.id, DUE - Duration::from_millis(1), Alongside::nothing()).await;
    assert!(matches!(before, Err(CompleteDeletionError::NotDue)), "{before:?}");
    let deleted = event(EventKind::Deleted);
    let user = store.users.complete_deletion(ada.id, DUE, Alongside::event(deleted.clone())).await.unwrap();
    assert_eq!((user.id, user.joined_at, user.disabled_at), (ada.id, ada.joined_at, None));
    assert_eq!(user.username, Deletion::name_of(ada.id, 0));
    assert_eq!(user.deletion, Some(Deletion::Done { at: DUE }));
    assert!(!user.email.as_str().contains("ada"), "{}", user.email);
    assert_eq!(store.users.find(ada.id).await.unwrap().as_ref(), Some(&user));
    assert_eq!(store.users.find_by_username(&user.username).await.unwrap().as_ref(), Some(&user));
    assert_eq!(store.users.find_by_username(&ada.username).await.unwrap(), None);
    assert!(store.credentials.find_by_email(&ada.email).await.unwrap().is_none());
    assert!(store.credentials.find_by_email(&user.email).await.unwrap().is_none());
    assert!(store.credentials.find_by_username(&user.username).await.unwrap().is_none());
    assert_eq!(store.users.list(None, PageSize::DEFAULT).await.unwrap().items, []);
    assert_eq!(store.users.purge_registration_keys(DUE, 10).await.unwrap(), 0, "it is removed already");
    assert_eq!(events(store).await, [deleted.of(ada.id)]);
    for done in [complete(store, ada.id).await.err(), None].into_iter().flatten() {
        assert!(matches!(done, CompleteDeletionError::NotDue), "{done:?}");
    }
    assert!(!undo(store, ada.id, NOW).await);
    let renamed = store.users.rename(ada.id, Username::parse("eve").unwrap(), DUE, Alongside::nothing()).await;
    assert!(matches!(renamed, Err(RenameUserError::NotFound)), "{renamed:?}");
    assert_eq!(store.users.disable(ada.id, NOW, Alongside::nothing()).await.unwrap(), None);
    let again = store.users.request_deletion(ada.id, NOW, DUE, Alongside::nothing()).await;
    assert!(matches!(again, Err(RequestDeletionError::NotFound)), "{again:?}");
}

/// The address is free at once. The name is reserved as one is that a user has given up, so that nobody can take the user's place.
pub async fn deleted_user_leaves_the_address_free_and_the_name_reserved(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    request(store, ada.id).await;
    complete(store, ada.id).await.unwrap();
    let eve = NewUser { email: new_user("ada").email, ..new_user("eve") };
    let eve = store.users.add(eve, hash(), Alongside::nothing()).await.unwrap();
    assert_ne!(eve.id, ada.id);
    for (after, is_reserved) in [(Duration::from_hours(1), true), (Username::RESERVED, false)] {
        let email = Email::parse("second@example.com").unwrap();
        let second = NewUser { email, joined_at: DUE + after, ..new_user("ada") };
        let added = store.users.add(second, hash(), Alongside::nothing()).await;
        let is_taken = matches!(&added, Err(AddUserError::Taken(taken)) if taken.username && !taken.email);
        assert_eq!((is_taken, added.is_ok()), (is_reserved, !is_reserved), "{added:?}");
    }
}

/// A session that opens beside the request is ended by it, or refused.
pub async fn request_beside_opens_leaves_no_session(store: &AccountPorts) {
    for round in 0..20 {
        let ada = add_user(store, &format!("ada{round}")).await;
        let opens = join_all((0..6).map(|n| open(store, &ada, round * 6 + n)));
        let (opened, requested) = join_both(opens, request(store, ada.id)).await;
        assert!(!requested.is_repeated);
        for n in 0..6 {
            let found = store.sessions.find(TokenDigest::new([round * 6 + n; 32])).await.unwrap();
            assert_eq!(found, None, "round {round}: {opened:?}");
        }
    }
}

/// One of them wins, and the other finds nothing to do.
pub async fn undo_beside_completion_has_one_winner(store: &AccountPorts) {
    for round in 0..20 {
        let ada = add_user(store, &format!("ada{round}")).await;
        request(store, ada.id).await;
        // As by a clock that is behind.
        let (is_undone, completed) = join_both(undo(store, ada.id, NOW), complete(store, ada.id)).await;
        assert_ne!(is_undone, completed.is_ok(), "round {round}");
        let deletion = store.users.find(ada.id).await.unwrap().unwrap().deletion;
        assert_eq!(deletion, completed.ok().map(|_| Deletion::Done { at: DUE }), "round {round}");
    }
}
