//! The only way to write. Which rows a job writes is the repositories' business; how jobs are committed is each engine's
//! [`JobRunner`].

use std::convert::Infallible;
use std::fmt;

use domain::StoreError;
use futures_util::future::BoxFuture;
use sqlx::{Connection, SqlSafeStr as _, Transaction};

use super::dialect::Dialect;
use crate::error::into_store_error;

/// Runs write jobs. Each is committed whole or not at all.
///
/// Repositories hold a writer and no pool to write with, so that how writes are committed is decided in one place: on SQLite
/// by a group commit, on PostgreSQL by a transaction per job.
#[derive(Debug)]
pub struct Writer<D: Dialect> {
    jobs: D::JobRunner,
}

// A derive would require `D: Clone`.
impl<D: Dialect> Clone for Writer<D> {
    fn clone(&self) -> Self {
        Self { jobs: self.jobs.clone() }
    }
}

/// Why a write was not done, or is not known to be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError<Refusal = Infallible> {
    /// The job refused. Nothing of it is stored.
    #[error("refused")]
    Refused(Refusal),
    /// The database failed, or a stored value does not parse ([`sqlx::Error::Decode`]). Nothing of the job is stored.
    #[error(transparent)]
    Failed(#[from] sqlx::Error),
    /// The write queue is full (1,024 jobs), or the job waited in it for 5 seconds. The job was not begun.
    #[error("too many writes are waiting")]
    Overloaded,
    /// PostgreSQL: the connection was lost during the commit, and the job is stored whole or not at all. SQLite: the disk
    /// failed during the commit, and the job is not stored, but may be found after a crash.
    #[error("it is not known whether the write was done")]
    OutcomeUnknown(#[source] sqlx::Error),
}

impl<R> WriteError<R> {
    /// The job's refusal.
    ///
    /// # Errors
    /// The job did not refuse: the failure, as the ports report it.
    pub fn refusal(self) -> Result<R, StoreError> {
        match self {
            Self::Refused(refusal) => Ok(refusal),
            Self::Failed(error) => Err(into_store_error(error)),
            Self::Overloaded => Err(StoreError::overload(WriteError::<Infallible>::Overloaded)),
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

/// A function that reads and writes through a connection on which a transaction has begun.
pub trait JobFn<D: Dialect, I, T, R>:
    for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>> + Send + Sync + 'static
{
}

impl<D: Dialect, I, T, R, F> JobFn<D, I, T, R> for F where
    F: for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>> + Send + Sync + 'static
{
}

/// How an engine commits write jobs.
pub trait JobRunner<D: Dialect>: Clone + fmt::Debug + Send + Sync + 'static {
    /// Runs `job` with `input`, and returns its result after the commit. The contract is [`Writer::write`]'s.
    fn run<I, T, R>(
        &self,
        input: I,
        job: impl JobFn<D, I, T, R>,
    ) -> impl Future<Output = Result<T, WriteError<R>>> + Send
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        R: Send + 'static;

    /// Whether jobs are accepted. Whether they would succeed is not known without a write.
    fn is_open(&self) -> bool;

    /// The contract is [`Writer::erase_soon`]'s. By default it does nothing.
    fn erase_soon(&self) {}

    /// Closes every connection, after the jobs that are under way.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

impl<D: Dialect> Writer<D> {
    pub(crate) fn new(jobs: D::JobRunner) -> Self {
        Self { jobs }
    }

    /// Whether jobs are accepted. Whether they would succeed is not known without a write.
    pub(crate) fn is_open(&self) -> bool {
        self.jobs.is_open()
    }

    /// Has what committed jobs have deleted leave the files of the database within about a second, or when the last reader has
    /// left that began before. On SQLite the WAL is truncated. On PostgreSQL this does nothing: a server vacuums its tables and
    /// recycles its WAL by its own settings.
    pub(crate) fn erase_soon(&self) {
        self.jobs.erase_soon();
    }

    /// Closes every connection, after the jobs that are under way.
    pub(crate) async fn close(&self) {
        self.jobs.close().await;
    }

    /// Runs `job` with `input` in a transaction, and returns the job's result after the commit.
    ///
    /// The job may run more than once, and only the last run counts. So it must do nothing but read and write through the
    /// connection, and must not begin, commit or roll back. If it returns an error, nothing is written. If this future is
    /// dropped, the job is done whole or not at all.
    ///
    /// A job sees the rows as earlier jobs left them. On PostgreSQL other jobs run at the same time: a job must lock the
    /// rows that it decides by. On SQLite a run may take 10 s, and all other writes wait for it. On PostgreSQL a run may take
    /// 12 s, and each of its statements 10 s.
    ///
    /// # Errors
    /// [`WriteError`]: the job refused, or the database failed before, in or after it.
    ///
    /// # Panics
    /// The job panicked. Nothing of it is stored, and other jobs are not affected.
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
        self.jobs.run(input, job).await
    }
}

/// Begins a transaction that will write. (By a `SqlStr`: a `&'static str` in the driver's future keeps callers from spawning
/// it.)
pub(crate) async fn begin<D: Dialect>(connection: &mut D::Connection) -> sqlx::Result<Transaction<'_, D>> {
    connection.begin_with(D::BEGIN_WRITE.into_sql_str()).await
}
