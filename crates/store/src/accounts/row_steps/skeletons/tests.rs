//! Databases that an earlier version has filled with names that look alike.

use domain::user::{AddUserError, Email, NewUser, TakenKeys, Username};
use domain::{AccountPorts, Alongside, Timestamp};

use super::{LIST, SAVE};
use crate::earlier::{Earlier, violations};
use crate::plan::assert_uses_indexes;
use crate::{AccountStore, Inspection};

/// On both engines, with the tables before the skeletons and users of these names, numbered from 1.
async fn with_names(names: &[&str]) -> Vec<Earlier> {
    let mut both = Vec::new();
    for url in Earlier::urls().await {
        let earlier = Earlier::new(url, 6, vec![]).await;
        for (position, name) in names.iter().enumerate() {
            let (id, key) = (position + 1, domain::caseless_key(name));
            let user = format!(
                "INSERT INTO users (username, username_key, email, email_key, joined_at)
                    VALUES ('{name}', '{key}', 'u{id}@example.com', 'u{id}@example.com', 0);
                INSERT INTO credentials (user_id, password_hash) VALUES ({id}, 'hash {id}')"
            );
            earlier.run(&user).await;
        }
        both.push(earlier);
    }
    both
}

async fn add(ports: &AccountPorts, name: &str) -> Option<TakenKeys> {
    let new = NewUser {
        username: Username::parse(name).unwrap(),
        email: Email::parse("late@example.com").unwrap(),
        joined_at: Timestamp::from_millis(0),
        registration_key: None,
        code: None,
    };
    match ports.users.add(new, domain::credential::PasswordHash::new("hash".to_owned()), Alongside::nothing()).await {
        Ok(_) => None,
        Err(AddUserError::Taken(taken)) => Some(taken),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn skeletons_of_earlier_version_are_filled() {
    for earlier in with_names(&["Modern", "paypa1", "pаypal", "modem"]).await {
        let ports: AccountPorts = AccountStore::connect(&earlier.url).await.unwrap().into();

        let skeletons = earlier.texts("SELECT username_skeleton FROM users ORDER BY id").await;
        assert_eq!(skeletons, ["rnodern", "paypal", "paypal", "rnodern"]);
        for name in ["Modern", "paypa1", "pаypal", "modem"] {
            let name = Username::parse(name).unwrap();
            assert!(ports.users.find_by_username(&name).await.unwrap().is_some(), "{name} stays");
            assert!(ports.credentials.find_by_username(&name).await.unwrap().is_some(), "{name} may log in");
        }
        let look_alike = TakenKeys { username: false, look_alike: true, email: false };
        assert_eq!(add(&ports, "paypal").await, Some(look_alike));
        let inspection = Inspection::of_accounts(&earlier.url).await.unwrap();
        assert_eq!(violations(inspection).await, [""; 0]);
    }
}

#[tokio::test]
async fn unreadable_name_is_skipped() {
    for earlier in with_names(&["a b", "modem"]).await {
        AccountStore::connect(&earlier.url).await.unwrap().close().await;
        assert_eq!(earlier.texts("SELECT username_skeleton FROM users ORDER BY id").await, ["", "rnodern"]);
    }
}

#[tokio::test]
async fn statements_of_the_step_use_indexes() {
    for sql in [LIST, SAVE] {
        assert_uses_indexes(sql).await;
    }
}
