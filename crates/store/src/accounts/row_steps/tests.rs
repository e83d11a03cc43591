//! Databases that an earlier version of the program has filled, of an embedder without parties.

use std::path::Path;

use domain::user::{AddUserError, Email, NewUser, TakenKeys, Username};
use domain::{AccountPorts, Timestamp, caseless_key};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, query_scalar, raw_sql};
use test_support::{Postgres, sqlite_url};

use super::{FIND_BY_KEY, LIST, SAVE};
use crate::plan::assert_uses_indexes;
use crate::{AccountStore, Inspection};

/// A database with users of an earlier version.
struct Earlier {
    url: String,
    _folder: tempfile::TempDir,
}

impl Earlier {
    async fn new(url: Option<String>, addresses: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = url.unwrap_or_else(|| sqlite_url(&folder));
        AccountStore::connect(&url).await.unwrap().close().await;
        let earlier = Self { url, _folder: folder };
        for (position, address) in addresses.iter().enumerate() {
            let (id, key) = (position + 1, caseless_key(address));
            let user = format!(
                "INSERT INTO users (username, username_key, email, email_key, joined_at)
                    VALUES ('user{id}', 'user{id}', '{address}', '{key}', 0);
                INSERT INTO credentials (user_id, password_hash) VALUES ({id}, 'hash {id}')"
            );
            earlier.run(&user).await;
        }
        earlier.run("DROP TABLE _row_steps").await;
        earlier.run("DELETE FROM _accounts_migrations WHERE version = 3").await;
        earlier
    }

    /// On both engines.
    async fn both(addresses: &[&str]) -> [Self; 2] {
        let postgres = Postgres::shared().await.unwrap().database().await.unwrap();
        [Self::new(None, addresses).await, Self::new(Some(postgres), addresses).await]
    }

    fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    async fn run(&self, sql: &str) {
        #[expect(clippy::disallowed_methods, reason = "statements of these tests")]
        let sql = raw_sql(AssertSqlSafe(sql.to_owned()));
        if self.is_sqlite() {
            sql.execute(&mut SqliteConnection::connect(&self.url).await.unwrap()).await.unwrap();
        } else {
            sql.execute(&mut PgConnection::connect(&self.url).await.unwrap()).await.unwrap();
        }
    }

    /// The keys of all users, in the order of their ids.
    async fn keys(&self) -> Vec<String> {
        let keys = query_scalar("SELECT email_key FROM users ORDER BY id");
        if self.is_sqlite() {
            keys.fetch_all(&mut SqliteConnection::connect(&self.url).await.unwrap()).await.unwrap()
        } else {
            let keys = query_scalar("SELECT email_key FROM users ORDER BY id");
            keys.fetch_all(&mut PgConnection::connect(&self.url).await.unwrap()).await.unwrap()
        }
    }

    /// Starts the program.
    async fn start(&self) -> AccountPorts {
        AccountStore::connect(&self.url).await.unwrap().into()
    }

    async fn violations(&self) -> Vec<String> {
        let mut violations = Vec::new();
        let inspection = Inspection::of_accounts(&self.url).await.unwrap();
        inspection.check(|_| true, |violation| violations.push(format!("{violation:?}"))).await.unwrap();
        violations
    }
}

/// The id of the user who logs in with an address.
async fn log_in(ports: &AccountPorts, address: &str) -> Option<i64> {
    let found = ports.credentials.find_by_email(&Email::parse(address).unwrap()).await.unwrap();
    found.map(|credential| credential.user.id.get())
}

#[tokio::test]
async fn keys_of_earlier_version_are_rewritten() {
    let addresses = ["Ada@Example.com", "ben@exämple.de", "\"cleo\"@example.com", "dan@straße.de"];
    for earlier in Earlier::both(&addresses).await {
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
        if let Some(file) = earlier.url.strip_prefix("sqlite:") {
            assert!(Path::new(&format!("{file}.before-accounts-3")).exists(), "a copy from before the step");
        }
        assert_eq!(earlier.violations().await, [""; 0]);
    }
}

#[tokio::test]
async fn older_of_two_accounts_of_one_mailbox_gets_the_key() {
    let addresses = ["ada@xn--exmple-cua.de", "ada@exämple.de", "ben@example.com", "\"ben\"@example.com"];
    for earlier in Earlier::both(&addresses).await {
        let ports = earlier.start().await;

        let keys = ["ada@xn--exmple-cua.de", "ada@exämple.de", "ben@example.com", "\"ben\"@example.com"];
        assert_eq!(earlier.keys().await, keys);
        for (id, address) in (1..).zip(addresses) {
            assert_eq!(log_in(&ports, address).await, Some(id), "{address}");
        }
        let second = |id: i64| format!("Invariant {{ table: \"users\", row: {id}, invariant: MailboxHasOneAccount }}");
        assert_eq!(earlier.violations().await, [second(2), second(4)]);
        for address in addresses {
            let late = NewUser {
                username: Username::parse("late").unwrap(),
                email: Email::parse(address).unwrap(),
                joined_at: Timestamp::from_millis(0),
                registration_key: None,
            };
            let hash = domain::credential::PasswordHash::new("hash".to_owned());
            let added = ports.users.add(late, hash).await;
            let taken = TakenKeys { username: false, email: true };
            assert!(matches!(added, Err(AddUserError::Taken(found)) if found == taken), "{address}");
        }
    }
}

/// The key that the first user gets is the former key of the second, who gets another.
#[tokio::test]
async fn key_that_its_holder_gives_up_is_free() {
    for earlier in Earlier::both(&["\"ada\"@strasse.de", "ada@straße.de"]).await {
        let ports = earlier.start().await;

        assert_eq!(earlier.keys().await, ["ada@strasse.de", "ada@xn--strae-oqa.de"]);
        assert_eq!(log_in(&ports, "ada@strasse.de").await, Some(1));
        assert_eq!(log_in(&ports, "ada@straße.de").await, Some(2));
        assert_eq!(earlier.violations().await, [""; 0]);
    }
}

/// The younger account has the key by its address already.
#[tokio::test]
async fn key_of_a_younger_account_stays_with_it() {
    for earlier in Earlier::both(&["\"ada\"@example.com", "ada@example.com"]).await {
        let ports = earlier.start().await;

        assert_eq!(earlier.keys().await, ["\"ada\"@example.com", "ada@example.com"]);
        assert_eq!(log_in(&ports, "\"ada\"@example.com").await, Some(1));
        assert_eq!(log_in(&ports, "ada@example.com").await, Some(2));
        assert_eq!(earlier.violations().await.len(), 1);
    }
}

#[tokio::test]
async fn unreadable_address_is_skipped() {
    for earlier in Earlier::both(&["a b@example.com", "ben@exämple.de"]).await {
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
