//! Contract functions of what runs beside the completion of a deletion: whichever is first, the deleted user has nothing after it.

use super::import::imported;
use crate::contract::{NOW, add_user, event, events, hash, join_both};
use crate::credential::{ChangeAuthority, NewResetToken, PasswordChange, PasswordChangeError, ResetDigest};
use crate::event::EventKind;
use crate::user::{AddRoleError, Deletion, ImportOutcome, ImportedUser, Role, Roles, TakenKeys, User};
use crate::{AccountPorts, Alongside};

/// The races of a function. The completion is polled first in every second one.
const ROUNDS: u8 = 20;

/// A user whose deletion is due.
async fn doomed(store: &AccountPorts, round: u8) -> User {
    let user = add_user(store, &format!("ada{round}")).await;
    store.users.request_deletion(user.id, NOW, NOW, Alongside::nothing()).await.unwrap();
    user
}

/// Runs `act` beside the completion of the deletion of `user`.
async fn race<T>(store: &AccountPorts, user: &User, round: u8, act: impl Future<Output = T>) -> T {
    let complete = async {
        let deleted = store.users.complete_deletion(user.id, NOW, Alongside::nothing()).await.unwrap();
        assert_eq!(deleted.deletion, Some(Deletion::Done { at: NOW }));
    };
    if round.is_multiple_of(2) { join_both(act, complete).await.0 } else { join_both(complete, act).await.1 }
}

/// A role is removed by the completion, or refused. Its event is written if it was added.
pub async fn role_beside_a_completion_is_removed_or_refused(store: &AccountPorts) {
    let mut count = 0;
    for round in 0..ROUNDS {
        let ada = doomed(store, round).await;
        let alongside = Alongside::event(event(EventKind::RoleAdded));
        let added = store.users.add_role(ada.id, Role::parse("admin").unwrap(), alongside);
        match race(store, &ada, round, added).await {
            Ok(true) => count += 1,
            Err(AddRoleError::NotFound) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(store.users.list_roles(ada.id).await.unwrap(), Roles::default(), "round {round}");
    }
    assert_eq!(events(store).await.len(), count);
}

/// A reset token is removed by the completion, or refused.
pub async fn reset_token_beside_a_completion_is_removed_or_refused(store: &AccountPorts) {
    let mut count = 0;
    for round in 0..ROUNDS {
        let (ada, digest) = (doomed(store, round).await, ResetDigest::new([round; 32]));
        let token = NewResetToken { digest, user: ada.id, made_at: NOW };
        let added = store.credentials.add_reset_token(token, Alongside::event(event(EventKind::ResetLinkMade)));
        count += usize::from(race(store, &ada, round, added).await.unwrap());
        assert_eq!(store.credentials.list_reset_tokens(ada.id).await.unwrap(), [], "round {round}");
        assert_eq!(store.credentials.find_by_reset_token(digest, NOW).await.unwrap(), None);
    }
    assert_eq!(events(store).await.len(), count);
}

/// A deleted user is not disabled, whichever is first, and has no session.
pub async fn disable_beside_a_completion_leaves_a_deleted_user(store: &AccountPorts) {
    let mut count = 0;
    for round in 0..ROUNDS {
        let ada = doomed(store, round).await;
        let disabled = store.users.disable(ada.id, NOW, Alongside::event(event(EventKind::Disabled)));
        count += usize::from(race(store, &ada, round, disabled).await.unwrap().is_some());
        let found = store.users.find(ada.id).await.unwrap().unwrap();
        assert_eq!((found.disabled_at, found.deletion), (None, Some(Deletion::Done { at: NOW })), "round {round}");
        assert_eq!(store.sessions.list(ada.id).await.unwrap(), []);
    }
    assert_eq!(events(store).await.len(), count);
}

/// A password that is set meanwhile goes with the user.
pub async fn password_beside_a_completion_is_removed_or_refused(store: &AccountPorts) {
    for round in 0..ROUNDS {
        let ada = doomed(store, round).await;
        let authorized_by = ChangeAuthority::Operator;
        let change = PasswordChange { user: ada.id, hash: hash(), authorized_by, keep: None };
        let changed = race(store, &ada, round, store.credentials.change(change, Alongside::nothing())).await;
        assert!(matches!(changed, Ok(_) | Err(PasswordChangeError::NotFound)), "{changed:?}");
        assert!(store.credentials.find(ada.id).await.unwrap().is_none(), "round {round}");
    }
}

/// An import of the name is refused, whichever is first: it is the user's, or reserved. An import of the address is refused before
/// the completion, and adds another user after it.
pub async fn import_beside_a_completion_gets_the_address_alone(store: &AccountPorts) {
    for round in 0..ROUNDS {
        let (ada, eve) = (doomed(store, round).await, imported(&format!("eve{round}")));
        let same_name = ImportedUser { username: ada.username.clone(), ..eve.clone() };
        let same_address = ImportedUser { email: ada.email.clone(), ..eve };
        let import = store.users.import(vec![same_name, same_address], NOW, Alongside::nothing());
        let outcomes = race(store, &ada, round, import).await.unwrap();
        let taken = |username, email| ImportOutcome::Taken(TakenKeys { username, look_alike: false, email });
        assert_eq!(outcomes[0], taken(true, false), "round {round}");
        assert_eq!(store.users.find_by_username(&ada.username).await.unwrap(), None);
        let found = store.credentials.find_by_email(&ada.email).await.unwrap().map(|found| found.user.id);
        match outcomes[1] {
            ImportOutcome::Added(eve) => assert_eq!((found, eve == ada.id), (Some(eve), false)),
            outcome => assert_eq!((outcome, found), (taken(false, true), None), "round {round}"),
        }
    }
}
