//! One transaction for several jobs, each in a savepoint; and the recovery from a commit that failed.

use std::error::Error;
use std::io;
use std::iter;
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

/// Handles the failure of a batch's commit: where the jobs have run, each runs once more in a transaction of its own, and
/// otherwise the failure is reported for each.
///
/// Where the disk failed during the commit, a job that fails again is reported as outcome unknown. A second run that succeeds
/// has overwritten what may be left of the first.
pub(super) async fn recover(pool: &Pool<Sqlite>, batch: &mut Batch, failure: Failure) {
    if let Failure::OutcomeUnknown(_) = failure {
        for job in batch.iter_mut() {
            job.mark_outcome_unknown();
        }
    }
    let mut jobs = std::mem::take(batch);
    match failure {
        Failure::Void(error) | Failure::OutcomeUnknown(error) if jobs.len() > 1 => {
            tracing::warn!(%error, jobs = jobs.len(), "write batch is void, retrying its jobs one by one");
            for job in &mut jobs {
                job.discard_result();
            }
            retry_individually(pool, jobs).await;
        }
        Failure::NotBegun(error) | Failure::Void(error) | Failure::OutcomeUnknown(error) => report_failure(jobs, error),
    }
}

/// Runs each job in a transaction of its own, and reports its result. Once a job cannot begin, the others would not begin
/// either, and each would wait as long for that: the failure is reported for all of them.
async fn retry_individually(pool: &Pool<Sqlite>, jobs: Batch) {
    let mut waiting = jobs.into_iter();
    while let Some(job) = waiting.next() {
        let mut batch = vec![job];
        let committed = commit(pool, &mut batch, |_| true).await;
        let Some(mut job) = batch.pop() else { continue };
        match committed {
            Ok(()) => job.report(Ok(())),
            Err(Failure::Void(error)) => job.report(Err(error)),
            Err(Failure::OutcomeUnknown(error)) => {
                job.mark_outcome_unknown();
                job.report(Err(error));
            }
            Err(Failure::NotBegun(error)) => return report_failure(iter::once(job).chain(waiting), error),
        }
    }
}

/// Reports one failure for several jobs.
fn report_failure(jobs: impl IntoIterator<Item = Box<dyn QueuedJob>>, error: sqlx::Error) {
    let error = Arc::new(error);
    jobs.into_iter().for_each(|job| job.report(Err(shared(&error))));
}

/// One error for several callers: the driver's errors cannot be cloned.
fn shared(error: &Arc<impl Error + Send + Sync + 'static>) -> sqlx::Error {
    io::Error::other(Arc::clone(error)).into()
}
