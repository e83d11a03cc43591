//! Group commit: the jobs that wait in the write queue are committed in one transaction, with one fsync. One task does it, so
//! that a caller who stops waiting delays no other caller.

mod batch;
mod queued_job;

use std::time::{Duration, Instant};

use sqlx::{Pool, Sqlite};
use tokio::sync::mpsc::{self, error::TrySendError};

use self::queued_job::{QueuedJob, enqueueable};
use super::checkpoint::{Erasure, Wal};
use crate::engine::writer::{JobFn, JobRunner, WriteError};
use crate::timeouts::{SLOW_BATCH_THRESHOLD, WRITE_JOB_TIMEOUT, WRITE_QUEUE_TIMEOUT};

/// Length of the write queue. Two hundred RSVPs at once are no overload.
const QUEUE_LENGTH: usize = 1024;

/// The most jobs of one transaction. Bounds how long the first of them waits for the last.
const BATCH_SIZE: usize = 64;

type Batch = Vec<Box<dyn QueuedJob>>;

/// The write queue, and the pool of the one connection that writes.
#[derive(Debug, Clone)]
pub struct GroupCommit {
    jobs: mpsc::Sender<Box<dyn QueuedJob>>,
    pool: Pool<Sqlite>,
    erasure: Erasure,
    queue_timeout: Duration,
    job_timeout: Duration,
}

impl GroupCommit {
    /// Starts the task that commits, which also keeps the WAL short. It ends with the last clone of the queue.
    pub(crate) fn start(pool: Pool<Sqlite>, wal: Wal) -> Self {
        let ((jobs, queue), erasure) = (mpsc::channel(QUEUE_LENGTH), wal.erasure());
        tokio::spawn(commit_batches(pool.clone(), wal, queue));
        Self { jobs, pool, erasure, queue_timeout: WRITE_QUEUE_TIMEOUT, job_timeout: WRITE_JOB_TIMEOUT }
    }
}

impl JobRunner<Sqlite> for GroupCommit {
    async fn run<I, T, R>(&self, input: I, job: impl JobFn<Sqlite, I, T, R>) -> Result<T, WriteError<R>>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let (job, result) = enqueueable(input, job, self.job_timeout);
        match self.jobs.try_send(job) {
            Ok(()) => result.wait(self.queue_timeout).await,
            Err(TrySendError::Full(_)) => Err(WriteError::Overloaded),
            Err(TrySendError::Closed(_)) => Err(sqlx::Error::PoolClosed.into()),
        }
    }

    fn is_open(&self) -> bool {
        !self.jobs.is_closed()
    }

    fn erase_soon(&self) {
        self.erasure.request();
    }

    /// The last connection to a file removes the WAL. Where another process has one, a truncation that is due is not left to it.
    async fn close(&self) {
        if self.erasure.take()
            && let Err(error) = Wal::truncate(&self.pool).await
        {
            tracing::warn!(%error, "could not truncate the WAL after a deletion");
        }
        self.pool.close().await;
    }
}

async fn commit_batches(pool: Pool<Sqlite>, mut wal: Wal, mut queue: mpsc::Receiver<Box<dyn QueuedJob>>) {
    let mut batch = Vec::with_capacity(BATCH_SIZE);
    loop {
        tokio::select! {
            received = queue.recv_many(&mut batch, BATCH_SIZE) => match received {
                0 => return,
                _ => commit_batch(&pool, &mut batch).await,
            },
            () = wal.wait_for_request() => {}
        }
        wal.checkpoint_if_due(&pool).await; // after the results, so that no caller of this batch waits for it
    }
}

async fn commit_batch(pool: &Pool<Sqlite>, batch: &mut Batch) {
    let (start, jobs) = (Instant::now(), batch.len());
    let committed = batch::commit(pool, batch, |job| job.try_begin()).await;
    let duration = start.elapsed();
    if duration >= SLOW_BATCH_THRESHOLD {
        tracing::warn!(millis = duration.as_millis(), jobs, "slow write batch");
    }
    match committed {
        Ok(()) => batch.drain(..).for_each(|job| job.report(Ok(()))),
        Err(failure) => batch::recover(pool, batch, failure).await,
    }
}

#[cfg(test)]
mod tests;
