//! The reads of a page on SQLite, through the ports: a session, and a page of 50 parties. The floor is a bare statement on the
//! same connections: `SELECT 1`, and the page's bare rows. A third group runs a statement on the connection cache; its floor
//! is an sqlx pool of as many connections with the same options.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "set up as in a test")]

use std::sync::Arc;

use accounts_store::PartyStore;
use accounts_store::embed::Database;
use criterion::{Criterion, criterion_group, criterion_main};
use domain::credential::PasswordHash;
use domain::party::{
    GuestCommand, Heads, LinkToken, NewParty, Opened, Parties, PartyDate, PartyFilter, PartyQuery, Seats, ShortText,
    Zone, parse_date, parse_time,
};
use domain::session::{Device, SessionRecord, TokenDigest};
use domain::user::{Email, NewUser, UserId, Username};
use domain::{AccountPorts, FixedClock, PageSize, Timestamp};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Pool, Sqlite, query, query_scalar};
use tokio::runtime::Runtime;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000); // 1 January 2026
const DIGEST: TokenDigest = TokenDigest::new([7; 32]);

/// Adds ten users, 50 parties in 2030 with three guests each, and a session of the first user.
async fn fill(store: &PartyStore) -> Vec<UserId> {
    let accounts: AccountPorts = store.accounts().clone().into();
    let parties = Parties::new(store.parties(), Arc::new(FixedClock(NOW)));
    let mut users = Vec::new();
    for user in 0..10 {
        let username = Username::parse(&format!("u{user:04}")).unwrap();
        let email = Email::parse(&format!("u{user:04}@example.com")).unwrap();
        let new = NewUser { username, email, joined_at: NOW, registration_key: None, code: None };
        users.push(
            accounts.users.add(new, PasswordHash::new("$".to_owned()), domain::Alongside::nothing()).await.unwrap().id,
        );
    }
    let record = SessionRecord {
        user: users[0],
        created_at: NOW,
        last_seen_at: NOW,
        authenticated_at: NOW,
        expires_at: NOW,
        remembered: false,
        device: Device::default(),
    };
    accounts
        .sessions
        .open(DIGEST, record, domain::credential::PasswordVersion::INITIAL, None, domain::Alongside::nothing())
        .await
        .unwrap();
    for party in 0..50 {
        let day = parse_date(&format!("2030-{:02}-{:02}", party / 28 + 1, party % 28 + 1)).unwrap();
        let date = PartyDate::resolve(day, parse_time("19:00").unwrap(), Zone::parse("UTC").unwrap()).unwrap();
        let label = |what: &str| ShortText::parse(&format!("{what} number {party}")).unwrap();
        let (venue, main_dish, seats) = (label("Venue"), label("Main dish"), Seats::new(500).unwrap());
        let id = parties
            .host(NewParty::new(
                users[party % 10],
                date,
                venue,
                main_dish,
                seats,
                LinkToken::new((party as u128).to_be_bytes()),
            ))
            .await
            .unwrap();
        for guest in 1..=3 {
            parties
                .answer(Opened::ById(id), users[(party + guest) % 10], GuestCommand::Accept(Heads::ONE))
                .await
                .unwrap();
        }
    }
    users
}

/// An sqlx pool of as many connections as the connection cache has, with the same options.
async fn sqlx_pool(url: &str) -> Pool<Sqlite> {
    let options = url.parse::<SqliteConnectOptions>().unwrap().read_only(true).foreign_keys(true);
    let pool = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false);
    pool.idle_timeout(None).max_lifetime(None).connect_with(options).await.unwrap()
}

fn reads(criterion: &mut Criterion) {
    let (runtime, folder) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let url = test_support::sqlite_url(&folder);
    let store = runtime.block_on(PartyStore::connect(&url)).unwrap();
    let viewer = runtime.block_on(fill(&store))[0];
    let Database::Sqlite(engine) = store.accounts().database().clone() else { unreachable!("the URL is SQLite's") };
    let read = engine.read.clone();

    let sessions = AccountPorts::from(store.accounts().clone()).sessions;
    let mut group = criterion.benchmark_group("find a session");
    group.bench_function("ours", |b| {
        b.to_async(&runtime).iter(async || assert!(sessions.find(DIGEST).await.unwrap().is_some()));
    });
    group.bench_function("floor", |b| {
        b.to_async(&runtime).iter(async || query_scalar::<_, i64>("SELECT 1").fetch_one(&read).await.unwrap());
    });
    group.finish();

    let parties = store.parties();
    let mut group = criterion.benchmark_group("list 50 parties");
    group.bench_function("ours", |b| {
        let all = PartyQuery::Listed(PartyFilter::default());
        b.to_async(&runtime).iter(async || {
            let page = parties.list(all.clone(), viewer, NOW, None, PageSize::clamped(50)).await.unwrap();
            assert_eq!(page.items.len(), 50);
        });
    });
    group.bench_function("floor", |b| {
        let rows = "SELECT * FROM parties ORDER BY starts_at";
        b.to_async(&runtime).iter(async || query(rows).fetch_all(&read).await.unwrap());
    });
    group.finish();

    let pool = runtime.block_on(sqlx_pool(&url));
    let mut group = criterion.benchmark_group("run a statement");
    group.bench_function("ours", |b| {
        b.to_async(&runtime).iter(async || query_scalar::<_, i64>("SELECT 1").fetch_one(&read).await.unwrap());
    });
    group.bench_function("floor", |b| {
        b.to_async(&runtime).iter(async || query_scalar::<_, i64>("SELECT 1").fetch_one(&pool).await.unwrap());
    });
    group.finish();
    runtime.block_on(pool.close());
    runtime.block_on(store.accounts().close());
}

criterion_group!(benches, reads);
criterion_main!(benches);
