//! What `check` finds. Each kind of damage is done on purpose, past the constraints of the schema.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::common::damage::{damage, damage_past_all_constraints, drop_constraints};
use crate::common::damages::DAMAGES;
use crate::common::{self, Fresh, NOW, add_user, party_of};
use accounts_store::{ConnectError, Inspection, PartyStore, Violation};
use domain::FixedClock;
use domain::credential::PasswordHash;
use domain::party::{GuestCommand, Heads, Opened, Parties};
use domain::session::{Device, SessionRecord, TokenDigest};
use domain::user::UserId;
use test_support::Postgres;

/// Ada hosts party 1, where Ben and Cleo are seated; Ben hosts party 2; Ada has a session.
async fn fill(fresh: &Fresh) {
    let accounts = fresh.accounts();
    let (ada, ben) = (add_user(&accounts, "ada").await, add_user(&accounts, "ben").await);
    let cleo = add_user(&accounts, "cleo").await;
    let parties = Parties::new(fresh.parties(), Arc::new(FixedClock(NOW)));
    let table = fresh.parties().add(party_of(&ada, 4), None).await.unwrap();
    fresh.parties().add(party_of(&ben, 4), None).await.unwrap();
    for guest in [ben.id, cleo.id] {
        parties.answer(Opened::ById(table), guest, GuestCommand::Accept(Heads::ONE)).await.unwrap();
    }
    let record = SessionRecord {
        user: ada.id,
        created_at: NOW,
        last_seen_at: NOW,
        authenticated_at: NOW,
        expires_at: NOW + Duration::from_hours(1),
        remembered: false,
        device: Device::default(),
    };
    accounts
        .sessions
        .open(
            TokenDigest::new([7; 32]),
            record,
            domain::credential::PasswordVersion::INITIAL,
            None,
            domain::Alongside::nothing(),
        )
        .await
        .unwrap();
}

/// A violation as one line: where, and what.
fn line(violation: &Violation) -> String {
    match violation {
        Violation::Damaged { message } => format!("damaged: {message}"),
        Violation::Dangling { table, row, parent } => format!("{table} {row} -> {parent}"),
        Violation::Unreadable { table, row, .. } => format!("{table} {row:?} unreadable"),
        Violation::Value(value) => format!("{} {} {}?", value.table, value.row, value.column),
        Violation::Invariant { table, row, invariant } => format!("{table} {row} {invariant:?}"),
        Violation::Taken { party, taken, counted } => format!("party {party}: {taken} taken, {counted} counted"),
        Violation::Overbooked { party, seats, counted } => format!("party {party}: {counted} on {seats}"),
        Violation::Waiting { party, waiting, counted } => format!("party {party}: {waiting} wait, {counted} counted"),
        Violation::Heads { party, rsvp, heads, max } => format!("party {party}, rsvp {rsvp}: {heads} of 1..={max}"),
    }
}

/// In place of the cryptography, which the store does not contain.
fn is_verifiable(hash: &PasswordHash) -> bool {
    hash.expose() == "$"
}

async fn check(url: &str) -> Vec<String> {
    let mut found = Vec::new();
    let inspection = Inspection::of_parties(url).await.unwrap();
    inspection.check(NOW, is_verifiable, |violation| found.push(line(&violation))).await.unwrap();
    found
}

#[tokio::test]
async fn intact_database_has_no_violations() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        assert_eq!(check(&fresh.url).await, [""; 0], "an empty database");
        fill(&fresh).await;
        assert_eq!(check(&fresh.url).await, [""; 0]);
        fresh.store.accounts().close().await;
        drop_constraints(&fresh.url).await;
        assert_eq!(check(&fresh.url).await, [""; 0], "without constraints");
    }
}

#[tokio::test]
async fn sqlite_reports_each_damage() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    fresh.store.accounts().close().await;
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    for (sql, by_sqlite, by_us) in DAMAGES {
        let copy = format!("{file}.damaged");
        std::fs::copy(file, &copy).unwrap();
        damage_past_all_constraints(&copy, sql).await;
        assert_eq!(check(&format!("sqlite:{copy}")).await, [*by_sqlite, *by_us].concat(), "{sql}");
    }
}

/// Of tables without constraints, since PostgreSQL enforces NOT NULL, CHECK and UNIQUE at each write.
#[tokio::test]
async fn postgres_reports_each_damage_that_it_does_not_exclude() {
    let prepare = async |url: String| {
        let store = PartyStore::connect(&url).await?;
        let fresh = Fresh::over(url, store);
        fill(&fresh).await;
        fresh.store.accounts().close().await;
        drop_constraints(&fresh.url).await;
        Ok(())
    };
    for (sql, _, by_us) in DAMAGES {
        let url = Postgres::shared().await.unwrap().database_from("loose", prepare).await.unwrap();
        damage(&url, sql).await;
        assert_eq!(check(&url).await, *by_us, "{sql}");
    }
}

/// As `pg_restore --disable-triggers` writes.
#[tokio::test]
async fn row_written_past_foreign_keys_is_reported() {
    for (fresh, past) in
        [(common::sqlite().await, ""), (common::postgres().await, "SET session_replication_role = replica; ")]
    {
        fill(&fresh).await;
        damage(&fresh.url, &format!("{past}DELETE FROM users WHERE id = 3")).await;
        let mut found = check(&fresh.url).await;
        found.sort();
        assert_eq!(found, ["credentials 3 -> users", "parties 1 FirstGuestsAreCurrent", "rsvps 2 -> users"]);
    }
}

#[tokio::test]
async fn dangling_row_of_an_embedders_table_is_reported_on_sqlite() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    let posts = "CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES users (id)); INSERT INTO posts VALUES (7, 9)";
    damage(&fresh.url, posts).await;
    assert_eq!(check(&fresh.url).await, ["posts 7 -> users"]);
}

#[tokio::test]
async fn unreadable_row_is_reported_and_the_others_are_checked() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    damage(&fresh.url, "UPDATE users SET email = CAST(x'61ff6263' AS TEXT) WHERE id = 1; UPDATE users SET email = 'x@y.z' WHERE id = 2").await;
    assert_eq!(check(&fresh.url).await, ["users Some(1) unreadable", "users 2 email_key?"]);
}

#[tokio::test]
async fn damaged_page_is_reported() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    let page = common::past_our_types(&fresh.store, "SELECT rootpage FROM sqlite_schema WHERE name = 'parties_listed'");
    let page = page.await.unwrap().unwrap();
    fresh.store.accounts().close().await;
    let file = Path::new(fresh.url.strip_prefix("sqlite:").unwrap());
    let mut bytes = std::fs::read(file).unwrap();
    let begin = usize::try_from(page - 1).unwrap() * 4096;
    bytes[begin..begin + 4096].fill(0x5a);
    std::fs::write(file, bytes).unwrap();

    let mut found = Vec::new();
    let inspection = Inspection::of_parties(&fresh.url).await.unwrap();
    let _ = inspection.check(NOW, is_verifiable, |violation| found.push(line(&violation))).await; // may end early
    assert!(found.iter().any(|line| line.starts_with("damaged: ")), "{found:?}");
}

/// A row that is written after the check began is left to the next check.
#[tokio::test]
async fn check_reads_one_snapshot() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        fill(&fresh).await;
        damage(&fresh.url, "UPDATE users SET email_key = 'x' WHERE id = 1").await;
        let mut found = Vec::new();
        let checked = Inspection::of_parties(&fresh.url).await.unwrap().check(NOW, is_verifiable, |violation| {
            found.push(line(&violation));
            let url = fresh.url.clone();
            let write = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(damage(&url, "UPDATE parties SET taken = 4 WHERE id = 1"));
            });
            write.join().unwrap();
        });
        checked.await.unwrap();
        assert_eq!(found, ["users 1 email_key?"]);
        assert_eq!(check(&fresh.url).await, ["users 1 email_key?", "party 1: 4 taken, 3 counted"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_beside_changing_rsvps_finds_nothing() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        fill(&fresh).await;
        let parties = Parties::new(fresh.parties(), Arc::new(FixedClock(NOW)));
        let dan = add_user(&fresh.accounts(), "dan").await;
        let party = fresh.parties().add(party_of(&dan, 2), None).await.unwrap();
        fresh.parties().add(party_of(&dan, 2), None).await.unwrap(); // the same content, and no idempotency key either
        let changes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&changes);
        let guest = tokio::spawn(async move {
            loop {
                parties.answer(Opened::ById(party), UserId::new(1), GuestCommand::Accept(Heads::ONE)).await.unwrap();
                parties.answer(Opened::ById(party), UserId::new(1), GuestCommand::Decline).await.unwrap();
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut checks = 0;
        while checks < 10 || changes.load(Ordering::Relaxed) < 20 {
            assert_eq!(check(&fresh.url).await, [""; 0]);
            assert!(!guest.is_finished(), "the guest's task has ended");
            checks += 1;
        }
        guest.abort();
    }
}

async fn rejected(url: &str) -> ConnectError {
    Inspection::of_parties(url).await.unwrap_err()
}

#[tokio::test]
async fn schema_of_another_version_is_rejected_and_unchanged() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        damage(&fresh.url, "UPDATE _parties_migrations SET version = 9999 WHERE version = 2").await;
        let newer = "the schema of the parties is at version 9999, newer than this program knows: start a newer one";
        assert_eq!(rejected(&fresh.url).await.to_string(), newer);
        for sql in ["DELETE FROM _parties_migrations", "DROP TABLE _parties_migrations"] {
            damage(&fresh.url, sql).await;
            let older = "the database has no tables of the parties: it is another program's, or was never served";
            assert_eq!(rejected(&fresh.url).await.to_string(), older, "{sql}");
        }
        damage(&fresh.url, "UPDATE _accounts_migrations SET checksum = substr(checksum, 2)").await;
        assert!(matches!(rejected(&fresh.url).await, ConnectError::Migration { .. }));
    }
}

#[tokio::test]
async fn url_without_a_database_is_rejected_and_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("text"), "Dear diary, ".repeat(99)).unwrap();
    std::fs::write(path("empty"), "").unwrap();
    for (name, reason) in [
        ("missing?mode=rwc", "it does not exist"),
        ("nowhere/dinner.db", "it does not exist"),
        ("text", "it is not an SQLite database"),
        (".", "it is not an SQLite database"),
        ("empty", "the database has no tables of the accounts"),
    ] {
        let line = rejected(&format!("sqlite:{}", path(name))).await.to_string();
        assert!(line.contains(reason), "{name}: {line}");
    }
    assert!(matches!(rejected("mysql://localhost/dinner").await, ConnectError::UnsupportedUrl(_)));
    assert!(matches!(rejected("postgres://127.0.0.1:1/dinner").await, ConnectError::Unreachable { .. }));
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["empty", "text"]);
}

#[tokio::test]
async fn check_leaves_the_file_unchanged() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    fresh.store.accounts().close().await;
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    let before = std::fs::read(file).unwrap();
    assert_eq!(check(&fresh.url).await, [""; 0]);
    assert!(std::fs::read(file).unwrap() == before);
    assert!(!std::fs::exists(format!("{file}-wal")).unwrap());
}
