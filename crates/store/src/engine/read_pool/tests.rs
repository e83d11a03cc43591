//! That connections are handed on, that no more than there are places for are open, and that none is lost or kept broken.

use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Sqlite, query, query_as, query_scalar};
use tempfile::TempDir;

use super::*;

async fn reader(most: u32, patience: Duration) -> (TempDir, ReadPool<Sqlite>) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}?mode=rwc", test_support::sqlite_url(&folder));
    let pool = SqlitePoolOptions::new().max_connections(8).connect(&url).await.unwrap();
    (folder, ReadPool::keeping(most, patience, pool.clone(), pool))
}

/// Runs for longer than anybody here waits to leave it.
const SLOW: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000000) SELECT count(*) FROM n";

fn kept(reader: &ReadPool<Sqlite>) -> &Kept<Sqlite> {
    let Way::Kept(kept) = &reader.way else { panic!("none are kept") };
    kept
}

fn idle(reader: &ReadPool<Sqlite>) -> usize {
    kept(reader).idle().len()
}

#[tokio::test]
async fn one_connection_is_handed_from_statement_to_statement() {
    let (_folder, reader) = reader(2, Duration::from_secs(5)).await;
    query("CREATE TEMP TABLE here (id INTEGER)").fetch_all(&reader).await.unwrap(); // seen on its own connection alone
    for _ in 0..10 {
        assert_eq!(query_scalar::<_, i64>("SELECT count(*) FROM here").fetch_one(&reader).await.unwrap(), 0);
        assert!(query("SELECT * FROM here").fetch_all(&reader).await.unwrap().is_empty());
    }
    assert_eq!((idle(&reader), reader.pool().size()), (1, 0));
}

#[tokio::test]
async fn who_finds_no_place_waits_and_not_for_ever() {
    let (_folder, reader) = reader(1, Duration::from_millis(50)).await;
    let ask = async || query_scalar::<_, i64>("SELECT 1").fetch_one(&reader).await;
    let taken = kept(&reader).places.acquire().await.unwrap();
    let told = ask().await;
    assert!(matches!(told, Err(Error::PoolTimedOut)), "{told:?}");
    drop(taken);
    assert_eq!(ask().await.unwrap(), 1);
}

/// As by searches: a page that needs a first connection, or one more, is read beside them.
#[tokio::test]
async fn who_takes_all_of_the_pool_keeps_no_page_waiting() {
    let (_folder, reader) = reader(2, Duration::from_secs(5)).await;
    let busy = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(1));
    let busy = ReadPool { apart: CircuitBreaker::to(busy.connect("sqlite::memory:").await.unwrap()), ..reader };
    let _search = busy.pool().acquire().await.unwrap();
    let told = tokio::join!(
        query("SELECT 1").fetch_all(&busy),
        query_as::<_, (i64,)>("SELECT 1 UNION SELECT 2").fetch_all(&busy), // one row after the other, by the driver's way
    );
    assert_eq!((told.0.unwrap().len(), told.1.unwrap()), (1, vec![(1,), (2,)]));
    assert!(query("SELECT 1").execute(&busy).await.is_ok());
}

#[tokio::test]
async fn a_reader_who_leaves_takes_no_connection_along_and_has_nobody_wait_behind_the_statement() {
    let (_folder, reader) = reader(2, Duration::from_secs(5)).await;
    let left = tokio::time::timeout(Duration::from_millis(20), query(SLOW).fetch_one(&reader)).await;
    assert!(left.is_err());
    let one = async || query_scalar::<_, i64>("SELECT 1").fetch_one(&reader).await.unwrap();
    let kept = kept(&reader);
    assert_eq!((one().await, kept.places.available_permits(), idle(&reader)), (1, 1, 1)); // beside it
    let _both = tokio::time::timeout(Duration::from_mins(1), kept.places.acquire_many(2)).await.unwrap().unwrap();
    assert_eq!(idle(&reader), 2);
}

#[tokio::test]
async fn a_connection_on_which_something_failed_is_not_used_again() {
    let (_folder, reader) = reader(1, Duration::from_secs(5)).await;
    query("CREATE TEMP TABLE here (id INTEGER)").fetch_all(&reader).await.unwrap();
    assert!(query("SELECT * FROM nowhere").fetch_optional(&reader).await.is_err());
    assert!(query("SELECT * FROM here").fetch_all(&reader).await.is_err(), "another connection");
    assert_eq!(idle(&reader), 0);
}

#[tokio::test]
async fn closing_waits_for_what_is_under_way_and_lets_nobody_in() {
    let (_folder, reader) = reader(2, Duration::from_secs(5)).await;
    let slow = query_scalar::<_, i64>(SLOW).fetch_one(&reader);
    let close = async {
        tokio::task::yield_now().await;
        reader.close().await;
    };
    let (slow, ()) = tokio::join!(slow, close);
    assert_eq!(slow.unwrap(), 5_000_000);
    assert!(matches!(query("SELECT 1").fetch_one(&reader).await, Err(Error::PoolClosed)));
    assert_eq!(idle(&reader), 0);
}

#[tokio::test]
async fn closing_waits_for_a_statement_that_nobody_waits_for() {
    let (_folder, reader) = reader(1, Duration::from_secs(5)).await;
    let left = tokio::time::timeout(Duration::from_millis(20), query(SLOW).fetch_one(&reader)).await;
    assert!(left.is_err());
    tokio::time::timeout(Duration::from_mins(1), reader.close()).await.unwrap();
    assert_eq!((idle(&reader), kept(&reader).places.is_closed()), (0, true));
}

/// The pool would lend one, and is not asked.
#[tokio::test]
async fn while_somebody_asks_a_server_that_is_away_others_are_told_at_once() {
    let pool = SqlitePoolOptions::new().connect("sqlite::memory:").await.unwrap();
    let reader = ReadPool { way: Way::Pooled(CircuitBreaker::asked(pool.clone())), apart: CircuitBreaker::asked(pool) };
    let all = query("SELECT 1").fetch_all(&reader).await.map(drop);
    let one = query("SELECT 1").fetch_one(&reader).await.map(drop);
    let each = query("SELECT 1").execute(&reader).await.map(drop);
    let apart = query("SELECT 1").fetch_one(&reader.apart()).await.map(drop);
    for told in [all, one, each, apart] {
        assert!(matches!(told, Err(Error::PoolTimedOut)), "{told:?}");
    }
}

/// As of a server that was away when others were told so, and is back.
#[tokio::test]
async fn an_answer_opens_the_way_for_others() {
    let pool = SqlitePoolOptions::new().connect("sqlite::memory:").await.unwrap();
    let reader = ReadPool { way: Way::Pooled(CircuitBreaker::asked(pool.clone())), apart: CircuitBreaker::to(pool) };
    reader.in_time(std::future::ready(Ok(()))).await.unwrap();
    assert_eq!(query_scalar::<_, i64>("SELECT 1").fetch_one(&reader).await.unwrap(), 1);
}

#[tokio::test]
async fn a_connection_on_which_a_server_kept_silent_gives_its_place_up_at_once() {
    let url = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
    let pool = PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    let lent = Lent::Pooled(pool.acquire().await.unwrap());
    assert!(lent.end::<()>(Err(io::Error::from(io::ErrorKind::TimedOut).into())).is_err());
    assert_eq!(pool.size(), 0);
    let lent = Lent::Pooled(pool.acquire().await.unwrap());
    lent.end(Ok(())).unwrap();
    assert_eq!(pool.size(), 1);
}
