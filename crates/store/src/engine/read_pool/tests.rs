//! Statements of a pool with a circuit breaker.

use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Sqlite, query, query_scalar};

use super::*;
use crate::engine::circuit_breaker::{CircuitBreaker, State};
use crate::engine::guarded_pool::GuardedPool;

async fn read_pool(breaker: CircuitBreaker) -> ReadPool<Sqlite, GuardedPool<Sqlite>> {
    let pool = SqlitePoolOptions::new().connect("sqlite::memory:").await.unwrap();
    ReadPool::new(GuardedPool::with_breaker(pool, breaker))
}

/// The breaker fails each statement, although the pool would lend a connection.
#[tokio::test]
async fn half_open_breaker_fails_every_statement() {
    let pool = read_pool(CircuitBreaker::half_open()).await;
    let all = query("SELECT 1").fetch_all(&pool).await.map(drop);
    let one = query("SELECT 1").fetch_one(&pool).await.map(drop);
    let each = query("SELECT 1").execute(&pool).await.map(drop);
    for result in [all, one, each] {
        assert!(matches!(result, Err(Error::PoolTimedOut)), "{result:?}");
    }
}

#[tokio::test]
async fn statement_that_succeeds_closes_the_breaker() {
    let breaker = CircuitBreaker::new();
    let pool = read_pool(breaker.clone()).await;
    let lease = pool.connections().acquire().await.unwrap();
    breaker.begin().unwrap().record(&Err::<(), _>(Error::PoolTimedOut));
    assert_eq!(breaker.state(), State::Open);

    lease.release(Ok(())).unwrap();

    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(query_scalar::<_, i64>("SELECT 1").fetch_one(&pool).await.unwrap(), 1);
}
