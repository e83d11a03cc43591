//! Query plans, and counts in the commit of another job.

use std::time::Duration;

use domain::throttle::LimitRule;
use sqlx::Postgres;
use tokio::sync::Semaphore;

use super::*;
use crate::plan::assert_uses_indexes;

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

pub(super) fn limit(n: u16, limit: u32) -> Limit {
    let mut key = [0x5a; 32];
    key[..2].copy_from_slice(&n.to_be_bytes());
    let period = Duration::from_mins(1) + Duration::from_millis(n.into());
    Limit::new(ThrottleKey::new(key), LimitRule::Window { limit, period })
}

/// Runs a test of both engines. (A macro, since a closure cannot be generic.)
macro_rules! on_both {
    ($test:ident) => {
        let folder = tempfile::tempdir().unwrap();
        for url in [
            test_support::sqlite_url(&folder),
            test_support::Postgres::shared().await.unwrap().database().await.unwrap(),
        ] {
            match crate::AccountStore::connect(&url).await.unwrap().database().clone() {
                crate::engine::Database::Sqlite(database) => $test(database).await,
                crate::engine::Database::Postgres(database) => $test(database).await,
            }
        }
    };
}
pub(super) use on_both;

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

/// Counts a key, and waits before the commit until `end` is closed.
fn count_and_wait<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (begun, end): &'j (Arc<Semaphore>, Arc<Semaphore>),
) -> BoxFuture<'j, Result<(), WriteError>> {
    Box::pin(async move {
        count::<D>(connection, &[limit(1, 1)], NOW).await?.unwrap();
        begun.close();
        end.acquire().await.unwrap_err();
        Ok(())
    })
}

/// The row of the first job has expired, as the second job sees it. PostgreSQL's lock timeout would fail the second.
#[tokio::test]
async fn postgres_purge_does_not_wait_for_a_locked_row() {
    let url = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
    let store = crate::AccountStore::connect(&url).await.unwrap();
    let crate::engine::Database::Postgres(database) = store.database().clone() else { panic!("{url}") };
    let throttles = Throttles::new(database.clone());
    throttles.count(&[limit(1, 1)], NOW - Duration::from_hours(1)).await.unwrap().unwrap();
    let end = Arc::new(Semaphore::new(0));
    let (input, writer) = ((Arc::new(Semaphore::new(0)), Arc::clone(&end)), database.writer.clone());
    let begun = Arc::clone(&input.0);
    let first = tokio::spawn(async move { writer.write(input, count_and_wait::<Postgres>).await });
    begun.acquire().await.unwrap_err();
    throttles.count(&[limit(2, 1)], NOW).await.unwrap().unwrap();
    assert_eq!(throttles.purge(NOW, 10).await.unwrap(), 0);
    assert_eq!(throttles.bound.trim(0).await.unwrap(), 1, "of two rows");
    end.close();
    first.await.unwrap().unwrap();
    throttles.check(&[limit(1, 1)], NOW).await.unwrap().unwrap_err();
}

#[tokio::test]
async fn statements_of_throttles_use_indexes() {
    for sql in [FIND, GIVE_BACK, FORGET, PURGE.sqlite] {
        assert_uses_indexes(sql).await;
    }
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
        (GIVE_BACK, "bytea", "throttles_pkey"),
        (FORGET, "bytea", "throttles_pkey"),
        (PURGE.postgres, "bigint, bigint", "throttles_by_expiry"),
    ] {
        let plan = postgres_plan(sql, types, false).await;
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{sql}\n{plan}");
    }
}
