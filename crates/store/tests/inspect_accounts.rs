//! Maintenance of a database that holds the accounts' tables and an embedder's, and no parties.

use std::fs;

use crate::common::damage::damage;
use crate::common::{self, NOW, add_user};
use accounts_store::embed::MigrationSet;
use accounts_store::{AccountStore, BackupError, ConnectError, Inspection, Invariant, Violation};
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};

fn trips() -> MigrationSet {
    MigrationSet::new("trips").and(
        "posts",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES users (id)) STRICT",
        "CREATE TABLE posts (id BIGINT PRIMARY KEY, author_id BIGINT NOT NULL REFERENCES users (id))",
    )
}

/// The URLs of a database on each engine, where Ada and Ben have accounts, and Ada has written a post.
async fn databases() -> (TempDir, [String; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let urls = [sqlite_url(&folder), Postgres::shared().await.unwrap().database().await.unwrap()];
    for url in &urls {
        let store = AccountStore::connect_with(url, [trips()]).await.unwrap();
        for name in ["ada", "ben"] {
            add_user(&store.clone().into(), name).await;
        }
        store.close().await;
        damage(url, "INSERT INTO posts (id, author_id) VALUES (7, 1)").await;
    }
    (folder, urls)
}

async fn check(url: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    let inspection = Inspection::of_accounts(url).await.unwrap();
    inspection.check(NOW, |hash| hash.expose() == "$", |violation| found.push(violation)).await.unwrap();
    found
}

#[tokio::test]
async fn intact_accounts_have_no_violations() {
    for url in databases().await.1 {
        assert!(check(&url).await.is_empty());
    }
}

#[tokio::test]
async fn violations_of_accounts_are_reported_without_parties() {
    let (_folder, urls) = databases().await;
    for url in urls {
        damage(&url, "UPDATE users SET joined_at = -1, email_key = 'x@y.z' WHERE id = 1").await;
        damage(&url, "DELETE FROM credentials WHERE user_id = 2").await;
        damage(&url, "UPDATE credentials SET password_hash = 'otter' WHERE user_id = 1").await;
        let found = check(&url).await;
        let [
            Violation::Invariant { table: "users", row: 2, invariant: Invariant::HasCredential },
            Violation::Invariant { table: "users", row: 1, invariant: Invariant::TimestampIsInRange },
            Violation::Value(email),
            Violation::Value(hash),
        ] = &found[..]
        else {
            panic!("{found:?}")
        };
        assert_eq!((email.table, email.column, email.row), ("users", "email_key", 1));
        assert_eq!((hash.table, hash.column, hash.row), ("credentials", "password_hash", 1));
    }
}

#[tokio::test]
async fn dangling_row_of_an_embedders_table_is_reported_on_sqlite() {
    let (_folder, [url, _]) = databases().await;
    damage(&url, "INSERT INTO posts (id, author_id) VALUES (8, 9)").await;
    let found = check(&url).await;
    let [Violation::Dangling { table, row: 8, parent }] = &found[..] else { panic!("{found:?}") };
    assert_eq!((table.as_str(), parent.as_str()), ("posts", "users"));
}

#[tokio::test]
async fn backup_of_accounts_contains_an_embedders_tables() {
    let (folder, [url, server]) = databases().await;
    let copy = folder.path().join("copy.db");
    accounts_store::back_up(&url, &copy).await.unwrap();

    let restored = AccountStore::connect_with(&format!("sqlite:{}", copy.display()), [trips()]).await.unwrap();
    let posts = common::write(restored.database(), "SELECT count(*) FROM posts JOIN users ON users.id = author_id");
    assert_eq!(posts.await.unwrap(), Some(1));
    restored.close().await;

    let other = folder.path().join("other.db");
    let error = accounts_store::back_up(&server, &other).await.unwrap_err();
    assert!(matches!(error, BackupError::NotAFile));
    assert!(!fs::exists(&other).unwrap());
}

#[tokio::test]
async fn database_without_parties_is_rejected_by_the_party_store() {
    for url in databases().await.1 {
        let error = Inspection::of_parties(&url).await.unwrap_err();
        assert!(matches!(error, ConnectError::OlderSchema { found: 0, .. }), "{error:?}");
    }
}
