//! Both engines end a search after its time limit, and when it was dropped. Its connection is used again.

use std::time::Duration;

use sqlx::{Error, Postgres, Sqlite, query_scalar};
use tokio::time::{Instant, timeout};

use super::*;
use crate::engine::{OpenDatabase, postgres, sqlite};
use crate::timeouts::SEARCH_TIMEOUT;

const USER: i64 = 1;
/// Ends by its engine's time limit alone.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

async fn on_sqlite() -> (tempfile::TempDir, OpenDatabase<Sqlite>) {
    let folder = tempfile::tempdir().unwrap();
    let database = sqlite::open::connect(&test_support::sqlite_url(&folder), &[]).await.unwrap();
    (folder, database)
}

async fn on_postgres() -> OpenDatabase<Postgres> {
    let url = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
    postgres::open::connect(&url, &[]).await.unwrap()
}

async fn run<D: Dialect>(searches: &SearchPool<D>, sql: &'static str) -> Result<i64, Error> {
    let search = searches.begin(USER).await.unwrap();
    query_scalar(sql).fetch_one(search.executor()).await
}

async fn assert_ends_after_the_limit<D: Dialect>(searches: &SearchPool<D>) {
    for _ in 0..3 {
        let start = Instant::now();
        let error = run(searches, ENDLESS).await.unwrap_err();
        assert!(D::is_interrupted(&error), "{error:?}");
        let time = start.elapsed();
        assert!(time.as_millis() + 1 >= SEARCH_TIMEOUT.as_millis(), "{time:?}"); // SQLite's limit is in whole milliseconds
        assert_eq!(run(searches, "SELECT CAST(1 AS BIGINT)").await.unwrap(), 1);
    }
}

/// As many searches are dropped as there are connections, and more. The others find a connection all the same.
async fn assert_dropped_searches_end<D: Dialect>(searches: &SearchPool<D>) {
    for _ in 0..5 {
        let dropped = timeout(Duration::from_millis(20), run(searches, ENDLESS)).await;
        assert!(dropped.is_err(), "{dropped:?}");
    }
    let next = timeout(Duration::from_secs(4), run(searches, "SELECT CAST(1 AS BIGINT)")).await;
    assert_eq!(next.expect("a free connection").unwrap(), 1);
}

#[tokio::test]
async fn sqlite_ends_a_search_after_the_limit() {
    let (_folder, database) = on_sqlite().await;
    assert_ends_after_the_limit(&database.searches).await;
}

#[tokio::test]
async fn postgres_ends_a_search_after_the_limit() {
    assert_ends_after_the_limit(&on_postgres().await.searches).await;
}

#[tokio::test]
async fn sqlite_ends_dropped_searches() {
    let (_folder, database) = on_sqlite().await;
    assert_dropped_searches_end(&database.searches).await;
}

#[tokio::test]
async fn postgres_ends_dropped_searches() {
    assert_dropped_searches_end(&on_postgres().await.searches).await;
}

/// A host may set a longer limit for all statements by the URL. Searches keep theirs.
#[tokio::test]
async fn postgres_ends_a_search_after_the_limit_whatever_the_url_says() {
    let url = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
    let mark = if url.contains('?') { '&' } else { '?' };
    let database = postgres::open::connect(&format!("{url}{mark}options=-c%20statement_timeout%3D60s"), &[]).await;
    let error = run(&database.unwrap().searches, ENDLESS).await.unwrap_err();
    assert!(Postgres::is_interrupted(&error), "{error:?}");
}
