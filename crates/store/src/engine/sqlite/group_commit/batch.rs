//! One transaction for several jobs, each in a savepoint; and the individual retry of a batch that is void.

use std::error::Error;
use std::io;
use std::sync::Arc;

use sqlx::{Connection as _, Pool, Sqlite, SqliteConnection};

use super::Batch;
use super::queued_job::QueuedJob;
use crate::engine::sqlite::error_code::is_io_error;
use crate::engine::writer::begin;

/// Why nothing of a batch is stored, or why that is unknown.
pub(super) enum Failure {
    /// No job has run.
    NotBegun(sqlx::Error),
    /// The jobs have run, and the whole batch is rolled back: the commit failed, or a savepoint could not be rolled back.
    /// SQLite rolls back the whole transaction when the disk is full.
    Void(sqlx::Error),
    /// The disk failed during the commit. No connection sees the jobs' rows, and the next commit overwrites them; but after a
    /// crash before that commit they may all be there.
    OutcomeUnknown(sqlx::Error),
}

impl Failure {
    fn of_commit(error: sqlx::Error) -> Self {
        if is_io_error(&error) { Self::OutcomeUnknown(error) } else { Self::Void(error) }
    }
}

/// Commits the jobs of a batch that `may_run` accepts; the others are dropped.
///
/// After a failure the connection is closed: its state is unknown, and it may hold the lock that the next one needs.
pub(super) async fn commit(
    pool: &Pool<Sqlite>,
    batch: &mut Batch,
    may_run: fn(&dyn QueuedJob) -> bool,
) -> Result<(), Failure> {
    let mut connection = pool.acquire().await.map_err(Failure::NotBegun)?;
    let committed = transact(&mut connection, batch, may_run).await;
    if committed.is_err()
        && let Err(error) = connection.close().await
    {
        tracing::warn!(%error, "could not close the write connection");
    }
    committed
}

async fn transact(
    connection: &mut SqliteConnection,
    batch: &mut Batch,
    may_run: fn(&dyn QueuedJob) -> bool,
) -> Result<(), Failure> {
    let mut transaction = begin::<Sqlite>(connection).await.map_err(Failure::NotBegun)?;
    batch.retain(|job| may_run(&**job)); // not before the lock is held: until then a job may be taken back
    // A job that is alone needs no savepoint.
    let is_kept = if let [job] = &mut batch[..] {
        job.run(&mut transaction).await
    } else {
        run_in_savepoints(&mut transaction, batch).await.map_err(Failure::Void)?;
        true
    };
    if is_kept {
        transaction.commit().await.map_err(Failure::of_commit)
    } else {
        transaction.rollback().await.map_err(Failure::Void)
    }
}

/// Runs each job in a savepoint, so that a refused job is rolled back alone.
async fn run_in_savepoints(connection: &mut SqliteConnection, batch: &mut Batch) -> sqlx::Result<()> {
    for job in batch {
        let mut savepoint = connection.begin().await?;
        if job.run(&mut savepoint).await { savepoint.commit().await? } else { savepoint.rollback().await? }
    }
    Ok(())
}

/// Runs each job of a void batch once more in a transaction of its own, and reports a failure only for the jobs that fail
/// again.
///
/// Where the disk failed during the commit, such a job is reported as outcome unknown. A second run that succeeds has
/// overwritten what may be left of the first.
pub(super) async fn retry_individually(pool: &Pool<Sqlite>, batch: &mut Batch, failure: Failure) {
    if let Failure::OutcomeUnknown(_) = failure {
        for job in batch.iter_mut() {
            job.mark_outcome_unknown();
        }
    }
    let mut failure = Some(failure);
    if batch.len() > 1
        && let Some(Failure::Void(error) | Failure::OutcomeUnknown(error)) = failure
    {
        tracing::warn!(%error, jobs = batch.len(), "write batch is void, retrying its jobs one by one");
        for job in batch.iter_mut() {
            job.discard_result();
        }
        failure = None;
    }
    let mut waiting = std::mem::take(batch).into_iter();
    while failure.is_none()
        && let Some(job) = waiting.next()
    {
        batch.push(job);
        let committed = commit(pool, batch, |_| true).await;
        let Some(mut job) = batch.pop() else { continue };
        match committed {
            Ok(()) => job.report(Ok(())),
            Err(Failure::Void(error)) => job.report(Err(error)),
            Err(Failure::OutcomeUnknown(error)) => {
                job.mark_outcome_unknown();
                job.report(Err(error));
            }
            // The other jobs would not begin either, and each would wait as long for that.
            Err(Failure::NotBegun(error)) => {
                let error = Arc::new(error);
                job.report(Err(shared(&error)));
                failure = Some(Failure::NotBegun(shared(&error)));
            }
        }
    }
    if let Some(Failure::NotBegun(error) | Failure::Void(error) | Failure::OutcomeUnknown(error)) = failure {
        let error = Arc::new(error);
        waiting.for_each(|job| job.report(Err(shared(&error))));
    }
}

/// One error for several callers: the driver's errors cannot be cloned.
fn shared(error: &Arc<impl Error + Send + Sync + 'static>) -> sqlx::Error {
    io::Error::other(Arc::clone(error)).into()
}
