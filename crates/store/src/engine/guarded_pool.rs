//! A pool of connections to a server that may be away or silent: a circuit breaker before each acquire, a deadline around
//! each statement.

use std::io;

use sqlx::pool::PoolConnection;
use sqlx::{Error, Pool};
use tokio::time::timeout;

use super::circuit_breaker::CircuitBreaker;
use super::dialect::Dialect;
use super::read_pool::{Lease, ReadConnections};
use crate::timeouts::STATEMENT_DEADLINE;

/// A pool and its circuit breaker.
#[derive(Debug)]
pub struct GuardedPool<D: Dialect> {
    pool: Pool<D>,
    breaker: CircuitBreaker,
}

// A derive would require `D: Clone`.
impl<D: Dialect> Clone for GuardedPool<D> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), breaker: self.breaker.clone() }
    }
}

impl<D: Dialect> GuardedPool<D> {
    pub(crate) fn new(pool: Pool<D>) -> Self {
        Self { pool, breaker: CircuitBreaker::new() }
    }

    #[cfg(test)]
    pub(crate) fn with_breaker(pool: Pool<D>, breaker: CircuitBreaker) -> Self {
        Self { pool, breaker }
    }

    /// The pool, without circuit breaker and deadline.
    pub(crate) fn pool(&self) -> &Pool<D> {
        &self.pool
    }

    /// A connection, whose holder reports by [`GuardedPool::record_response`] that the server responded.
    pub(crate) async fn connection(&self) -> Result<PoolConnection<D>, Error> {
        let call = self.breaker.begin()?;
        let connection = self.pool.acquire().await;
        call.record(&connection);
        connection
    }

    /// Closes the circuit breaker: the server has responded.
    pub(crate) fn record_response(&self) {
        self.breaker.close();
    }
}

impl<D: Dialect> ReadConnections<D> for GuardedPool<D> {
    type Lease = GuardedConnection<D>;

    async fn acquire(&self) -> Result<Self::Lease, Error> {
        Ok(GuardedConnection { connection: self.connection().await?, breaker: self.breaker.clone() })
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

/// A connection lent for one statement.
pub struct GuardedConnection<D: Dialect> {
    connection: PoolConnection<D>,
    breaker: CircuitBreaker,
}

impl<D: Dialect> Lease<D> for GuardedConnection<D> {
    fn connection(&mut self) -> Result<&mut D::Connection, Error> {
        Ok(&mut self.connection)
    }

    async fn limit<T: Send>(statement: impl Future<Output = Result<T, Error>> + Send) -> Result<T, Error> {
        with_deadline(statement).await
    }

    fn release<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        if result.is_ok() {
            self.breaker.close();
        } else if has_timed_out(&result) {
            drop(self.connection.detach()); // the server is silent, and a ping would wait as long again
        }
        result
    }
}

/// Awaits a server's response for [`STATEMENT_DEADLINE`] at most. Afterwards the error is an [`io::ErrorKind::TimedOut`].
pub(crate) async fn with_deadline<T>(response: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(STATEMENT_DEADLINE, response).await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

fn has_timed_out<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgPoolOptions;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn silent_server_times_out_after_the_deadline() {
        let start = tokio::time::Instant::now();
        let result = with_deadline::<()>(std::future::pending()).await;
        assert!(has_timed_out(&result), "{result:?}");
        assert_eq!(start.elapsed(), STATEMENT_DEADLINE);
    }

    #[tokio::test]
    async fn connection_to_a_silent_server_leaves_the_pool_at_once() {
        let url = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
        let pool = GuardedPool::new(PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap());
        let lease = pool.acquire().await.unwrap();
        assert!(lease.release::<()>(Err(io::Error::from(io::ErrorKind::TimedOut).into())).is_err());
        assert_eq!(pool.pool().size(), 0);
        let lease = pool.acquire().await.unwrap();
        lease.release(Ok(())).unwrap();
        assert_eq!(pool.pool().size(), 1);
    }
}
