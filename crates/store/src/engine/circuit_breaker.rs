//! The way to a pool whose server may be away.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Error, Pool};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::engine::dialect::Dialect;

/// How long a server may keep silent: a little longer than it lets a statement take, so that it has its say first.
const LIMIT: Duration = Duration::from_secs(12);

/// What a server answers, or that it was stopped or is out of reach and keeps silent.
pub(crate) async fn in_time<T>(answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    within(LIMIT, answer).await
}

async fn within<T>(limit: Duration, answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    timeout(limit, answer).await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

/// Lends a pool's connections. After somebody has waited in vain one asks on and all others are told at once, until that
/// one has a connection: each of them would hold a place at the front door for as long as a pool is asked, and a server
/// that refuses is asked again and again until then.
#[derive(Debug)]
pub(crate) struct CircuitBreaker<D: Dialect> {
    pool: Pool<D>,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    is_shut: AtomicBool,
    /// Who asks while it is shut.
    asking: Semaphore,
}

impl<D: Dialect> CircuitBreaker<D> {
    pub(crate) fn to(pool: Pool<D>) -> Self {
        Self { pool, state: Arc::new(State { is_shut: AtomicBool::new(false), asking: Semaphore::new(1) }) }
    }

    /// One that is shut while somebody asks.
    #[cfg(test)]
    pub(crate) fn asked(pool: Pool<D>) -> Self {
        let state = State { is_shut: AtomicBool::new(true), asking: Semaphore::new(0) };
        Self { pool, state: Arc::new(state) }
    }

    pub(crate) fn pool(&self) -> &Pool<D> {
        &self.pool
    }

    pub(crate) async fn acquire(&self) -> Result<PoolConnection<D>, Error> {
        let state = &self.state;
        let was_shut = state.is_shut.load(Ordering::Relaxed);
        // Given back when this is dropped: who leaves lets another ask.
        let _asks = if was_shut { Some(state.asking.try_acquire().map_err(|_| Error::PoolTimedOut)?) } else { None };
        let told = self.pool.acquire().await;
        match &told {
            Ok(_) => self.open(), // whoever it is
            Err(Error::PoolTimedOut) => state.is_shut.store(true, Ordering::Relaxed),
            _ => {}
        }
        told
    }

    /// The server is there: it has answered somebody. (Looked at first, since each write is told to all cores.)
    pub(crate) fn open(&self) {
        if self.state.is_shut.load(Ordering::Relaxed) {
            self.state.is_shut.store(false, Ordering::Relaxed);
        }
    }
}

impl<D: Dialect> Clone for CircuitBreaker<D> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), state: Arc::clone(&self.state) } // a derive would ask for D: Clone
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use sqlx::Sqlite;
    use sqlx::sqlite::SqlitePoolOptions;
    use tokio::task::yield_now;

    use super::*;

    /// A gate to a pool of one connection, which is lent.
    async fn gate(patience: Duration) -> (CircuitBreaker<Sqlite>, PoolConnection<Sqlite>) {
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(patience);
        let gate = CircuitBreaker::to(pool.connect("sqlite::memory:").await.unwrap());
        let lent = gate.acquire().await.unwrap();
        (gate, lent)
    }

    async fn shut() -> (CircuitBreaker<Sqlite>, PoolConnection<Sqlite>) {
        let (gate, lent) = gate(SOON).await;
        gate.state.is_shut.store(true, Ordering::Relaxed);
        (gate, lent)
    }

    const SOON: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn who_waits_in_vain_shuts_it() {
        let (gate, _lent) = gate(Duration::from_millis(20)).await;
        assert!(matches!(gate.acquire().await, Err(Error::PoolTimedOut)));
        assert!(gate.state.is_shut.load(Ordering::Relaxed));
    }

    /// As when all were busy, and not away.
    #[tokio::test]
    async fn who_waited_before_it_was_shut_and_gets_a_connection_opens_it() {
        let (gate, lent) = gate(SOON).await;
        let mut waiting = Box::pin(gate.acquire());
        assert!((&mut waiting).now_or_never().is_none());
        gate.state.is_shut.store(true, Ordering::Relaxed);

        drop(lent);

        drop(waiting.await.unwrap());
        assert!(!gate.state.is_shut.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn a_server_that_keeps_silent_is_not_waited_for_for_ever() {
        let told = within::<()>(Duration::from_millis(20), std::future::pending()).await;
        let Err(Error::Io(error)) = told else { panic!("{told:?}") };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    /// Starts to ask, in a task that may be left.
    async fn asks(gate: &CircuitBreaker<Sqlite>) -> tokio::task::JoinHandle<Result<PoolConnection<Sqlite>, Error>> {
        let asking = gate.clone();
        let asking = tokio::spawn(async move { asking.acquire().await });
        let begun = async {
            while gate.state.asking.available_permits() > 0 {
                yield_now().await;
            }
        };
        timeout(SOON, begun).await.expect("it asks");
        asking
    }

    #[tokio::test]
    async fn after_a_wait_in_vain_one_asks_and_the_others_are_told_at_once() {
        let (gate, lent) = shut().await;
        let first = asks(&gate).await;

        assert!(matches!(gate.acquire().now_or_never(), Some(Err(Error::PoolTimedOut))));

        drop(lent);
        drop(first.await.unwrap().expect("the one who asks gets what comes back"));
        assert!(!gate.state.is_shut.load(Ordering::Relaxed));
        drop(gate.acquire().await.expect("it is open again"));
    }

    #[tokio::test]
    async fn who_asks_and_leaves_lets_another_ask() {
        let (gate, _lent) = shut().await;
        let first = asks(&gate).await;

        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());

        assert!(gate.acquire().now_or_never().is_none(), "another asks");
    }

    #[tokio::test]
    async fn a_pool_that_is_busy_has_people_wait_beside_each_other() {
        let (gate, lent) = gate(SOON).await;
        let (mut one, mut two) = (Box::pin(gate.acquire()), Box::pin(gate.acquire()));
        assert!((&mut one).now_or_never().is_none() && (&mut two).now_or_never().is_none());

        drop(lent);

        drop(one.await.unwrap());
        drop(two.await.unwrap());
    }
}
