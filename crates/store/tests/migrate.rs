//! Migrations run however many programs start at once; a schema that cannot be migrated is left unchanged.

use crate::common::{self, Fresh, past_our_types};
use accounts_store::embed::MigrationSet;
use accounts_store::{AccountStore, ConnectError, PartyStore};
use test_support::{Postgres, sqlite_url};
use tokio::task::JoinSet;

const ROUNDS: usize = 30;
const AT_ONCE: usize = 4;

/// Each start opens its own connections, as a process does. In every other round the accounts' tables exist already.
async fn start_at_once(round: usize, url: &str) {
    if round % 2 == 1 {
        AccountStore::connect(url).await.unwrap().close().await;
    }
    let mut starting = JoinSet::new();
    for _ in 0..AT_ONCE {
        let url = url.to_owned();
        starting.spawn(async move { PartyStore::connect(&url).await });
    }
    for store in starting.join_all().await {
        store.unwrap().accounts().close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_programs_that_start_at_once_all_migrate() {
    for round in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        start_at_once(round, &sqlite_url(&folder)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_programs_that_start_at_once_all_migrate() {
    for round in 0..ROUNDS {
        start_at_once(round, &Postgres::shared().await.unwrap().database().await.unwrap()).await;
    }
}

async fn both() -> [Fresh; 2] {
    [common::sqlite().await, common::postgres().await]
}

#[tokio::test]
async fn newer_schema_is_rejected_in_one_line() {
    for fresh in both().await {
        let newer = "INSERT INTO _parties_migrations (version, description, success, checksum, execution_time) \
             SELECT 9999, 'newer', success, checksum, 0 FROM _parties_migrations WHERE version = 1";
        past_our_types(&fresh.store, newer).await.unwrap();

        let error = PartyStore::connect(&fresh.url).await.unwrap_err();

        assert!(matches!(&error, ConnectError::NewerSchema { set, found: 9999 } if set == "parties"), "{error:?}");
        let line = "the schema of the parties is at version 9999, newer than this program knows: start a newer one";
        assert_eq!(error.to_string(), line);
        AccountStore::connect(&fresh.url).await.unwrap(); // whose schema is known
    }
}

#[tokio::test]
async fn migration_that_changed_after_it_ran_is_rejected() {
    for fresh in both().await {
        past_our_types(
            &fresh.store,
            "UPDATE _accounts_migrations SET checksum = digest FROM \
             (SELECT checksum AS digest FROM _parties_migrations WHERE version = 1) AS other",
        )
        .await
        .unwrap();
        let error = AccountStore::connect(&fresh.url).await.unwrap_err();
        assert!(matches!(error, ConnectError::Migration { .. }), "{error:?}");
    }
}

fn set(name: &'static str, statement: &'static str) -> MigrationSet {
    MigrationSet::new(name).and("first", statement, statement)
}

#[tokio::test]
async fn invalid_set_name_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["", "accounts", "parties", "Trips", "my trips", "trips2", "x; DROP TABLE users", "ü", &LONG[1..], LONG]
    {
        let result = AccountStore::connect_with(&sqlite_url(&folder), [MigrationSet::new(name)]).await;
        if name.len() == 32 {
            result.unwrap();
            continue;
        }
        let line =
            format!("own tables cannot be called `{name}`: a name of their own is needed, up to 32 of a-z and _");
        assert_eq!(result.unwrap_err().to_string(), line);
    }
}

/// One character more than the limit.
const LONG: &str = "trips_and_all_that_belongs_to_abc";

#[tokio::test]
async fn failing_migration_leaves_the_schema_unchanged() {
    for fresh in both().await {
        common::add_user(&fresh.accounts(), "ada").await;
        let posts = || set("posts", "CREATE TABLE posts (id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id))");
        let broken = || set("trips", "CREATE TABLE trips (id BIGINT); ALTER TABLE nowhere ADD COLUMN id BIGINT");

        let error = AccountStore::connect_with(&fresh.url, [posts(), broken()]).await.unwrap_err();

        assert!(matches!(&error, ConnectError::Migration { set, .. } if set == "trips"), "{error:?}");
        for table in
            ["SELECT count(*) FROM posts", "SELECT count(*) FROM trips", "SELECT count(*) FROM _posts_migrations"]
        {
            assert!(past_our_types(&fresh.store, table).await.is_err(), "{table}");
        }
        assert_eq!(past_our_types(&fresh.store, "SELECT count(*) FROM users").await.unwrap(), Some(1));
        AccountStore::connect_with(&fresh.url, [posts()]).await.unwrap();
        past_our_types(&fresh.store, "INSERT INTO posts (id) SELECT id FROM users").await.unwrap();
    }
}

/// An embedder, DinnerParty and a second process of DinnerParty on one database, each with its own sets.
#[tokio::test]
async fn stores_with_other_tables_share_one_database() {
    for fresh in both().await {
        let posts = set("posts", "CREATE TABLE posts (id BIGINT NOT NULL PRIMARY KEY)");
        let embedder = AccountStore::connect_with(&fresh.url, [posts]).await.unwrap();
        let second = fresh.another().await;
        let ada = common::add_user(&embedder.into(), "ada").await;
        let id = second.parties().add(common::party_of(&ada, 4), None).await.unwrap();
        let found = fresh.parties().find(id, ada.id).await.unwrap();
        assert_eq!(found.unwrap().summary.heading.host, ada.username);
    }
}
