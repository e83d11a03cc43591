//! A write job of any types as a value of one type that can wait in a queue, and the receiver of its result.

use std::any::Any;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::{Sqlite, SqliteConnection};
use tokio::sync::oneshot;

use crate::engine::writer::{JobFn, WriteError};

/// A job that waits in the write queue.
pub(super) trait QueuedJob: Send {
    /// Marks the job as begun. `false` if no caller waits for its result any more; it must not run then.
    fn try_begin(&self) -> bool;

    /// Runs the job; `false` if what it wrote must be rolled back. After a second run only that one's result counts.
    fn run<'j>(&'j mut self, connection: &'j mut SqliteConnection) -> BoxFuture<'j, bool>;

    /// Drops the job's result: it followed from rows of other jobs that are rolled back.
    fn discard_result(&mut self);

    /// Marks that the job was part of a commit whose outcome is unknown. A later failure is then reported as
    /// [`WriteError::OutcomeUnknown`].
    fn mark_outcome_unknown(&mut self);

    /// Sends the result to the caller, after the commit or with the error in place of it. A refusal or a panic that was not
    /// discarded is sent in either case: nothing of such a job is stored.
    fn report(self: Box<Self>, committed: sqlx::Result<()>);
}

/// The result of a run, or the panic that ended it.
type RunResult<T, R> = Result<Result<T, WriteError<R>>, Box<dyn Any + Send>>;

/// The receiver of a queued job's result.
pub(super) struct PendingResult<T, R> {
    result: oneshot::Receiver<RunResult<T, R>>,
    has_begun: Arc<AtomicBool>,
}

/// Makes a job that can be queued, and the receiver of its result. A run is aborted after `timeout`.
pub(super) fn enqueueable<I, T, R, F>(input: I, job: F, timeout: Duration) -> (Box<dyn QueuedJob>, PendingResult<T, R>)
where
    F: JobFn<Sqlite, I, T, R>,
    I: Send + Sync + 'static,
    T: Send + 'static,
    R: Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let has_begun = Arc::new(AtomicBool::new(false));
    let job = TypedJob {
        input,
        job,
        timeout,
        result: None,
        is_outcome_unknown: false,
        sender,
        has_begun: Arc::clone(&has_begun),
    };
    (Box::new(job), PendingResult { result: receiver, has_begun })
}

struct TypedJob<I, F, T, R> {
    input: I,
    job: F,
    timeout: Duration,
    result: Option<RunResult<T, R>>,
    is_outcome_unknown: bool,
    sender: oneshot::Sender<RunResult<T, R>>,
    has_begun: Arc<AtomicBool>,
}

impl<I, T, R, F> QueuedJob for TypedJob<I, F, T, R>
where
    F: JobFn<Sqlite, I, T, R>,
    I: Send + Sync,
    T: Send,
    R: Send,
{
    fn try_begin(&self) -> bool {
        !self.sender.is_closed() && !self.has_begun.swap(true, Ordering::AcqRel)
    }

    fn run<'j>(&'j mut self, connection: &'j mut SqliteConnection) -> BoxFuture<'j, bool> {
        Box::pin(async move {
            let (job, input) = (&self.job, &self.input);
            let run = AssertUnwindSafe(async { job(connection, input).await }).catch_unwind();
            let result = tokio::select! {
                biased;
                result = run => result,
                () = self.sender.closed() => Ok(Err(aborted(io::ErrorKind::ConnectionAborted))), // the caller was dropped
                () = tokio::time::sleep(self.timeout) => Ok(Err(aborted(io::ErrorKind::TimedOut))),
            };
            let is_kept = matches!(result, Ok(Ok(_)));
            self.result = Some(result);
            is_kept
        })
    }

    fn discard_result(&mut self) {
        self.result = None;
    }

    fn mark_outcome_unknown(&mut self) {
        self.is_outcome_unknown = true;
    }

    fn report(self: Box<Self>, committed: sqlx::Result<()>) {
        let result = match (self.result, committed) {
            (Some(result), Ok(())) | (Some(result @ (Err(_) | Ok(Err(_)))), Err(_)) => result,
            (_, Err(error)) => Ok(Err(error.into())),
            (None, Ok(())) => Ok(Err(WriteError::Overloaded)), // unreachable: a job that did not run is in no commit
        };
        let result = match result {
            Ok(Err(WriteError::Failed(error))) if self.is_outcome_unknown => Ok(Err(WriteError::OutcomeUnknown(error))),
            result => result,
        };
        let _ = self.sender.send(result); // the caller may have been dropped
    }
}

fn aborted<R>(kind: io::ErrorKind) -> WriteError<R> {
    sqlx::Error::Io(kind.into()).into()
}

impl<T, R> PendingResult<T, R> {
    /// Waits for the job's result. A job that has not begun after `queue_timeout` is taken back, and never begins.
    pub(super) async fn wait(mut self, queue_timeout: Duration) -> Result<T, WriteError<R>> {
        let result = match tokio::time::timeout(queue_timeout, &mut self.result).await {
            Ok(result) => result,
            Err(_) if !self.has_begun.swap(true, Ordering::AcqRel) => return Err(WriteError::Overloaded),
            Err(_) => self.result.await,
        };
        match result {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // The task that commits ended, before the job or before its result was sent.
            Err(_) => Err(WriteError::OutcomeUnknown(sqlx::Error::WorkerCrashed)),
        }
    }
}
