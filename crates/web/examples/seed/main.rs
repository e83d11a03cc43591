//! Fills an empty database with the same users and parties each time, for benchmarks and for pages with many rows.
//!
//! Run it with `cargo xtask seed --database sqlite:full.db --users 200 --parties 50`. It is an example, so that the program
//! contains no seed data. Users are `u0000`, `u0001`, … with the e-mail address `u0000@example.com` and the password
//! `correct horse battery 0`. User p mod 10 hosts party p, which has 500 seats, five guests,
//! details of 300 characters and a date in 2030. With `--hostile 50` further users have stored what the quotas allow in a day.

mod hostile;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

use accounts::ports::AccountPorts;
use accounts::{Accounts, Caller, Email, Password, Registration, Timestamp, Username};
use anyhow::{Context, ensure};
use clap::Parser;
use domain::party::{LinkToken, PartyDate, PartyEnd, Zone, parse_time, party_search_key};
use domain::{FixedClock, PageSize, caseless_key};
use store::PartyStore;
use store::embed::sqlx::{query, query_scalar};
use store::embed::{Database, Dialect, OpenDatabase};

use self::hostile::Hostile;

/// When all users joined: 2026-01-01T00:00:00Z.
const JOINED_AT: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const PASSWORD: &str = "correct horse battery 0";
const SEATS: i64 = 500;
const GUESTS_PER_PARTY: i64 = 5;
/// Rows per commit. The rows are inserted directly, since one commit per row through the ports would take hours.
const BATCH_SIZE: usize = 1000;

#[derive(Parser)]
struct Settings {
    /// The database to fill, without users: `sqlite:FILE` or `postgres://…`
    #[arg(long)]
    database: String,
    /// The number of users
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..))]
    users: i64,
    /// The number of parties
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(0..))]
    parties: i64,
    /// The number of further users, who have stored on 1 January 2026 what the quotas allow in a day
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    hostile: i64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match seed(Settings::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "seed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn seed(settings: Settings) -> anyhow::Result<()> {
    let store = PartyStore::connect(&settings.database).await?;
    let ports: AccountPorts = store.accounts().clone().into();
    ensure!(ports.users.list(None, PageSize::DEFAULT).await?.items.is_empty(), "the database has users already");
    let hash = register_first_user(&ports).await?;
    match store.accounts().database().clone() {
        Database::Sqlite(database) => fill(&database, &settings, hash).await?,
        Database::Postgres(database) => fill(&database, &settings, hash).await?,
    }
    store.accounts().close().await;
    Ok(())
}

/// Registers the first user, and returns its password hash, which all other users share.
async fn register_first_user(ports: &AccountPorts) -> anyhow::Result<String> {
    let accounts = Accounts::builder().clock(FixedClock(JOINED_AT)).build(ports.clone())?;
    let email = Email::parse(&email(0))?;
    let username = Username::parse(&username(0))?;
    let first =
        Registration { username, email: email.clone(), password: Password::parse(PASSWORD.to_owned())?, code: None };
    accounts.register(first, &Caller::default()).await?;
    let credential = ports.credentials.find_by_email(&email).await?.context("the first user is missing")?;
    Ok(credential.hash.expose().to_owned())
}

fn username(user: i64) -> String {
    format!("u{user:04}")
}

fn email(user: i64) -> String {
    format!("u{user:04}@example.com")
}

async fn fill<D: Dialect>(database: &OpenDatabase<D>, settings: &Settings, hash: String) -> anyhow::Result<()> {
    let first = query_scalar::<D, i64>("SELECT id FROM users").fetch_one(&database.read).await?;
    let users: Vec<i64> = (1..settings.users).collect();
    for batch in users.chunks(BATCH_SIZE) {
        add_users(database, batch.to_vec(), hash.clone()).await?;
    }
    let hostile = Hostile { first_id: first, first: settings.users, count: settings.hostile };
    let parties: Vec<i64> = (0..settings.parties).collect();
    for batch in parties.chunks(BATCH_SIZE) {
        add_parties(database, batch.to_vec(), first, settings.users).await?;
    }
    if settings.hostile > 0 {
        hostile.add(database, hash).await?;
    }
    Ok(())
}

async fn add_users<D: Dialect>(database: &OpenDatabase<D>, batch: Vec<i64>, hash: String) -> anyhow::Result<()> {
    let added = database.writer.write((batch, hash), |connection, (batch, hash)| {
        Box::pin(async move {
            for user in batch {
                let add = "INSERT INTO users (username, username_key, username_skeleton, email, email_key, joined_at) \
                           VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
                let (username, email) = (username(*user), email(*user));
                let skeleton = Username::from_stored(username.clone()).map(|name| name.skeleton()).unwrap_or_default();
                let id = query_scalar::<D, i64>(add)
                    .bind(username.as_str())
                    .bind(caseless_key(&username))
                    .bind(skeleton)
                    .bind(email.as_str())
                    .bind(caseless_key(&email))
                    .bind(JOINED_AT.as_millis())
                    .fetch_one(&mut *connection)
                    .await?;
                let add = "INSERT INTO credentials (user_id, password_hash) VALUES ($1, $2)";
                query::<D>(add).bind(id).bind(hash.as_str()).execute(&mut *connection).await?;
            }
            Ok(())
        })
    });
    Ok(added.await.map_err(domain::StoreError::from)?)
}

async fn add_parties<D: Dialect>(
    database: &OpenDatabase<D>,
    batch: Vec<i64>,
    first: i64,
    users: i64,
) -> anyhow::Result<()> {
    let dates = batch.iter().map(|party| Ok((*party, date(*party)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let added = database.writer.write((dates, first, users), |connection, (dates, first, users)| {
        Box::pin(async move {
            for (party, date) in dates {
                let host = party % users.min(&10);
                let guests: BTreeSet<i64> = (1..=GUESTS_PER_PARTY).map(|k| (party * 7 + k) % users).filter(|g| *g != host).collect();
                let (venue, dish) = (format!("Venue number {party}"), format!("Main dish number {party}"));
                let add = "INSERT INTO parties (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, \
                           taken, rsvp_deadline, last_place, first_guests, ends_at, details, invitation) VALUES \
                           ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id";
                let details = details(*party);
                let taken = i64::try_from(guests.len()).unwrap_or_default();
                let id = query_scalar::<D, i64>(add)
                    .bind(first + host)
                    .bind(date.local())
                    .bind(date.zone().as_str())
                    .bind(date.starts_at().as_millis())
                    .bind(venue.as_str())
                    .bind(dish.as_str())
                    .bind(party_search_key(&username(host), &dish, &venue, Some(&details)))
                    .bind(SEATS)
                    .bind(1 + taken)
                    .bind(date.starts_at().as_millis())
                    .bind(taken)
                    .bind(guests.iter().take(2).map(|guest| format!("{}/1", username(*guest))).collect::<Vec<_>>().join(" "))
                    .bind(PartyEnd::default_of(date).at().as_millis())
                    .bind(details.as_str())
                    .bind(link_token(*party).to_string())
                    .fetch_one(&mut *connection)
                    .await?;
                for (place, guest) in (1i64..).zip(guests) {
                    let add = "INSERT INTO rsvps (party_id, guest_id, answer, heads, place) VALUES ($1, $2, 'seated', 1, $3)";
                    query::<D>(add).bind(id).bind(first + guest).bind(place).execute(&mut *connection).await?;
                }
            }
            Ok(())
        })
    });
    Ok(added.await.map_err(domain::StoreError::from)?)
}

/// Details of 300 characters, which all differ.
fn details(party: i64) -> String {
    format!("Details of party number {party}. {}", "Bring a chair, a friend and something to drink. ".repeat(7))
        .chars()
        .take(300)
        .collect::<String>()
}

/// The token of a party's link. It is the same each time, so that nothing but a test may use such a database.
fn link_token(party: i64) -> LinkToken {
    LinkToken::new(i128::from(party).to_be_bytes())
}

/// The date of a party: a day of 2030 at 19:00 UTC.
fn date(party: i64) -> anyhow::Result<PartyDate> {
    let day = domain::party::parse_date(&format!("2030-{:02}-{:02}", party / 28 % 12 + 1, party % 28 + 1))?;
    Ok(PartyDate::resolve(day, parse_time("19:00")?, Zone::parse("UTC")?)?)
}
