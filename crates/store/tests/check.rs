//! What `check` finds. Each kind of damage is done on purpose, past the constraints of the schema.

#![allow(missing_docs, clippy::unwrap_used, reason = "the names of tests describe them")]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::damage::{damage, damage_past_all_constraints, drop_constraints};
use common::{Fresh, NOW, add_user, party_of};
use domain::FixedClock;
use domain::credential::PasswordHash;
use domain::party::{GuestCommand, Heads, Opened, Parties};
use domain::session::{Device, SessionRecord, TokenDigest};
use domain::user::UserId;
use store::{ConnectError, Inspection, PartyStore, Violation};
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

/// The damage; what SQLite's `integrity_check` reports of it; and what is reported on both engines.
#[rustfmt::skip]
const DAMAGES: &[(&str, &[&str], &[&str])] = &[
    // Users and their credentials.
    ("UPDATE users SET username = 'b n' WHERE id = 2", &[], &["users 2 username?", "parties 1 FirstGuestsAreCurrent"]),
    ("UPDATE users SET username = 'bea' WHERE id = 2", &[], &["users 2 username_key?", "users 2 username_skeleton?", "parties 1 FirstGuestsAreCurrent", "parties 2 search_key?"]),
    ("UPDATE users SET username = 'BEN' WHERE id = 2", &[], &["parties 1 FirstGuestsAreCurrent"]), // the same name, folded
    ("UPDATE users SET username = 'xy', username_key = 'xy', username_skeleton = 'xy' WHERE id = 3", &["damaged: CHECK constraint failed in users"], &["parties 1 FirstGuestsAreCurrent"]),
    ("UPDATE users SET username_skeleton = 'rn' WHERE id = 3", &[], &["users 3 username_skeleton?"]),
    ("INSERT INTO former_usernames VALUES ('dan', 'dan', 9, -1)", &[], &["former_usernames 9 TimestampIsInRange"]),
    ("INSERT INTO registration_codes SELECT 1, digest, 1, 0, NULL, 0, -1, NULL FROM sessions", &[], &["registration_codes 1 TimestampIsInRange"]),
    ("INSERT INTO registration_codes SELECT 1, digest, 1, 2, NULL, 0, 0, NULL FROM sessions", &["damaged: CHECK constraint failed in registration_codes"], &[]),
    ("INSERT INTO former_usernames VALUES ('', 'dan', 9, 0)", &["damaged: CHECK constraint failed in former_usernames"], &[]),
    ("UPDATE users SET username_key = '' WHERE id = 3", &["damaged: CHECK constraint failed in users"], &["users 3 username_key?"]),
    ("UPDATE users SET email = 'no where' WHERE id = 3", &[], &["users 3 email?"]),
    ("UPDATE users SET email = 'c@x.example' WHERE id = 3", &[], &["users 3 email_key?"]),
    ("UPDATE users SET joined_at = NULL WHERE id = 3", &["damaged: NULL value in users.joined_at"], &[]),
    ("INSERT INTO users (id, username, username_key, email, email_key, joined_at, username_skeleton) SELECT 4, username, username_key, 'd@example.com', 'd@example.com', 0, username_skeleton FROM users WHERE id = 3;
      INSERT INTO credentials VALUES (4, '$')", &["damaged: non-unique entry in index sqlite_autoindex_users_1"], &[]),
    ("INSERT INTO users (id, username, username_key, email, email_key, joined_at, username_skeleton) SELECT 4, 'dan', 'dan', email, email_key, 0, 'dan' FROM users WHERE id = 3;
      INSERT INTO credentials VALUES (4, '$')", &["damaged: non-unique entry in index sqlite_autoindex_users_2"], &[]),
    ("DELETE FROM credentials WHERE user_id = 2", &[], &["users 2 HasCredential"]),
    ("UPDATE credentials SET password_hash = '' WHERE user_id = 2", &["damaged: CHECK constraint failed in credentials"], &["credentials 2 password_hash?"]),
    ("UPDATE credentials SET password_hash = 'otter' WHERE user_id = 2", &[], &["credentials 2 password_hash?"]),
    ("INSERT INTO credentials VALUES (9, '$')", &[], &["credentials 9 -> users"]),
    ("UPDATE sessions SET user_id = 9", &[], &["sessions 1 -> users"]),
    ("UPDATE sessions SET remembered = 2", &["damaged: CHECK constraint failed in sessions"], &[]),
    ("UPDATE sessions SET digest = substr(digest, 2)", &["damaged: CHECK constraint failed in sessions"], &[]),
    ("INSERT INTO sessions SELECT 2, digest, 3, 0, 0, 0, 0, 0, NULL, NULL FROM sessions", &["damaged: non-unique entry in index sqlite_autoindex_sessions_1"], &[]),
    ("INSERT INTO registration_keys SELECT 9, digest, 0 FROM sessions", &[], &["registration_keys 9 -> users"]),
    ("INSERT INTO registration_keys SELECT 3, substr(digest, 2), 0 FROM sessions", &["damaged: CHECK constraint failed in registration_keys"], &[]),
    ("INSERT INTO registration_keys SELECT 3, digest, -1 FROM sessions", &[], &["registration_keys 3 TimestampIsInRange"]),
    ("INSERT INTO known_browsers SELECT 9, digest, 0, 0 FROM sessions", &[], &["known_browsers 9 -> users"]),
    ("INSERT INTO known_browsers SELECT 3, digest, 0, -1 FROM sessions", &[], &["known_browsers 3 TimestampIsInRange"]),
    ("INSERT INTO known_browsers SELECT 3, digest, 5, 0 FROM sessions", &["damaged: CHECK constraint failed in known_browsers"], &[]),
    ("INSERT INTO known_networks VALUES (9, '192.0.2.0/24', 0)", &[], &["known_networks 9 -> users"]),
    ("INSERT INTO known_networks VALUES (3, '192.0.2.0/24', -1)", &[], &["known_networks 3 TimestampIsInRange"]),
    ("INSERT INTO user_roles VALUES (9, 'admin')", &[], &["user_roles 9 -> users"]),
    ("INSERT INTO user_roles VALUES (3, 'Admin')", &[], &["user_roles 3 role?"]),
    ("INSERT INTO reset_tokens SELECT digest, 9, 0 FROM sessions", &[], &["reset_tokens 9 -> users"]),
    ("INSERT INTO reset_tokens SELECT digest, 3, -1 FROM sessions", &[], &["reset_tokens 3 TimestampIsInRange"]),
    ("INSERT INTO throttles SELECT digest, -1, 0 FROM sessions", &["damaged: CHECK constraint failed in throttles"], &[]),
    ("UPDATE users SET joined_at = -1 WHERE id = 3", &[], &["users 3 TimestampIsInRange"]),
    ("UPDATE users SET disabled_at = 253402300800000 WHERE id = 3", &[], &["users 3 TimestampIsInRange"]),
    // Deletions: Ada hosts a party to come and has a session, Ben hosts one and has a seat, Cleo has a seat.
    ("UPDATE users SET deletion_requested_at = 5 WHERE id = 3", &[], &["users 3 DeletionIsWhole", "rsvps 2 DeletedGuestHasNoSeat"]),
    ("UPDATE users SET deletion_requested_at = 5, delete_due = 4 WHERE id = 3", &[], &["users 3 DeletionIsWhole", "rsvps 2 DeletedGuestHasNoSeat"]),
    ("UPDATE users SET deletion_requested_at = 5, delete_due = 6 WHERE id = 3", &[], &["rsvps 2 DeletedGuestHasNoSeat"]),
    ("UPDATE users SET deletion_requested_at = 5, delete_due = 253402300800000 WHERE id = 3", &[], &["users 3 TimestampIsInRange", "rsvps 2 DeletedGuestHasNoSeat"]),
    ("UPDATE users SET deletion_requested_at = 5, delete_due = 6 WHERE id = 1", &[], &["users 1 DeletionEndsSessions", "parties 1 DeletedHostHasNoParty"]),
    ("UPDATE users SET deletion_requested_at = 4900000000000, delete_due = 4900000000000 WHERE id = 1", &[], &["users 1 DeletionEndsSessions"]),
    ("UPDATE users SET deleted_at = 4900000000000 WHERE id = 2", &[], &["users 2 DeletedUserHasNothing", "users 2 DeletedUserIsAnonymous"]),
    ("DELETE FROM credentials WHERE user_id = 3; DELETE FROM notices WHERE about_id = 3; DELETE FROM rsvps WHERE guest_id = 3; UPDATE parties SET taken = 2, first_guests = 'ben/1' WHERE id = 1;
      UPDATE users SET deleted_at = 5, username = 'deleted-3', username_key = 'deleted-3', username_skeleton = 'deleted-3' WHERE id = 3", &[], &["users 3 DeletedUserIsAnonymous"]),
    ("DELETE FROM credentials WHERE user_id = 3; DELETE FROM notices WHERE about_id = 3; DELETE FROM rsvps WHERE guest_id = 3; UPDATE parties SET taken = 2, first_guests = 'ben/1' WHERE id = 1;
      UPDATE users SET deleted_at = 5, username = 'deleted-3', username_key = 'deleted-3', username_skeleton = 'deleted-3', email = 'deleted-3@invalid', email_key = 'deleted-3' WHERE id = 3", &[], &[]),
    ("DELETE FROM credentials WHERE user_id = 3; DELETE FROM notices WHERE about_id = 3; DELETE FROM rsvps WHERE guest_id = 3; UPDATE parties SET taken = 2, first_guests = 'ben/1' WHERE id = 1;
      UPDATE users SET deleted_at = 5, username = 'deleted-3', username_key = 'deleted-3', username_skeleton = 'deleted-3', email = 'deleted-3@invalid', email_key = 'deleted-3' WHERE id = 3;
      INSERT INTO reset_tokens SELECT digest, 3, 0 FROM sessions", &[], &["users 3 DeletedUserHasNothing"]),
    ("DELETE FROM credentials WHERE user_id = 3; UPDATE rsvps SET answer = 'declined', heads = 0, place = NULL, note = 'x' WHERE guest_id = 3; UPDATE parties SET taken = 2, first_guests = 'ben/1' WHERE id = 1;
      UPDATE users SET deleted_at = 5, username = 'deleted-3', username_key = 'deleted-3', username_skeleton = 'deleted-3', email = 'deleted-3@invalid', email_key = 'deleted-3' WHERE id = 3", &[], &["users 3 DeletedUserHasNothing", "rsvps 2 DeletedGuestHasNoNote"]),
    ("INSERT INTO known_networks VALUES (3, '192.0.2.0/24', 0); UPDATE users SET deletion_requested_at = 4900000000000, delete_due = 4900000000000 WHERE id = 3", &[], &[]),
    ("DELETE FROM credentials WHERE user_id = 3; DELETE FROM notices WHERE about_id = 3; DELETE FROM rsvps WHERE guest_id = 3; UPDATE parties SET taken = 2, first_guests = 'ben/1' WHERE id = 1;
      UPDATE users SET deleted_at = 5, username = 'deleted-3', username_key = 'deleted-3', username_skeleton = 'deleted-3', email = 'deleted-3@invalid', email_key = 'deleted-3' WHERE id = 3;
      INSERT INTO known_networks VALUES (3, '192.0.2.0/24', 0)", &[], &["users 3 DeletionEndsSessions"]),
    ("UPDATE parties SET address = 'A street' WHERE id = 2; DELETE FROM credentials WHERE user_id = 2; DELETE FROM notices WHERE about_id = 2;
      UPDATE users SET deleted_at = 4900000000000, email = 'ben@invalid', email_key = 'ben' WHERE id = 2", &[], &["users 2 DeletedUserIsAnonymous", "parties 2 DeletedHostHasNoAddress"]),
    ("UPDATE sessions SET created_at = -1", &[], &["sessions 1 TimestampIsInRange"]),
    ("UPDATE sessions SET last_seen_at = -1", &[], &["sessions 1 TimestampIsInRange"]),
    ("UPDATE sessions SET authenticated_at = -1", &[], &["sessions 1 TimestampIsInRange"]),
    ("UPDATE sessions SET expires_at = 253402300800000", &[], &["sessions 1 TimestampIsInRange"]),
    ("UPDATE notices SET at = -1 WHERE id = 1", &[], &["notices 1 TimestampIsInRange"]),
    // Parties.
    ("UPDATE parties SET host_id = 9 WHERE id = 2", &[], &["parties 2 -> users"]),
    ("UPDATE parties SET venue = 'a\u{7}b' WHERE id = 2", &[], &["parties 2 venue?"]),
    ("UPDATE parties SET main_dish = '' WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &["parties 2 main_dish?"]),
    ("UPDATE parties SET main_dish = 'Soup' WHERE id = 2", &[], &["parties 2 search_key?"]),
    ("UPDATE parties SET zone = 'Europe/Atlantis' WHERE id = 2", &[], &["parties 2 zone?"]),
    ("UPDATE parties SET zone = 'Etc/UTC', local_time = '2031-01-15T18:00:00' WHERE id = 2", &[], &["parties 2 zone?"]),
    ("UPDATE parties SET local_time = 'tomorrow, at eight' WHERE id = 2", &[], &["parties 2 local_time?"]),
    ("UPDATE parties SET local_time = '2031-01-15T20:00:00' WHERE id = 2", &[], &["parties 2 starts_at?"]),
    ("UPDATE parties SET zone = 'UTC' WHERE id = 2", &[], &["parties 2 starts_at?"]),
    ("UPDATE parties SET starts_at = starts_at - 1, rsvp_deadline = rsvp_deadline - 1 WHERE id = 2", &[], &["parties 2 starts_at?"]),
    ("UPDATE parties SET rsvp_deadline = starts_at + 1 WHERE id = 2", &[], &["parties 2 DeadlineIsBeforeStart"]),
    ("UPDATE parties SET rsvp_deadline = -1 WHERE id = 2", &[], &["parties 2 TimestampIsInRange"]),
    ("UPDATE parties SET starts_at = 253402300800000 WHERE id = 2", &[], &["parties 2 EndIsAfterStart", "parties 2 TimestampIsInRange", "parties 2 starts_at?"]),
    ("UPDATE parties SET ends_at = starts_at WHERE id = 2", &[], &["parties 2 EndIsAfterStart"]),
    ("UPDATE parties SET ends_at = starts_at + 259200001 WHERE id = 2", &[], &["parties 2 EndIsAfterStart"]),
    ("UPDATE parties SET ends_at = 253402300800000 WHERE id = 2", &[], &["parties 2 EndIsAfterStart", "parties 2 TimestampIsInRange"]),
    ("UPDATE parties SET details = '' WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &["parties 2 details?"]),
    ("UPDATE parties SET details = 'a\u{7}b' WHERE id = 2", &[], &["parties 2 details?"]),
    ("UPDATE parties SET details = 'Bring a chair' WHERE id = 2", &[], &["parties 2 search_key?"]),
    ("UPDATE parties SET address = 'a\u{7}b' WHERE id = 2", &[], &["parties 2 address?"]),
    ("UPDATE parties SET visibility = 'secret' WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &["parties 2 visibility?"]),
    ("UPDATE parties SET invitation = NULL WHERE id = 2", &[], &["parties 2 invitation?"]),
    ("UPDATE parties SET invitation = 'AAAAAAAAAAAAAAAAAAAAA=' WHERE id = 2", &[], &["parties 2 invitation?"]),
    ("UPDATE parties SET invitation = (SELECT invitation FROM parties WHERE id = 1) WHERE id = 2", &["damaged: non-unique entry in index parties_by_invitation"], &[]),
    ("UPDATE parties SET sequence = -1 WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &[]),
    ("UPDATE parties SET state = 'postponed' WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &["parties 2 state?"]),
    ("UPDATE parties SET seats = 1001 WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &["parties 2 seats?"]),
    ("UPDATE parties SET max_companions = 1000 WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &["parties 2 max_companions?"]),
    ("UPDATE parties SET max_companions = 10 WHERE id = 2", &[], &["parties 2 max_companions?"]),
    ("UPDATE parties SET names_shown_to = 'friends' WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &["parties 2 names_shown_to?"]),
    ("UPDATE parties SET waiting = 2 WHERE id = 2", &[], &["party 2: 2 wait, 0 counted"]),
    ("UPDATE parties SET revision = -1 WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &[]),
    ("UPDATE parties SET form = 'short' WHERE id = 2", &["damaged: CHECK constraint failed in parties"], &[]),
    ("UPDATE parties SET host_id = 1, form = 'AZaz09-_AZaz09-_AZaz09', form_digest = (SELECT digest FROM sessions)", &["damaged: non-unique entry in index parties_by_form"], &["parties 2 search_key?"]),
    ("UPDATE parties SET last_place = 1 WHERE id = 1", &[], &["parties 1 PlaceIsInRange"]),
    ("UPDATE rsvps SET place = 0 WHERE id = 1", &[], &["parties 1 PlaceIsInRange"]),
    ("UPDATE parties SET taken = 4 WHERE id = 1", &[], &["party 1: 4 taken, 3 counted"]),
    ("UPDATE parties SET taken = 5 WHERE id = 1", &["damaged: CHECK constraint failed in parties"], &["party 1: 5 taken, 3 counted"]),
    ("UPDATE parties SET seats = 2, taken = 2 WHERE id = 1", &[], &["party 1: 2 taken, 3 counted", "party 1: 3 on 2"]),
    ("UPDATE parties SET first_guests = 'cleo/1 ben/1' WHERE id = 1", &[], &["parties 1 FirstGuestsAreCurrent"]),
    ("UPDATE parties SET first_guests = 'ben/1' WHERE id = 1", &[], &["parties 1 FirstGuestsAreCurrent"]),
    ("UPDATE parties SET first_guests = NULL WHERE id = 2", &["damaged: NULL value in parties.first_guests"], &[]),
    // Answers.
    ("DELETE FROM rsvps WHERE id = 1", &[], &["parties 1 FirstGuestsAreCurrent", "party 1: 3 taken, 2 counted"]),
    ("UPDATE rsvps SET heads = 2 WHERE id = 1; UPDATE parties SET taken = 4 WHERE id = 1", &[], &["parties 1 FirstGuestsAreCurrent"]),
    ("UPDATE rsvps SET heads = 11 WHERE id = 1; UPDATE parties SET seats = 13, taken = 13, first_guests = 'ben/11 cleo/1' WHERE id = 1", &[], &["rsvps 1 heads?", "party 1, rsvp 1: 11 of 1..=10"]),
    ("UPDATE rsvps SET heads = 0 WHERE id = 1", &["damaged: CHECK constraint failed in rsvps"], &["parties 1 FirstGuestsAreCurrent", "rsvps 1 heads?", "party 1: 3 taken, 2 counted", "party 1, rsvp 1: 0 of 1..=10"]),
    ("UPDATE rsvps SET answer = 'perhaps', heads = 0, place = NULL WHERE id = 1; UPDATE parties SET taken = 2 WHERE id = 1", &["damaged: CHECK constraint failed in rsvps"], &["parties 1 FirstGuestsAreCurrent", "rsvps 1 answer?"]),
    ("UPDATE rsvps SET place = NULL WHERE id = 1; DELETE FROM rsvps WHERE id = 2;
      UPDATE parties SET taken = 2, first_guests = 'ben/1' WHERE id = 1", &["damaged: CHECK constraint failed in rsvps"], &[]),
    ("UPDATE rsvps SET place = 1 WHERE id = 2", &[], &["rsvps 2 PlaceIsUnique"]),
    ("UPDATE rsvps SET guest_id = 2 WHERE id = 2", &["damaged: non-unique entry in index sqlite_autoindex_rsvps_1"], &["rsvps 2 GuestHasOneRsvp", "parties 1 FirstGuestsAreCurrent"]),
    ("UPDATE rsvps SET answer = 'waitlisted' WHERE id = 2; UPDATE parties SET taken = 2, first_guests = 'ben/1' WHERE id = 1", &[], &["rsvps 2 NoSeatIsIdle", "party 1: 0 wait, 1 counted"]),
    ("UPDATE rsvps SET answer = 'waitlisted', heads = 3 WHERE id = 2; UPDATE parties SET taken = 2, waiting = 1, first_guests = 'ben/1' WHERE id = 1", &[], &[]),
    ("UPDATE rsvps SET answer = 'waitlisted' WHERE id = 2; UPDATE parties SET taken = 2, waiting = 1, state = 'cancelled', first_guests = 'ben/1' WHERE id = 1", &[], &[]),
    ("UPDATE rsvps SET given_up_heads = 11, given_up_at = -1 WHERE id = 1", &["damaged: CHECK constraint failed in rsvps"], &["rsvps 1 TimestampIsInRange", "rsvps 1 heads?"]),
    ("UPDATE rsvps SET note = 'a\u{7}b' WHERE id = 1", &[], &["rsvps 1 note?"]),
    ("UPDATE rsvps SET allergies = 'a\u{7}b' WHERE id = 1", &[], &["rsvps 1 allergies?"]),
    ("UPDATE party_history SET at = -1 WHERE id = 1", &[], &["party_history 1 TimestampIsInRange"]),
    ("UPDATE party_history SET party_id = 9 WHERE id = 1", &[], &["party_history 1 -> parties"]),
    ("UPDATE rsvps SET guest_id = 1 WHERE id = 2", &[], &["rsvps 2 HostIsNoGuest", "parties 1 FirstGuestsAreCurrent"]),
    ("UPDATE rsvps SET guest_id = 9 WHERE id = 2", &[], &["rsvps 2 -> users", "parties 1 FirstGuestsAreCurrent"]),
    ("UPDATE rsvps SET party_id = 9 WHERE id = 2", &[], &["rsvps 2 -> parties", "parties 1 FirstGuestsAreCurrent", "party 1: 3 taken, 2 counted"]),
];

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
