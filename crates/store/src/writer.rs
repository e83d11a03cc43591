//! The only way to write. Which rows are written is the repositories' business, how an engine begins is `dialect`'s.

use std::convert::Infallible;
use std::time::Duration;

use domain::StoreError;
use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, Pool, SqlSafeStr as _, Transaction};

use crate::dialect::{Dialect, lost_a_race};
use crate::error::failed;

/// How often a write that was in another one's way is run, at most.
const RUNS: u32 = 8;

/// Runs writes, each in a transaction of its own. On SQLite they queue for the one connection that writes.
///
/// Repositories hold this and no pool to write with, so that how writes are committed is decided here alone.
#[derive(Debug)]
pub struct Writer<D: Dialect> {
    pool: Pool<D>,
}

impl<D: Dialect> Clone for Writer<D> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone() } // a derive would ask for D: Clone
    }
}

/// Why a write was not done. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<Refusal = Infallible> {
    /// The job itself said no.
    #[error("refused")]
    Refused(Refusal),
    /// The database could not do it, or a stored value does not parse ([`sqlx::Error::Decode`]).
    #[error(transparent)]
    Failed(#[from] sqlx::Error),
}

impl From<WriteError> for StoreError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused(never) => match never {},
            WriteError::Failed(error) => failed(error),
        }
    }
}

impl<D: Dialect> Writer<D> {
    pub(crate) fn new(pool: Pool<D>) -> Self {
        Self { pool }
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Runs `job` with `input` in a transaction, and tells what it said once that is on the disk.
    ///
    /// The job may run more than once, and only its last run counts: so it does nothing but read and write through the
    /// connection, and never begins, commits or rolls back. If it gives an error nothing is written; nor is it if this
    /// future is dropped before the commit. All jobs see the rows as the writes before them left them, but on PostgreSQL
    /// others run beside them: what a job decides by, it locks first.
    ///
    /// # Errors
    /// [`WriteError`]: what the job said, or that the database failed before, in or after it.
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
        for run in 1..RUNS {
            match self.run(&input, &job).await {
                Err(WriteError::Failed(error)) if lost_a_race(&error) => {
                    tracing::debug!(run, %error, "a write was in another one's way and runs again");
                    tokio::time::sleep(Duration::from_millis(1 << run)).await;
                }
                told => return told,
            }
        }
        self.run(&input, &job).await
    }

    async fn run<I, T, R>(
        &self,
        input: &I,
        job: &(impl for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>> + Sync),
    ) -> Result<T, WriteError<R>> {
        let mut connection = self.pool.acquire().await?;
        let mut transaction = begin::<D>(&mut connection).await?;
        let told = job(&mut transaction, input).await;
        let ended = match &told {
            Ok(_) => transaction.commit().await,
            Err(_) => transaction.rollback().await, // awaited: its locks are gone when the caller hears of it
        };
        if let Err(error) = ended {
            close(connection);
            return told.and(Err(error.into())); // a refusal stays one: nothing was written either way
        }
        told
    }
}

/// Begins a transaction that writes. (By a `SqlStr`: a `&'static str` in the driver's future keeps callers from spawning it.)
pub(crate) async fn begin<D: Dialect>(connection: &mut D::Connection) -> sqlx::Result<Transaction<'_, D>> {
    connection.begin_with(D::BEGIN_WRITE.into_sql_str()).await
}

/// Who knows in which state a connection is whose transaction did not end: it is not used again.
fn close<D: Dialect>(mut connection: PoolConnection<D>) {
    connection.close_on_drop();
}
