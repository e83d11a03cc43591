//! Shutdown while the database does not respond, and before it is open.

use std::time::{Duration, Instant};

use accounts::test_kit::TestClient;
use store::PartyStore;
use store::embed::sqlx::{Connection as _, PgConnection, query, query_scalar};
use test_support::Postgres;

use super::process::Running;

/// Waits until the program waits for a lock that the test holds.
async fn wait_for_blocked_lock(connection: &mut PgConnection) {
    const BLOCKED_LOCKS: &str = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    let start = Instant::now();
    while query_scalar::<_, i64>(BLOCKED_LOCKS).fetch_one(&mut *connection).await.unwrap() == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "no lock is waited for");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A connection with an open transaction that holds the lock of this statement.
async fn connection_with_lock(url: &str, lock: &'static str) -> PgConnection {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for statement in ["BEGIN", lock] {
        query(statement).execute(&mut connection).await.unwrap();
    }
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_stops_within_9_s_while_postgres_is_frozen() {
    let server = Postgres::durable().await.unwrap();
    let url = server.database().await.unwrap();
    let program = Running::start(&url, &[]);
    let visitor = TestClient::at(&program.origin);
    let mut other = connection_with_lock(&url, "LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await;
    let (ready, ()) = tokio::join!(visitor.get("/health/ready"), async {
        wait_for_blocked_lock(&mut other).await;
        server.freeze().unwrap();
    });
    assert_eq!(ready.status, 503, "its connection waits for a response");

    let start = Instant::now();
    let exited = program.stop("TERM");

    server.thaw().unwrap();
    assert_eq!(exited.code, Some(0), "{}", exited.log);
    assert!(start.elapsed() < Duration::from_secs(9), "{:?}: no request was under way", start.elapsed());
}

/// The lock that a migrating process holds.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7017561974736057459)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_stops_while_it_waits_for_another_migration() {
    let server = Postgres::durable().await.unwrap();
    let url = server.database().await.unwrap();
    let mut other = connection_with_lock(&url, MIGRATION_LOCK).await;
    let starting = Running::spawn(&url, &[]);
    wait_for_blocked_lock(&mut other).await;

    let start = Instant::now();
    let exited = starting.stop("TERM");

    assert_eq!(exited.code, Some(0), "{}", exited.log);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!(exited.log.contains("shutdown requested"), "{}", exited.log);
    other.close().await.unwrap();
    PartyStore::connect(&url).await.unwrap().accounts().close().await; // the stopped program has left no lock
}
