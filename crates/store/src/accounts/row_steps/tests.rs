//! Databases that an earlier version of the program has filled, of an embedder without parties.

use domain::user::{AddUserError, Email, NewUser, TakenKeys, Username};
use domain::{AccountPorts, Timestamp, caseless_key};
use test_support::Log;

use super::{FIND_BY_KEY, LIST, SAVE};
use crate::earlier::{Earlier, violations};
use crate::plan::assert_uses_indexes;
use crate::{AccountStore, Inspection};

impl Earlier {
    /// On both engines, with users of these addresses, numbered from 1.
    async fn with_addresses(addresses: &[&str]) -> Vec<Self> {
        let mut both = Vec::new();
        for url in Self::urls().await {
            let earlier = Self::new(url, 1, vec![]).await;
            for (position, address) in addresses.iter().enumerate() {
                let (id, key) = (position + 1, caseless_key(address));
                let user = format!(
                    "INSERT INTO users (username, username_key, email, email_key, joined_at)
                        VALUES ('user{id}', 'user{id}', '{address}', '{key}', 0);
                    INSERT INTO credentials (user_id, password_hash) VALUES ({id}, 'hash {id}')"
                );
                earlier.run(&user).await;
            }
            both.push(earlier);
        }
        both
    }

    /// The keys of all users, in the order of their ids.
    async fn keys(&self) -> Vec<String> {
        self.texts("SELECT email_key FROM users ORDER BY id").await
    }

    /// Starts the program.
    async fn start(&self) -> AccountPorts {
        AccountStore::connect(&self.url).await.unwrap().into()
    }

    async fn violations(&self) -> Vec<String> {
        violations(Inspection::of_accounts(&self.url).await.unwrap()).await
    }
}

/// The id of the user who logs in with an address.
async fn log_in(ports: &AccountPorts, address: &str) -> Option<i64> {
    let found = ports.credentials.find_by_email(&Email::parse(address).unwrap()).await.unwrap();
    found.map(|credential| credential.user.id.get())
}

/// The keys that keep an address from a new user; `None` if the user was added.
async fn register(ports: &AccountPorts, address: &str) -> Option<TakenKeys> {
    let new = NewUser {
        username: Username::parse("late").unwrap(),
        email: Email::parse(address).unwrap(),
        joined_at: Timestamp::from_millis(0),
        registration_key: None,
        code: None,
    };
    match ports
        .users
        .add(new, domain::credential::PasswordHash::new("hash".to_owned()), domain::Alongside::nothing())
        .await
    {
        Ok(_) => None,
        Err(AddUserError::Taken(taken)) => Some(taken),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn keys_of_earlier_version_are_rewritten() {
    let addresses = ["Ada@Example.com", "ben@exämple.de", "\"cleo\"@example.com", "dan@straße.de"];
    for earlier in Earlier::with_addresses(&addresses).await {
        let ports = earlier.start().await;

        let keys = ["ada@example.com", "ben@xn--exmple-cua.de", "cleo@example.com", "dan@xn--strae-oqa.de"];
        assert_eq!(earlier.keys().await, keys);
        for (id, address) in [
            (1, "ada@example.com"),
            (2, "ben@exämple.de"),
            (2, "ben@xn--exmple-cua.de"),
            (3, "cleo@example.com"),
            (3, "\"cleo\"@example.com"),
            (4, "dan@straße.de"),
        ] {
            assert_eq!(log_in(&ports, address).await, Some(id), "{address}");
        }
        assert_eq!(log_in(&ports, "dan@strasse.de").await, None);
        let backups = earlier.backups();
        assert_eq!(backups.len(), usize::from(earlier.file().is_some()), "a copy from before the step");
        for backup in backups {
            assert!(backup.to_str().unwrap().contains(".before-accounts-"), "{backup:?}");
            let copy = Earlier::of_file(&backup);
            assert_eq!(copy.count("SELECT max(version) FROM _accounts_migrations").await, 1);
        }
        assert_eq!(earlier.violations().await, [""; 0]);
    }
}

#[tokio::test]
async fn older_of_two_accounts_of_one_mailbox_gets_the_key() {
    let addresses = ["ada@xn--exmple-cua.de", "ada@exämple.de", "ben@example.com", "\"ben\"@example.com"];
    for earlier in Earlier::with_addresses(&addresses).await {
        let ports = earlier.start().await;

        let keys = ["ada@xn--exmple-cua.de", "ada@exämple.de", "ben@example.com", "\"ben\"@example.com"];
        assert_eq!(earlier.keys().await, keys);
        for (id, address) in (1..).zip(addresses) {
            assert_eq!(log_in(&ports, address).await, Some(id), "{address}");
        }
        let second = |id: i64| format!("Invariant {{ table: \"users\", row: {id}, invariant: MailboxHasOneAccount }}");
        assert_eq!(earlier.violations().await, [second(2), second(4)]);
        for address in addresses {
            assert_eq!(
                register(&ports, address).await,
                Some(TakenKeys { username: false, look_alike: false, email: true }),
                "{address}"
            );
        }
    }
}

/// Of two accounts of one mailbox, the one with the key gets another address, or is deleted.
#[tokio::test]
async fn former_key_is_rewritten_when_the_key_is_free() {
    for free in ["UPDATE users SET email = 'other@exämple.de' WHERE id = 1", "DELETE FROM users WHERE id = 1"] {
        for earlier in Earlier::with_addresses(&["ada@xn--exmple-cua.de", "ada@exämple.de"]).await {
            AccountStore::connect(&earlier.url).await.unwrap().close().await;
            earlier.run(free).await;
            // As `docs/OPERATING.md` says.
            earlier.run("DELETE FROM _row_steps WHERE step = 'accounts: e-mail keys'").await;

            let ports = earlier.start().await;

            let keys = earlier.keys().await;
            assert_eq!(keys.last().unwrap(), "ada@xn--exmple-cua.de", "{keys:?}");
            assert_eq!(log_in(&ports, "ada@exämple.de").await, Some(2));
            assert!(register(&ports, "ada@xn--exmple-cua.de").await.is_some());
            assert_eq!(earlier.violations().await, [""; 0]);
        }
    }
}

/// Until the former key is rewritten.
#[tokio::test]
async fn address_of_an_account_with_a_former_key_is_taken() {
    for earlier in Earlier::with_addresses(&["ada@xn--exmple-cua.de", "ada@exämple.de", "ben@strasse.de"]).await {
        let ports = earlier.start().await;
        earlier.run("DELETE FROM users WHERE id = 1").await;

        let differs = "Value(CorruptValue { table: \"users\", column: \"email_key\", row: 2,";
        let violations = earlier.violations().await;
        assert!(violations.len() == 1 && violations[0].starts_with(differs), "{violations:?}");
        let email = TakenKeys { username: false, look_alike: false, email: true };
        assert_eq!(register(&ports, "ada@exämple.de").await, Some(email));
        assert_eq!(log_in(&ports, "ada@exämple.de").await, Some(2));
        assert_eq!(register(&ports, "ben@straße.de").await, None, "its former key is the key of another mailbox");
    }
}

/// The key that the first user gets is the former key of the second, who gets another. It is rewritten before its turn.
#[tokio::test]
async fn key_that_its_holder_gives_up_is_free() {
    for earlier in Earlier::with_addresses(&["\"ada\"@strasse.de", "ada@straße.de"]).await {
        let (log, _guard) = Log::of_this_thread();
        let ports = earlier.start().await;

        let lines = log.take();
        let count = |message| lines.iter().filter(|line| line.contains(message)).count();
        assert_eq!((count("accounts: e-mail keys"), count("two users have one mailbox")), (2, 0), "{lines:?}");
        assert_eq!(earlier.keys().await, ["ada@strasse.de", "ada@xn--strae-oqa.de"]);
        assert_eq!(log_in(&ports, "ada@strasse.de").await, Some(1));
        assert_eq!(log_in(&ports, "ada@straße.de").await, Some(2));
        assert_eq!(earlier.violations().await, [""; 0]);
    }
}

/// The younger account has the key by its address already.
#[tokio::test]
async fn key_of_a_younger_account_stays_with_it() {
    for earlier in Earlier::with_addresses(&["\"ada\"@example.com", "ada@example.com"]).await {
        let ports = earlier.start().await;

        assert_eq!(earlier.keys().await, ["\"ada\"@example.com", "ada@example.com"]);
        assert_eq!(log_in(&ports, "\"ada\"@example.com").await, Some(1));
        assert_eq!(log_in(&ports, "ada@example.com").await, Some(2));
        assert_eq!(earlier.violations().await.len(), 1);
    }
}

#[tokio::test]
async fn unreadable_address_is_skipped() {
    for earlier in Earlier::with_addresses(&["a b@example.com", "ben@exämple.de"]).await {
        earlier.start().await;
        assert_eq!(earlier.keys().await, ["a b@example.com", "ben@xn--exmple-cua.de"]);
    }
}

#[tokio::test]
async fn statements_of_the_step_use_indexes() {
    for sql in [LIST, FIND_BY_KEY, SAVE] {
        assert_uses_indexes(sql).await;
    }
}
