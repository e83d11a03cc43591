//! The only way to write. Which rows are written is the repositories' business, how an engine begins is `dialect`'s.
//!
//! SQLite has one connection that writes: what waits for it is committed together, since a commit costs a sync of the
//! disk. PostgreSQL gathers commits itself: there each job has a transaction of its own, apart from the others.

use std::convert::Infallible;

use domain::StoreError;
use futures_util::future::BoxFuture;
use sqlx::{Connection, Pool, SqlSafeStr as _, Transaction};

use crate::engine::circuit_breaker::CircuitBreaker;
use crate::engine::dialect::Dialect;
use crate::engine::postgres::transaction;
use crate::engine::sqlite::checkpoint::Wal;
use crate::engine::sqlite::group_commit::Queue;
use crate::error::failed;

/// Runs writes, each whole or not at all.
///
/// Repositories hold this and no pool to write with, so that how writes are committed is decided here alone.
#[derive(Debug)]
pub struct Writer<D: Dialect> {
    way: Way<D>,
}

#[derive(Debug)]
enum Way<D: Dialect> {
    Together(Queue<D>),
    Apart(CircuitBreaker<D>),
}

impl<D: Dialect> Clone for Writer<D> {
    fn clone(&self) -> Self {
        let way = match &self.way {
            Way::Together(queue) => Way::Together(queue.clone()), // a derive would ask for D: Clone
            Way::Apart(gate) => Way::Apart(gate.clone()),
        };
        Self { way }
    }
}

/// Why a write was not done, or is not known to be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError<Refusal = Infallible> {
    /// The job itself said no. Nothing of it is stored.
    #[error("refused")]
    Refused(Refusal),
    /// The database could not do it, or a stored value does not parse ([`sqlx::Error::Decode`]). Nothing of it is stored.
    #[error(transparent)]
    Failed(#[from] sqlx::Error),
    /// Too many writes wait already, or the ones before it took too long. It was not begun.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The connection was lost while the server committed: all of it is stored, or nothing is. Or SQLite's disk failed in
    /// the middle of a commit: nothing is stored, but after a crash all of it may be.
    #[error("it is not known whether the write was done")]
    OutcomeUnknown(#[source] sqlx::Error),
}

impl<R> WriteError<R> {
    /// What the job refused.
    ///
    /// # Errors
    /// It did not refuse: why the database could not do it, as the ports say it.
    pub fn refusal(self) -> Result<R, StoreError> {
        match self {
            Self::Refused(refusal) => Ok(refusal),
            Self::Failed(error) => Err(failed(error)),
            Self::Overloaded => Err(StoreError::new(WriteError::<Infallible>::Overloaded)),
            Self::OutcomeUnknown(error) => Err(StoreError::outcome_unknown(error)),
        }
    }
}

impl From<WriteError> for StoreError {
    fn from(error: WriteError) -> Self {
        match error.refusal() {
            Ok(never) => match never {},
            Err(failure) => failure,
        }
    }
}

impl<D: Dialect> Writer<D> {
    /// Commits together what waits for the one connection of `pool`, and keeps `wal` short.
    pub(crate) fn together(pool: Pool<D>, wal: Wal) -> Self {
        Self { way: Way::Together(Queue::over(pool, wal)) }
    }

    /// Commits each job by itself, over as many connections as `pool` has.
    pub(crate) fn apart(pool: Pool<D>) -> Self {
        Self { way: Way::Apart(CircuitBreaker::to(pool)) }
    }

    /// Whether it takes writes at all. Asked without one: whether they succeed is not known by it.
    pub(crate) fn is_open(&self) -> bool {
        match &self.way {
            Way::Together(queue) => queue.is_open(),
            Way::Apart(gate) => !gate.pool().is_closed(),
        }
    }

    pub(crate) async fn close(&self) {
        match &self.way {
            Way::Together(queue) => queue.close().await,
            Way::Apart(gate) => gate.pool().close().await,
        }
    }

    /// Runs `job` with `input` in a transaction, and tells what it said once that is on the disk.
    ///
    /// The job may run more than once, and only its last run counts: so it does nothing but read and write through the
    /// connection, and never begins, commits or rolls back. If it gives an error nothing is written. If this future is
    /// dropped, the job is done whole or not at all. All jobs see the rows as the writes before them left them, but on
    /// PostgreSQL others run beside them: what a job decides by, it locks first. A job has 10 seconds (on
    /// PostgreSQL 12, of which a statement has 10): on SQLite every other write waits for it.
    ///
    /// # Errors
    /// [`WriteError`]: what the job said, or that the database failed before, in or after it.
    ///
    /// # Panics
    /// The job panicked. Nothing of it is stored, and the next job finds the writer as it was.
    pub async fn write<I, T, R>(
        &self,
        input: I,
        job: impl for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>>
        + Send
        + Sync
        + 'static,
    ) -> Result<T, WriteError<R>>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        match &self.way {
            Way::Together(queue) => queue.write(input, job).await,
            Way::Apart(gate) => transaction::write(gate, &input, &job).await,
        }
    }
}

/// Begins a transaction that writes. (By a `SqlStr`: a `&'static str` in the driver's future keeps callers from spawning it.)
pub(crate) async fn begin<D: Dialect>(connection: &mut D::Connection) -> sqlx::Result<Transaction<'_, D>> {
    connection.begin_with(D::BEGIN_WRITE.into_sql_str()).await
}
