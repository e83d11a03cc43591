//! The program's end where its database is in the way: silent, or not open yet.

use std::time::{Duration, Instant};

use accounts::test_kit::TestClient;
use store::PartyStore;
use store::embed::sqlx::{Connection as _, PgConnection, query, query_scalar};
use test_support::Postgres;

use super::running::Running;

/// Waits until the program does, for a lock that the test holds.
async fn waits(connection: &mut PgConnection) {
    const WAITING: &str = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    let begun = Instant::now();
    while query_scalar::<_, i64>(WAITING).fetch_one(&mut *connection).await.unwrap() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not wait");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A connection on which the lock was taken that this statement asks for.
async fn holding(url: &str, lock: &'static str) -> PgConnection {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for statement in ["BEGIN", lock] {
        query(statement).execute(&mut connection).await.unwrap();
    }
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_it_ends_though_postgres_is_silent() {
    let server = Postgres::durable().await.unwrap();
    let url = server.database().await.unwrap();
    let program = Running::start(&url, &[]);
    let guest = TestClient::at(&program.origin);
    let mut another = holding(&url, "LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await;
    let (ready, ()) = tokio::join!(guest.get("/health/ready"), async {
        waits(&mut another).await;
        server.freeze().unwrap();
    });
    assert_eq!(ready.status, 503, "and its connection waits for an answer");

    let begun = Instant::now();
    let ended = program.ends("TERM");

    server.thaw().unwrap();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}: nothing was under way", begun.elapsed());
}

/// As a process does that is migrating.
const MIGRATING: &str = "SELECT pg_advisory_xact_lock(7017561974736057459)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_while_another_process_migrates_it_ends_at_once() {
    let server = Postgres::durable().await.unwrap();
    let url = server.database().await.unwrap();
    let mut another = holding(&url, MIGRATING).await;
    let starting = Running::begin(&url, &[]);
    waits(&mut another).await;

    let begun = Instant::now();
    let ended = starting.ends("TERM");

    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(ended.log.contains("shutdown requested"), "{}", ended.log);
    another.close().await.unwrap();
    PartyStore::connect(&url).await.unwrap().accounts().close().await; // and has left nothing in the way
}
