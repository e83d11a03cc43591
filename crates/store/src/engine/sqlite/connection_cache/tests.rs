//! Connections pass from statement to statement, their number is bounded, and none is lost or reused after a failure.

use std::time::Duration;

use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Executor as _, SqlSafeStr as _, query, query_as, query_scalar};
use tempfile::TempDir;

use super::*;
use crate::engine::read_pool::ReadPool;

async fn read_pool(size: u32) -> (TempDir, ReadPool<Sqlite>) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}?mode=rwc", test_support::sqlite_url(&folder));
    let opener = SqlitePoolOptions::new().max_connections(8).connect(&url).await.unwrap();
    (folder, ReadPool::new(ConnectionCache::new(size, opener)))
}

/// Runs for longer than any timeout after which a test drops it.
const SLOW: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000000) SELECT count(*) FROM n";

/// Ends by an interrupt alone.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

fn permits(pool: &ReadPool<Sqlite>) -> &Arc<Semaphore> {
    &pool.connections().shared.permits
}

fn idle(pool: &ReadPool<Sqlite>) -> usize {
    pool.connections().shared.idle().len()
}

async fn one(pool: &ReadPool<Sqlite>) -> Result<i64, Error> {
    query_scalar("SELECT 1").fetch_one(pool).await
}

#[tokio::test]
async fn one_connection_serves_statement_after_statement() {
    let (_folder, pool) = read_pool(2).await;
    query("CREATE TEMP TABLE here (id INTEGER)").fetch_all(&pool).await.unwrap(); // visible to its own connection alone
    for _ in 0..10 {
        assert_eq!(query_scalar::<_, i64>("SELECT count(*) FROM here").fetch_one(&pool).await.unwrap(), 0);
        assert!(query("SELECT * FROM here").fetch_all(&pool).await.unwrap().is_empty());
    }
    assert_eq!((idle(&pool), pool.connections().shared.opener.size()), (1, 0));
}

#[tokio::test]
async fn every_way_to_fetch_uses_the_cache() {
    let (_folder, pool) = read_pool(1).await;
    query("CREATE TEMP TABLE here (id INTEGER)").execute(&pool).await.unwrap();
    let rows = query_as::<_, (i64,)>("SELECT 1 FROM (SELECT count(*) FROM here) UNION SELECT 2");
    assert_eq!(rows.fetch_all(&pool).await.unwrap(), [(1,), (2,)]); // by `fetch_many`
    assert!(query("SELECT id FROM here").fetch_optional(&pool).await.unwrap().is_none());
    (&pool).prepare_with("SELECT id FROM here".into_sql_str(), &[]).await.unwrap();
    assert_eq!((&pool).describe("SELECT id FROM here".into_sql_str()).await.unwrap().columns.len(), 1);
    assert_eq!(idle(&pool), 1);
}

#[tokio::test]
async fn statement_without_a_permit_times_out() {
    let (_folder, pool) = read_pool(1).await;
    let taken = permits(&pool).acquire().await.unwrap();
    tokio::time::pause();
    let start = tokio::time::Instant::now();

    let result = one(&pool).await;

    assert!(matches!(result, Err(Error::PoolTimedOut)), "{result:?}");
    assert!(start.elapsed() >= POOL_ACQUIRE_TIMEOUT);
    tokio::time::resume();
    drop(taken);
    assert_eq!(one(&pool).await.unwrap(), 1);
}

#[tokio::test]
async fn dropped_statement_ends_and_keeps_its_permit_until_then() {
    let (_folder, pool) = read_pool(1).await;
    query("CREATE TEMP TABLE here (id INTEGER)").fetch_all(&pool).await.unwrap();
    let dropped = timeout(Duration::from_millis(20), query(ENDLESS).fetch_one(&pool)).await;
    assert!(dropped.is_err());
    assert_eq!((permits(&pool).available_permits(), idle(&pool)), (0, 0));
    assert!(query("SELECT * FROM here").fetch_all(&pool).await.unwrap().is_empty(), "the same connection");
    assert_eq!(idle(&pool), 1);
}

#[tokio::test]
async fn statement_ends_after_the_limit_and_its_connection_is_reused() {
    let (_folder, pool) = read_pool(1).await;
    let limit = Duration::from_millis(20);
    let pool: ReadPool<Sqlite> = ReadPool::new(pool.connections().clone().with_limit(limit));
    query("CREATE TEMP TABLE here (id INTEGER)").fetch_all(&pool).await.unwrap();
    for _ in 0..3 {
        let error = query(ENDLESS).fetch_one(&pool).await.map(drop).unwrap_err();
        assert!(Sqlite::is_interrupted(&error), "{error:?}");
        tokio::time::sleep(2 * limit).await; // no time of a connection that is idle counts
        assert!(query("SELECT * FROM here").fetch_all(&pool).await.unwrap().is_empty(), "the same connection");
    }
}

#[tokio::test]
async fn connection_is_not_reused_after_a_failure() {
    let (_folder, pool) = read_pool(1).await;
    query("CREATE TEMP TABLE here (id INTEGER)").fetch_all(&pool).await.unwrap();
    assert!(query("SELECT * FROM nowhere").fetch_optional(&pool).await.is_err());
    assert!(query("SELECT * FROM here").fetch_all(&pool).await.is_err(), "another connection");
    assert_eq!(idle(&pool), 0);
}

#[tokio::test]
async fn close_waits_for_statements_and_rejects_new_ones() {
    let (_folder, pool) = read_pool(2).await;
    let slow = query_scalar::<_, i64>(SLOW).fetch_one(&pool);
    let close = async {
        tokio::task::yield_now().await;
        pool.close().await;
    };
    let (slow, ()) = tokio::join!(slow, close);
    assert_eq!(slow.unwrap(), 5_000_000);
    assert!(matches!(one(&pool).await, Err(Error::PoolClosed)));
    assert_eq!(idle(&pool), 0);
}

#[tokio::test]
async fn close_waits_for_a_dropped_statement() {
    let (_folder, pool) = read_pool(1).await;
    let dropped = timeout(Duration::from_millis(20), query(SLOW).fetch_one(&pool)).await;
    assert!(dropped.is_err());
    timeout(Duration::from_mins(1), pool.close()).await.unwrap();
    assert_eq!((idle(&pool), permits(&pool).is_closed()), (0, true));
}
