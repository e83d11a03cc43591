//! Committing together what waits: a sync of the disk lets through all who came while the one before it ran. One
//! task does it, so that who stops waiting for an answer stops nobody else's.

mod job;

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::{Connection as _, Pool};
use tokio::sync::mpsc::{self, error::TrySendError};

use self::job::{Job, pack};
use super::checkpoint::Wal;
use crate::engine::dialect::{Dialect, is_io_failure};
use crate::engine::writer::{WriteError, begin};

/// How many may wait: two hundred guests who press at once are no overload.
const QUEUE: usize = 1024;

/// How many are committed together at most, so that the first of them does not wait for long.
const BATCH: usize = 64;

/// How long one waits for its turn, as for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a job may take: everybody waits for it, and a statement of ours takes less than a millisecond.
const LIMIT: Duration = Duration::from_secs(10);

/// A batch that takes longer is told in the log: its writers wait for the disk, or for another process, and not for us.
const SLOW: Duration = Duration::from_secs(2);

type Batch<D> = Vec<Box<dyn Job<D>>>;

/// The way to the task that commits.
#[derive(Debug)]
pub(crate) struct Queue<D: Dialect> {
    jobs: mpsc::Sender<Box<dyn Job<D>>>,
    pool: Pool<D>,
    patience: Duration,
    limit: Duration,
}

impl<D: Dialect> Clone for Queue<D> {
    fn clone(&self) -> Self {
        Self { jobs: self.jobs.clone(), pool: self.pool.clone(), ..*self }
    }
}

impl<D: Dialect> Queue<D> {
    /// Starts the task. It ends with the last of the queue's clones.
    pub(crate) fn over(pool: Pool<D>, wal: Wal) -> Self {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(commit_what_waits(pool.clone(), wal, waiting));
        Self { jobs, pool, patience: PATIENCE, limit: LIMIT }
    }

    /// Whether the task is still there.
    pub(crate) fn is_open(&self) -> bool {
        !self.jobs.is_closed()
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) async fn write<I, T, R>(
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
        let (job, answer) = pack(input, job, self.limit);
        match self.jobs.try_send(job) {
            Ok(()) => answer.wait(self.patience).await,
            Err(TrySendError::Full(_)) => Err(WriteError::Overloaded),
            Err(TrySendError::Closed(_)) => Err(sqlx::Error::PoolClosed.into()),
        }
    }
}

async fn commit_what_waits<D: Dialect>(pool: Pool<D>, mut wal: Wal, mut waiting: mpsc::Receiver<Box<dyn Job<D>>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let (began, jobs) = (Instant::now(), batch.len());
        let ended = commit(&pool, &mut batch, |job| job.may_begin()).await;
        let took = began.elapsed();
        if took >= SLOW {
            tracing::warn!(
                millis = took.as_millis(),
                jobs,
                "writes took long: the disk is slow, or another process writes"
            );
        }
        match ended {
            Ok(()) => batch.drain(..).for_each(|job| job.tell(Ok(()))),
            Err(failure) => settle(&pool, &mut batch, failure).await,
        }
        wal.tend(&pool).await; // after the answers: nobody of this batch waits for it
    }
}

/// Why nothing of a batch is stored, or nobody knows.
enum Failure {
    /// No job has run.
    NotBegun(sqlx::Error),
    /// The jobs have run, and what they wrote is gone: with the commit, or with the whole transaction when a job could not be
    /// undone by itself. SQLite rolls all of it back when the disk is full.
    Void(sqlx::Error),
    /// The disk failed in the middle of the commit. Nobody sees what it wrote, and the next commit writes over it; but a
    /// crash before that may find it whole.
    Unknown(sqlx::Error),
}

impl Failure {
    fn at_the_commit(error: sqlx::Error) -> Self {
        if is_io_failure(&error) { Self::Unknown(error) } else { Self::Void(error) }
    }
}

/// Commits the jobs of a batch that may run, and closes the connection where that failed: who knows in which state it is,
/// and it may hold the lock that the next one needs.
async fn commit<D: Dialect>(
    pool: &Pool<D>,
    batch: &mut Batch<D>,
    may_run: fn(&dyn Job<D>) -> bool,
) -> Result<(), Failure> {
    let mut connection = pool.acquire().await.map_err(Failure::NotBegun)?;
    let ended = transact::<D>(&mut connection, batch, may_run).await;
    if ended.is_err()
        && let Err(error) = connection.close().await
    {
        tracing::warn!(%error, "the connection that writes did not close");
    }
    ended
}

/// Runs the jobs in one transaction. A job that is not alone has a savepoint, so that its refusal does not touch another's.
async fn transact<D: Dialect>(
    connection: &mut D::Connection,
    batch: &mut Batch<D>,
    may_run: fn(&dyn Job<D>) -> bool,
) -> Result<(), Failure> {
    let mut transaction = begin::<D>(connection).await.map_err(Failure::NotBegun)?;
    batch.retain(|job| may_run(&**job)); // as late as this: until now they could give up
    let stays = if let [job] = &mut batch[..] {
        job.run(&mut transaction).await
    } else {
        run_each::<D>(&mut transaction, batch).await.map_err(Failure::Void)?;
        true
    };
    if stays {
        transaction.commit().await.map_err(Failure::at_the_commit)
    } else {
        transaction.rollback().await.map_err(Failure::Void)
    }
}

async fn run_each<D: Dialect>(connection: &mut D::Connection, batch: &mut Batch<D>) -> sqlx::Result<()> {
    for job in batch {
        let mut savepoint = connection.begin().await?;
        if job.run(&mut savepoint).await { savepoint.commit().await? } else { savepoint.rollback().await? }
    }
    Ok(())
}

/// Finds out whose fault it was: the jobs of a void batch run once more, each by itself, and those alone that fail again
/// are told so. Where the disk failed at the commit, those hear that nobody knows: a second run that succeeds has written
/// over what may be left of the first.
async fn settle<D: Dialect>(pool: &Pool<D>, batch: &mut Batch<D>, failure: Failure) {
    if let Failure::Unknown(_) = failure {
        for job in batch.iter_mut() {
            job.doubt();
        }
    }
    let mut failure = Some(failure);
    if batch.len() > 1
        && let Some(Failure::Void(error) | Failure::Unknown(error)) = failure
    {
        tracing::warn!(%error, jobs = batch.len(), "a batch of writes was void: each runs again by itself");
        for job in batch.iter_mut() {
            job.forget();
        }
        failure = None;
    }
    let mut waiting = std::mem::take(batch).into_iter();
    while failure.is_none()
        && let Some(job) = waiting.next()
    {
        batch.push(job);
        let told = commit(pool, batch, |_| true).await;
        let Some(mut job) = batch.pop() else { continue };
        match told {
            Ok(()) => job.tell(Ok(())),
            Err(Failure::Void(error)) => job.tell(Err(error)),
            Err(Failure::Unknown(error)) => {
                job.doubt();
                job.tell(Err(error));
            }
            // Nor would the others begin, and each would wait as long for that.
            Err(Failure::NotBegun(error)) => {
                let error = Arc::new(error);
                job.tell(Err(shared(&error)));
                failure = Some(Failure::NotBegun(shared(&error)));
            }
        }
    }
    if let Some(Failure::NotBegun(error) | Failure::Void(error) | Failure::Unknown(error)) = failure {
        let error = Arc::new(error);
        waiting.for_each(|job| job.tell(Err(shared(&error))));
    }
}

/// One error for several callers: the driver's own cannot be cloned.
fn shared(error: &Arc<impl Error + Send + Sync + 'static>) -> sqlx::Error {
    io::Error::other(Arc::clone(error)).into()
}

#[cfg(test)]
mod tests;
