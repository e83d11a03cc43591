//! A write job as a value, which runs on either engine.

use async_trait::async_trait;
use sqlx::{Postgres, Sqlite};

use crate::engine::Database;
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;

/// A write job of an embedder, written once for both engines: [`Database::write`] runs it. The contract is that of
/// [`Writer::write`](crate::embed::Writer::write): it may run more than once, and does nothing but read and write through the
/// connection.
#[async_trait]
pub trait Job<D: Dialect>: Send + Sync + 'static {
    /// What it returns after the commit.
    type Output: Send + 'static;
    /// Why it refuses. A job that never does has [`Infallible`](std::convert::Infallible).
    type Refusal: Send + 'static;

    /// Reads and writes through a connection on which a transaction has begun.
    ///
    /// # Errors
    /// [`WriteError`]: nothing is written.
    async fn run(&self, connection: &mut D::Connection) -> Result<Self::Output, WriteError<Self::Refusal>>;
}

impl Database {
    /// Runs a job in a transaction, and returns its result after the commit, as [`Writer::write`](crate::embed::Writer::write)
    /// does.
    ///
    /// # Errors
    /// [`WriteError`]: the job refused, or the database failed before, in or after it.
    ///
    /// # Panics
    /// The job panicked. Nothing of it is stored, and other jobs are not affected.
    pub async fn write<J, T, R>(&self, job: J) -> Result<T, WriteError<R>>
    where
        J: Job<Sqlite, Output = T, Refusal = R> + Job<Postgres, Output = T, Refusal = R>,
        T: Send + 'static,
        R: Send + 'static,
    {
        match self {
            Self::Sqlite(database) => {
                database.writer.write(job, |connection, job| Job::<Sqlite>::run(job, connection)).await
            }
            Self::Postgres(database) => {
                database.writer.write(job, |connection, job| Job::<Postgres>::run(job, connection)).await
            }
        }
    }
}
