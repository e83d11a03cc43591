//! A pool that pings connections to detect a silent server, with timeouts of its own.

use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, PgConnection};
use tokio::time::timeout;

use crate::timeouts::{
    POOL_ACQUIRE_TIMEOUT, POSTGRES_ACQUIRE_PING_TIMEOUT, POSTGRES_PING_AFTER_IDLE, POSTGRES_RELEASE_PING_TIMEOUT,
};

/// When a connection is pinged, and how long it may take to respond.
#[derive(Clone, Copy)]
struct Pings {
    release_timeout: Duration,
    acquire_timeout: Duration,
    /// A connection that was idle for less is lent without a ping.
    after_idle: Duration,
}

const PINGS: Pings = Pings {
    release_timeout: POSTGRES_RELEASE_PING_TIMEOUT,
    acquire_timeout: POSTGRES_ACQUIRE_PING_TIMEOUT,
    after_idle: POSTGRES_PING_AFTER_IDLE,
};

/// Options of a pool of at most `connections` connections.
///
/// A connection that returns is pinged, and closed if it stays silent, so that its pool permit is free. (The driver pings it once
/// more, without a timeout: a host that is lost between the two pings holds a permit until the system gives up.)
pub(super) fn options(connections: u32) -> PgPoolOptions {
    with_pings(connections, PINGS)
}

fn with_pings(connections: u32, pings: Pings) -> PgPoolOptions {
    let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(POOL_ACQUIRE_TIMEOUT);
    let pool = pool.test_before_acquire(false).before_acquire(move |connection, metadata| {
        Box::pin(async move {
            if metadata.idle_for < pings.after_idle { Ok(true) } else { ping(connection, pings.acquire_timeout).await }
        })
    });
    pool.after_release(move |connection, _| Box::pin(ping(connection, pings.release_timeout)))
}

/// Returns `true` if the server responds in time.
async fn ping(connection: &mut PgConnection, limit: Duration) -> sqlx::Result<bool> {
    let response = timeout(limit, connection.ping()).await;
    response.unwrap_or_else(|elapsed| Err(std::io::Error::from(elapsed).into())).map(|()| true)
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::str::FromStr as _;

    use sqlx::postgres::PgConnectOptions;
    use sqlx::{Pool, Postgres, query, query_scalar};

    use super::*;

    async fn database() -> PgConnectOptions {
        let url = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
        PgConnectOptions::from_str(&url).unwrap()
    }

    /// The process id of the server's backend, once the connection is idle.
    async fn backend(pool: &Pool<Postgres>) -> i32 {
        let backend = query_scalar::<_, i32>("SELECT pg_backend_pid()").fetch_one(pool).await.unwrap();
        while pool.num_idle() == 0 {
            tokio::task::yield_now().await;
        }
        backend
    }

    /// A sleeping server responds as little as a lost host.
    #[tokio::test]
    async fn silent_connection_is_closed_when_it_returns() {
        let pings = Pings { release_timeout: Duration::from_millis(50), ..PINGS };
        let pool = with_pings(1, pings).connect_with(database().await).await.unwrap();
        let dropped = timeout(Duration::from_millis(100), query("SELECT pg_sleep(60)").execute(&pool)).await;
        assert!(dropped.is_err(), "{dropped:?}");

        assert_eq!(query_scalar::<_, i64>("SELECT 7::bigint").fetch_one(&pool).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn responsive_connection_is_reused() {
        let pool = options(1).connect_with(database().await).await.unwrap();
        assert_eq!(backend(&pool).await, backend(&pool).await);
    }

    #[tokio::test]
    async fn terminated_connection_is_not_lent() {
        let options = database().await;
        let pings = Pings { after_idle: Duration::ZERO, ..PINGS };
        let pool = with_pings(1, pings).connect_with(options.clone()).await.unwrap();
        let terminated = backend(&pool).await;
        let mut other = PgConnection::connect_with(&options).await.unwrap();
        query("SELECT pg_terminate_backend($1, 5000)").bind(terminated).execute(&mut other).await.unwrap();

        assert_ne!(backend(&pool).await, terminated);
    }

    /// A silent connection, as when its host is gone and another host has its address.
    #[tokio::test]
    async fn idle_connection_that_is_silent_is_replaced() {
        let pings = Pings { after_idle: Duration::ZERO, ..PINGS };
        let pool = with_pings(1, pings).connect_with(database().await).await.unwrap();
        let silent = backend(&pool).await;
        let signal = |name: &str| Command::new("kill").args([name, &silent.to_string()]).status().unwrap().success();
        assert!(signal("-STOP"));

        let next = timeout(POOL_ACQUIRE_TIMEOUT, backend(&pool)).await;

        assert!(signal("-CONT"));
        assert_ne!(next.expect("replaced"), silent);
    }
}
