//! The contract functions of roles.

use crate::contract::{NOW, add_user, event, events, join_all};
use crate::event::EventKind;
use crate::user::{AddRoleError, MOST_ROLES, Role, UserId};
use crate::{AccountPorts, Alongside};

fn role(name: &str) -> Role {
    Role::parse(name).unwrap()
}

async fn roles(store: &AccountPorts, user: UserId) -> Vec<String> {
    store.users.list_roles(user).await.unwrap().iter().map(ToString::to_string).collect()
}

/// A repeated call writes nothing and returns `false`. The roles of another user stay.
pub async fn role_is_added_and_removed_once(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await.id, add_user(store, "ben").await.id);
    let [added, removed] = [EventKind::RoleAdded, EventKind::RoleRemoved].map(event);
    store.users.add_role(ben, role("admin"), Alongside::nothing()).await.unwrap();
    for expected in [true, false] {
        let alongside = Alongside::event(added.clone());
        assert_eq!(store.users.add_role(ada, role("admin"), alongside).await.unwrap(), expected);
        assert_eq!(roles(store, ada).await, ["admin"]);
    }
    for expected in [true, false] {
        let alongside = Alongside::event(removed.clone());
        assert_eq!(store.users.remove_role(ada, role("admin"), alongside).await.unwrap(), expected);
        assert_eq!(roles(store, ada).await, [""; 0]);
    }
    assert_eq!(roles(store, ben).await, ["admin"]);
    assert_eq!(events(store).await, [added.of(ada), removed.of(ada)]);
}

/// It gets no role, has none, and loses none.
pub async fn unknown_user_has_no_role(store: &AccountPorts) {
    add_user(store, "ada").await;
    let unknown = UserId::new(i64::MAX);
    let alongside = || Alongside::event(event(EventKind::RoleAdded));
    let added = store.users.add_role(unknown, role("admin"), alongside()).await;
    assert!(matches!(added, Err(AddRoleError::NotFound)), "{added:?}");
    assert!(!store.users.remove_role(unknown, role("admin"), alongside()).await.unwrap());
    assert_eq!(roles(store, unknown).await, [""; 0]);
    assert_eq!(events(store).await, []);
}

/// Also of concurrent calls. A role that the user has already is not refused.
pub async fn thirty_third_role_is_refused(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    let add = |n: u32| store.users.add_role(ada, role(&format!("role{n}")), Alongside::nothing());
    for n in 2..MOST_ROLES {
        assert!(add(n).await.unwrap());
    }
    let results = join_all((100..108).map(add)).await;
    let added = results.iter().filter(|result| matches!(result, Ok(true))).count();
    let refused = results.iter().filter(|result| matches!(result, Err(AddRoleError::TooMany))).count();
    assert_eq!((added, refused), (2, 6), "{results:?}");
    assert!(!add(2).await.unwrap());
    assert_eq!(roles(store, ada).await.len(), 32);
}

/// The row of the user stays after a deletion.
pub async fn deleted_user_gets_no_role(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    store.users.request_deletion(ada, NOW, NOW, Alongside::nothing()).await.unwrap();
    store.users.complete_deletion(ada, NOW, Alongside::nothing()).await.unwrap();
    let added = store.users.add_role(ada, role("admin"), Alongside::nothing()).await;
    assert!(matches!(added, Err(AddRoleError::NotFound)), "{added:?}");
    assert_eq!(roles(store, ada).await, [""; 0]);
}
