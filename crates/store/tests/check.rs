//! What `check` finds: each kind of damage is done on purpose, on tables that have lost the schema's rules.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test's name says what it tests")]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{Fresh, NOW, add_user, party_of};
use domain::FixedClock;
use domain::credential::PasswordHash;
use domain::party::{Heads, Parties};
use domain::session::{Device, SessionRecord, TokenDigest};
use domain::user::UserId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, raw_sql};
use store::{ConnectError, Inspection, PartyStore, Violation};
use test_support::Postgres;

const TABLES: [&str; 5] = ["users", "credentials", "sessions", "parties", "rsvps"];

/// Ada hosts party 1, where Ben and Cleo hold seats, and Ben hosts party 2. Ada is logged in.
async fn fill(fresh: &Fresh) {
    let accounts = fresh.accounts();
    let (ada, ben) = (add_user(&accounts, "ada").await, add_user(&accounts, "ben").await);
    let cleo = add_user(&accounts, "cleo").await;
    let parties = Parties::new(fresh.parties(), Arc::new(FixedClock(NOW)));
    let table = fresh.parties().add(party_of(&ada, 4)).await.unwrap();
    fresh.parties().add(party_of(&ben, 4)).await.unwrap();
    for guest in [ben.id, cleo.id] {
        parties.rsvp(table, guest, Heads::ONE).await.unwrap();
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
    accounts.sessions.open(TokenDigest::new([7; 32]), record, None).await.unwrap();
}

/// As one line: where, and what.
fn short(breach: &Violation) -> String {
    match breach {
        Violation::Damaged { said } => format!("damaged: {said}"),
        Violation::Dangling { table, row, parent } => format!("{table} {row} -> {parent}"),
        Violation::Unreadable { table, row, .. } => format!("{table} {row:?} unreadable"),
        Violation::Rule { table, row, rule } => format!("{table} {row} {rule}"),
        Violation::Value(value) => format!("{} {} {}?", value.table, value.row, value.column),
        Violation::Invariant { table, row, promise } => format!("{table} {row} {promise:?}"),
        Violation::Taken { party, taken, counted } => format!("party {party}: {taken} taken, {counted} counted"),
        Violation::Overbooked { party, seats, counted } => format!("party {party}: {counted} on {seats}"),
        Violation::Heads { party, rsvp, heads, most } => format!("party {party}, rsvp {rsvp}: {heads} of 1..={most}"),
    }
}

/// In place of the cryptography, of which the store knows nothing.
fn is_verifiable(hash: &PasswordHash) -> bool {
    hash.expose() == "$"
}

async fn found(url: &str) -> Vec<String> {
    let mut found = Vec::new();
    Inspection::open(url).await.unwrap().check(is_verifiable, |breach| found.push(short(&breach))).await.unwrap();
    found
}

/// Runs statements as somebody does who cares for no rule.
async fn damage(url: &str, sql: &str) {
    #[expect(clippy::disallowed_methods, reason = "statements of these tests")]
    let sql = AssertSqlSafe(sql.to_owned());
    if let Some(file) = url.strip_prefix("sqlite:") {
        let careless = SqliteConnectOptions::new().filename(file).foreign_keys(false);
        let mut connection = careless.pragma("ignore_check_constraints", "ON").connect().await.unwrap();
        raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// The same rows in tables without a rule.
async fn loosen(url: &str) {
    let cascade = if url.starts_with("sqlite:") { "" } else { " CASCADE" };
    for table in TABLES {
        let sql = format!(
            "CREATE TABLE loose AS SELECT * FROM {table}; DROP TABLE {table}{cascade}; ALTER TABLE loose RENAME TO {table}"
        );
        damage(url, &sql).await;
    }
}

/// What is done to the rows, and all that is told of it.
#[rustfmt::skip]
const DAMAGES: &[(&str, &[&str])] = &[
    // Users, and what proves who they are.
    ("UPDATE users SET username = 'b n' WHERE id = 2", &["parties 1 FirstGuestsAreNamed", "users 2 username?"]),
    ("UPDATE users SET username = 'bea' WHERE id = 2", &["parties 1 FirstGuestsAreNamed", "users 2 username_key?", "parties 2 search_key?"]),
    ("UPDATE users SET username = 'BEN' WHERE id = 2", &["parties 1 FirstGuestsAreNamed"]), // the same name, folded
    ("UPDATE users SET username = 'xy', username_key = 'xy' WHERE id = 3", &["users 3 CHECK (length(username) BETWEEN 3 AND 64)", "parties 1 FirstGuestsAreNamed"]),
    ("UPDATE users SET username_key = '' WHERE id = 3", &["users 3 CHECK (length(username_key) > 0)", "users 3 username_key?"]),
    ("UPDATE users SET email = 'no where' WHERE id = 3", &["users 3 email?"]),
    ("UPDATE users SET email = 'c@x.example' WHERE id = 3", &["users 3 email_key?"]),
    ("UPDATE users SET joined_at = NULL WHERE id = 3", &["users 3 NOT NULL"]),
    ("INSERT INTO users SELECT 4, username, username_key, 'd@example.com', 'd@example.com', 0, NULL FROM users WHERE id = 3;
      INSERT INTO credentials VALUES (4, '$')", &["users 4 UNIQUE (username_key)"]),
    ("INSERT INTO users SELECT 4, 'dan', 'dan', email, email_key, 0, NULL FROM users WHERE id = 3;
      INSERT INTO credentials VALUES (4, '$')", &["users 4 UNIQUE (email_key)"]),
    ("DELETE FROM credentials WHERE user_id = 2", &["users 2 HasCredential"]),
    ("UPDATE credentials SET password_hash = '' WHERE user_id = 2", &[
        "credentials 2 CHECK (length(password_hash) BETWEEN 1 AND 1024)", "credentials 2 password_hash?"]),
    ("UPDATE credentials SET password_hash = 'otter' WHERE user_id = 2", &["credentials 2 password_hash?"]),
    ("INSERT INTO credentials VALUES (9, '$')", &["credentials 9 user_id REFERENCES users (id)"]),
    ("UPDATE sessions SET user_id = 9", &["sessions 1 user_id REFERENCES users (id)"]),
    ("UPDATE sessions SET remembered = 2", &["sessions 1 CHECK (remembered IN (0, 1))"]),
    ("UPDATE sessions SET digest = substr(digest, 2)", &["sessions 1 CHECK (length(digest) = 32)"]),
    ("INSERT INTO sessions SELECT 2, digest, 3, 0, 0, 0, 0, 0, NULL, NULL FROM sessions", &["sessions 2 UNIQUE (digest)"]),
    ("UPDATE users SET joined_at = -1 WHERE id = 3", &["users 3 MomentIsOfOurTime"]),
    ("UPDATE users SET disabled_at = 253402300800000 WHERE id = 3", &["users 3 MomentIsOfOurTime"]),
    ("UPDATE sessions SET created_at = -1", &["sessions 1 MomentIsOfOurTime"]),
    ("UPDATE sessions SET last_seen_at = -1", &["sessions 1 MomentIsOfOurTime"]),
    ("UPDATE sessions SET authenticated_at = -1", &["sessions 1 MomentIsOfOurTime"]),
    ("UPDATE sessions SET expires_at = 253402300800000", &["sessions 1 MomentIsOfOurTime"]),
    // Parties.
    ("UPDATE parties SET host_id = 9 WHERE id = 2", &["parties 2 host_id REFERENCES users (id)"]),
    ("UPDATE parties SET venue = 'a\u{7}b' WHERE id = 2", &["parties 2 venue?"]),
    ("UPDATE parties SET main_dish = '' WHERE id = 2", &["parties 2 CHECK (length(main_dish) BETWEEN 1 AND 200)", "parties 2 main_dish?"]),
    ("UPDATE parties SET main_dish = 'Soup' WHERE id = 2", &["parties 2 search_key?"]),
    ("UPDATE parties SET zone = 'Europe/Atlantis' WHERE id = 2", &["parties 2 zone?"]),
    ("UPDATE parties SET local_time = 'tomorrow, at eight' WHERE id = 2", &["parties 2 local_time?"]),
    ("UPDATE parties SET local_time = '2031-01-15T20:00:00' WHERE id = 2", &["parties 2 starts_at?"]),
    ("UPDATE parties SET zone = 'UTC' WHERE id = 2", &["parties 2 starts_at?"]),
    ("UPDATE parties SET starts_at = starts_at - 1, rsvp_deadline = rsvp_deadline - 1 WHERE id = 2", &["parties 2 starts_at?"]),
    ("UPDATE parties SET rsvp_deadline = starts_at + 1 WHERE id = 2", &["parties 2 DeadlineBeforeStart"]),
    ("UPDATE parties SET rsvp_deadline = -1 WHERE id = 2", &["parties 2 MomentIsOfOurTime"]),
    ("UPDATE parties SET starts_at = 253402300800000 WHERE id = 2", &["parties 2 MomentIsOfOurTime", "parties 2 starts_at?"]),
    ("UPDATE parties SET state = 'postponed' WHERE id = 2", &["parties 2 CHECK (state IN ('scheduled', 'cancelled'))", "parties 2 state?"]),
    ("UPDATE parties SET seats = 1001 WHERE id = 2", &["parties 2 CHECK (seats BETWEEN 1 AND 1000)", "parties 2 seats?"]),
    ("UPDATE parties SET max_companions = 1000 WHERE id = 2", &["parties 2 CHECK (max_companions BETWEEN 0 AND 999)"]),
    ("UPDATE parties SET form = 'short' WHERE id = 2", &["parties 2 CHECK (length(form) BETWEEN 22 AND 64)"]),
    ("UPDATE parties SET host_id = 1, form = 'AZaz09-_AZaz09-_AZaz09'", &["parties 2 UNIQUE (host_id, form, local_time, zone, venue, main_dish, seats)", "parties 2 search_key?"]),
    ("UPDATE parties SET last_place = 1 WHERE id = 1", &["parties 1 PlaceIsDrawn"]),
    ("UPDATE rsvps SET place = 0 WHERE id = 1", &["parties 1 PlaceIsDrawn"]),
    ("UPDATE parties SET taken = 4 WHERE id = 1", &["party 1: 4 taken, 3 counted"]),
    ("UPDATE parties SET taken = 5 WHERE id = 1", &["parties 1 CHECK (taken BETWEEN 1 AND seats)", "party 1: 5 taken, 3 counted"]),
    ("UPDATE parties SET seats = 2, taken = 2 WHERE id = 1", &["party 1: 2 taken, 3 counted", "party 1: 3 on 2"]),
    ("UPDATE parties SET first_guests = 'cleo/1 ben/1' WHERE id = 1", &["parties 1 FirstGuestsAreNamed"]),
    ("UPDATE parties SET first_guests = 'ben/1' WHERE id = 1", &["parties 1 FirstGuestsAreNamed"]),
    ("UPDATE parties SET first_guests = NULL WHERE id = 2", &["parties 2 NOT NULL"]),
    // Answers.
    ("DELETE FROM rsvps WHERE id = 1", &["parties 1 FirstGuestsAreNamed", "party 1: 3 taken, 2 counted"]),
    ("UPDATE rsvps SET heads = 2 WHERE id = 1; UPDATE parties SET taken = 4 WHERE id = 1", &["parties 1 FirstGuestsAreNamed", "party 1, rsvp 1: 2 of 1..=1"]),
    ("UPDATE rsvps SET heads = 0 WHERE id = 1", &[
        "rsvps 1 CHECK ((answer IN ('seated', 'waitlisted')) = (heads > 0))", "parties 1 FirstGuestsAreNamed", "rsvps 1 heads?",
        "party 1: 3 taken, 2 counted", "party 1, rsvp 1: 0 of 1..=1"]),
    ("UPDATE rsvps SET answer = 'perhaps', heads = 0, place = NULL WHERE id = 1; UPDATE parties SET taken = 2 WHERE id = 1", &[
        "rsvps 1 CHECK (answer IN ('seated', 'waitlisted', 'maybe', 'declined', 'invited', 'removed'))", "parties 1 FirstGuestsAreNamed", "rsvps 1 answer?"]),
    ("UPDATE rsvps SET place = NULL WHERE id = 1; DELETE FROM rsvps WHERE id = 2;
      UPDATE parties SET taken = 2, first_guests = 'ben/1' WHERE id = 1", &["rsvps 1 CHECK ((answer IN ('seated', 'waitlisted')) = (place IS NOT NULL))"]),
    ("UPDATE rsvps SET place = 1 WHERE id = 2", &["rsvps 2 PlaceIsUnique"]),
    ("UPDATE rsvps SET guest_id = 2 WHERE id = 2", &["rsvps 2 UNIQUE (party_id, guest_id)", "parties 1 FirstGuestsAreNamed"]),
    ("UPDATE rsvps SET guest_id = 1 WHERE id = 2", &["rsvps 2 HostIsNoGuest", "parties 1 FirstGuestsAreNamed"]),
    ("UPDATE rsvps SET guest_id = 9 WHERE id = 2", &["rsvps 2 guest_id REFERENCES users (id)", "parties 1 FirstGuestsAreNamed"]),
    ("UPDATE rsvps SET party_id = 9 WHERE id = 2", &["rsvps 2 party_id REFERENCES parties (id)", "parties 1 FirstGuestsAreNamed", "party 1: 3 taken, 2 counted"]),
];

#[tokio::test]
async fn what_is_in_order_is_found_to_be_with_and_without_the_schemas_rules() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        assert_eq!(found(&fresh.url).await, [""; 0], "an empty database");
        fill(&fresh).await;
        assert_eq!(found(&fresh.url).await, [""; 0]);
        fresh.store.accounts().close().await;
        loosen(&fresh.url).await;
        assert_eq!(found(&fresh.url).await, [""; 0]);
    }
}

#[tokio::test]
async fn each_damage_is_told_on_sqlite() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    fresh.store.accounts().close().await;
    loosen(&fresh.url).await;
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    for (sql, told) in DAMAGES {
        let copy = format!("{file}.damaged");
        std::fs::copy(file, &copy).unwrap();
        let url = format!("sqlite:{copy}");
        damage(&url, sql).await;
        assert_eq!(found(&url).await, *told, "{sql}");
    }
}

#[tokio::test]
async fn each_damage_is_told_on_postgres() {
    let prepare = async |url: String| {
        let store = PartyStore::connect(&url).await?;
        let fresh = Fresh::over(url, store);
        fill(&fresh).await;
        fresh.store.accounts().close().await;
        loosen(&fresh.url).await;
        Ok(())
    };
    for (sql, told) in DAMAGES {
        let url = Postgres::shared().await.unwrap().database_from("loose", prepare).await.unwrap();
        damage(&url, sql).await;
        assert_eq!(found(&url).await, *told, "{sql}");
    }
}

/// With the schema as it is: what it refuses only when asked to.
#[tokio::test]
async fn a_row_written_past_the_schema_is_told_by_sqlite_and_by_the_rule() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    damage(&fresh.url, "UPDATE parties SET taken = 9 WHERE id = 1; DELETE FROM users WHERE id = 3").await;
    let told = found(&fresh.url).await;
    for line in [
        "damaged: CHECK constraint failed in parties",
        "parties 1 CHECK (taken BETWEEN 1 AND seats)",
        "party 1: 9 taken, 3 counted",
        "credentials 3 user_id REFERENCES users (id)",
        "rsvps 2 guest_id REFERENCES users (id)",
        "parties 1 FirstGuestsAreNamed",
    ] {
        assert!(told.iter().any(|found| found == line), "{line} in {told:?}");
    }
    assert_eq!(told.len(), 6, "{told:?}");
}

#[tokio::test]
async fn a_reference_of_a_table_that_is_not_ours_is_told_on_sqlite() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    let posts = "CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES users (id)); INSERT INTO posts VALUES (7, 9)";
    damage(&fresh.url, posts).await;
    assert_eq!(found(&fresh.url).await, ["posts 7 -> users"]);
}

#[tokio::test]
async fn a_row_that_is_no_text_is_told_and_the_others_are_still_looked_at() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    damage(&fresh.url, "UPDATE users SET email = CAST(x'61ff6263' AS TEXT) WHERE id = 1; UPDATE users SET email = 'x@y.z' WHERE id = 2").await;
    let told = found(&fresh.url).await;
    assert_eq!(told, ["users Some(1) unreadable", "users 2 email_key?"]);
}

#[tokio::test]
async fn a_damaged_page_is_told() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    let page =
        common::past_our_types(&fresh.store, "SELECT rootpage FROM sqlite_schema WHERE name = 'parties_to_come'");
    let page = page.await.unwrap().unwrap();
    fresh.store.accounts().close().await;
    let file = Path::new(fresh.url.strip_prefix("sqlite:").unwrap());
    let mut bytes = std::fs::read(file).unwrap();
    let begin = usize::try_from(page - 1).unwrap() * 4096;
    bytes[begin..begin + 4096].fill(0x5a);
    std::fs::write(file, bytes).unwrap();

    let mut told = Vec::new();
    let _ = Inspection::open(&fresh.url).await.unwrap().check(is_verifiable, |breach| told.push(short(&breach))).await; // may end early
    assert!(told.iter().any(|breach| breach.starts_with("damaged: ")), "{told:?}");
}

/// What is written after it began is for the next one to find, whatever is looked at last.
#[tokio::test]
async fn a_check_sees_the_rows_as_they_were_at_one_moment() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        fill(&fresh).await;
        damage(&fresh.url, "UPDATE users SET email_key = 'x' WHERE id = 1").await;
        let mut told = Vec::new();
        let checked = Inspection::open(&fresh.url).await.unwrap().check(is_verifiable, |breach| {
            told.push(short(&breach));
            let url = fresh.url.clone();
            let meanwhile = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(damage(&url, "UPDATE parties SET taken = 4 WHERE id = 1"));
            });
            meanwhile.join().unwrap();
        });
        checked.await.unwrap();
        assert_eq!(told, ["users 1 email_key?"]);
        assert_eq!(found(&fresh.url).await, ["users 1 email_key?", "party 1: 4 taken, 3 counted"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_beside_guests_who_come_and_go_finds_nothing() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        fill(&fresh).await;
        let parties = Parties::new(fresh.parties(), Arc::new(FixedClock(NOW)));
        let dan = add_user(&fresh.accounts(), "dan").await;
        let table = fresh.parties().add(party_of(&dan, 2)).await.unwrap();
        fresh.parties().add(party_of(&dan, 2)).await.unwrap(); // alike, and by no form either
        let times = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&times);
        let guest = tokio::spawn(async move {
            loop {
                parties.rsvp(table, UserId::new(1), Heads::ONE).await.unwrap();
                parties.decline(table, UserId::new(1)).await.unwrap();
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut checks = 0;
        while checks < 10 || times.load(Ordering::Relaxed) < 20 {
            assert_eq!(found(&fresh.url).await, [""; 0]);
            assert!(!guest.is_finished(), "nobody comes and goes any more");
            checks += 1;
        }
        guest.abort();
    }
}

async fn refused(url: &str) -> ConnectError {
    Inspection::open(url).await.unwrap_err()
}

#[tokio::test]
async fn a_schema_of_another_version_is_told_and_left_as_it_is() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        damage(&fresh.url, "UPDATE _parties_migrations SET version = 9999 WHERE version = 2").await;
        let newer = "the schema of the parties is at version 9999, newer than this program knows: start a newer one";
        assert_eq!(refused(&fresh.url).await.to_string(), newer);
        for sql in ["DELETE FROM _parties_migrations", "DROP TABLE _parties_migrations"] {
            damage(&fresh.url, sql).await;
            let older = "the schema of the parties is at version 0, older than this program's: \
                         serve it once to bring it up to date";
            assert_eq!(refused(&fresh.url).await.to_string(), older, "{sql}");
        }
        damage(&fresh.url, "UPDATE _accounts_migrations SET checksum = substr(checksum, 2)").await;
        assert!(matches!(refused(&fresh.url).await, ConnectError::Migration { .. }));
    }
}

#[tokio::test]
async fn what_is_no_database_is_told_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("text"), "Dear diary, ".repeat(99)).unwrap();
    std::fs::write(path("empty"), "").unwrap();
    for (name, told) in [
        ("missing?mode=rwc", "it does not exist"),
        ("nowhere/dinner.db", "it does not exist"),
        ("text", "it is not an SQLite database"),
        (".", "it is not an SQLite database"),
        ("empty", "version 0, older than this program's"),
    ] {
        let line = refused(&format!("sqlite:{}", path(name))).await.to_string();
        assert!(line.contains(told), "{name}: {line}");
    }
    assert!(matches!(refused("mysql://localhost/dinner").await, ConnectError::UnsupportedUrl(_)));
    assert!(matches!(refused("postgres://127.0.0.1:1/dinner").await, ConnectError::Unreachable { .. }));
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["empty", "text"]);
}

#[tokio::test]
async fn a_file_that_was_looked_at_is_as_it_was() {
    let fresh = common::sqlite().await;
    fill(&fresh).await;
    fresh.store.accounts().close().await;
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    let before = std::fs::read(file).unwrap();
    assert_eq!(found(&fresh.url).await, [""; 0]);
    assert!(std::fs::read(file).unwrap() == before);
    assert!(!std::fs::exists(format!("{file}-wal")).unwrap());
}
