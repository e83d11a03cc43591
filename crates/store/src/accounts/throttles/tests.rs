//! Query plans, the bound of the table, and counts in the commit of another job.

use std::time::Duration;

use domain::throttle::LimitRule;
use test_support::{Postgres, sqlite_url};

use super::*;
use crate::AccountStore;
use crate::engine::Database;
use crate::plan::{assert_uses_indexes, query_plan};

const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

fn limit(n: u16, limit: u32) -> Limit {
    let mut key = [0x5a; 32];
    key[..2].copy_from_slice(&n.to_be_bytes());
    let period = Duration::from_mins(1) + Duration::from_millis(n.into());
    Limit::new(ThrottleKey::new(key), LimitRule::Window { limit, period })
}

/// Runs a test of both engines. (A macro, since a closure cannot be generic.)
macro_rules! on_both {
    ($test:ident) => {
        let folder = tempfile::tempdir().unwrap();
        for url in [sqlite_url(&folder), Postgres::shared().await.unwrap().database().await.unwrap()] {
            match AccountStore::connect(&url).await.unwrap().database().clone() {
                Database::Sqlite(database) => $test(database).await,
                Database::Postgres(database) => $test(database).await,
            }
        }
    };
}

async fn rows<D: Dialect>(database: &OpenDatabase<D>) -> u64 {
    Throttles::new(database.clone()).count_rows().await.unwrap()
}

#[test]
fn parts_contain_every_key_once() {
    let parts: Vec<_> = (0..PARTS).map(bounds).collect();
    assert!(parts.is_sorted() && parts.windows(2).all(|parts| parts[0].1 == parts[1].0));
    let (first, last) = (parts.first().unwrap(), parts.last().unwrap());
    assert!(first.0[..] <= [0; 32][..] && last.1[..] > [u8::MAX; 32][..]);
}

/// At most 20 rows, trimmed at each tenth count.
async fn trimmed<D: Dialect>(database: OpenDatabase<D>) {
    let bound = Bound { most_rows: 20, counts_per_trim: 10 };
    let throttles = Throttles { bound, ..Throttles::new(database.clone()) };
    for n in 0..100 {
        throttles.count(&[limit(n, 1)], NOW).await.unwrap().unwrap();
    }
    let mut attempts = 0;
    while rows(&database).await > 20 {
        attempts += 1;
        assert!(attempts < 500, "{} rows", rows(&database).await);
        tokio::time::sleep(Duration::from_millis(10)).await; // the trim runs beside the counts
    }
    throttles.check(&[limit(99, 1)], NOW).await.unwrap().unwrap_err();
}

#[tokio::test]
async fn counts_trim_the_table_now_and_then() {
    on_both!(trimmed);
}

/// The job of a use case that may be done once a minute: it forgets another key.
fn forget_once<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    now: &'j Timestamp,
) -> BoxFuture<'j, Result<Attempt, WriteError<Throttled>>> {
    Box::pin(async move {
        query::<D>(FORGET).bind(&limit(2, 1).key.as_bytes()[..]).execute(&mut *connection).await?;
        count::<D>(connection, &[limit(1, 1)], *now).await?.map_err(WriteError::Refused)
    })
}

async fn counted_with_job<D: Dialect>(database: OpenDatabase<D>) {
    let throttles = Throttles::new(database.clone());
    for is_allowed in [true, false] {
        throttles.count(&[limit(2, 1)], NOW).await.unwrap().unwrap();
        let done = database.writer.write(NOW, forget_once::<D>).await;
        assert_eq!(done.is_ok(), is_allowed);
    }
    throttles.check(&[limit(2, 1)], NOW).await.unwrap().unwrap_err();
}

/// A job that is throttled writes nothing.
#[tokio::test]
async fn attempt_is_counted_in_the_commit_of_another_job() {
    on_both!(counted_with_job);
}

#[tokio::test]
async fn statements_of_throttles_use_indexes() {
    for sql in [FIND, COUNT_PART, GIVE_BACK, FORGET, PURGE.sqlite] {
        assert_uses_indexes(sql).await;
    }
    let by_expiry = "SCAN throttles USING COVERING INDEX throttles_by_expiry";
    let trim = ["SEARCH throttles USING PRIMARY KEY (key=?)", "LIST SUBQUERY 1", by_expiry, "CREATE BLOOM FILTER"];
    assert_eq!(query_plan(TRIM.sqlite).await, trim, "as many entries as the LIMIT says");
}

/// Of 20,000 counters.
#[cfg(feature = "party")]
#[tokio::test]
async fn postgres_statements_of_throttles_use_indexes() {
    use crate::plan::postgres_plan;

    let keys = ["bytea"; KEYS].join(", ");
    for (sql, types, index) in [
        (FIND, keys.as_str(), "throttles_pkey"),
        (LOCK.0, &keys, "throttles_pkey"),
        (SAVE, "bytea, bigint, bigint", "throttles_pkey"),
        (COUNT_PART, "bytea, bytea", "throttles_pkey"),
        (GIVE_BACK, "bytea", "throttles_pkey"),
        (FORGET, "bytea", "throttles_pkey"),
        (PURGE.postgres, "bigint, bigint", "throttles_by_expiry"),
        (TRIM.postgres, "bigint", "throttles_by_expiry"),
    ] {
        let plan = postgres_plan(sql, types, false).await;
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{sql}\n{plan}");
    }
}
