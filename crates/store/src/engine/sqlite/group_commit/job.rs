//! A write of whatever types as a value that can wait in a queue. When it is run, and with whom, is not known here.

use std::any::Any;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;

/// What a job said, or the panic it ended in.
type Told<T, R> = Result<Result<T, WriteError<R>>, Box<dyn Any + Send>>;

/// A job that waits for its turn.
pub(crate) trait Job<D: Dialect>: Send {
    /// Whether to begin it: not where nobody waits for its answer any more.
    fn may_begin(&self) -> bool;

    /// Runs it; `false` where what it wrote must not stay. It may run again, and then the last run counts.
    fn run<'j>(&'j mut self, connection: &'j mut D::Connection) -> BoxFuture<'j, bool>;

    /// What it said counts no more: it saw rows of its neighbors that are gone with their transaction.
    fn forget(&mut self);

    /// It was in a commit of which nobody knows what is stored: from now on it is not told that nothing was.
    fn doubt(&mut self);

    /// Tells who waits what it said, after the commit that holds it, or that there was no such commit. A job that said
    /// no, and was not made to forget it, is told so either way: it is stored nowhere.
    fn tell(self: Box<Self>, committed: sqlx::Result<()>);
}

/// Where the answer to a job comes.
pub(crate) struct Answer<T, R> {
    told: oneshot::Receiver<Told<T, R>>,
    begun: Arc<AtomicBool>,
}

/// Makes a job, which is stopped when it has run for `limit`, and the place where its answer comes.
pub(crate) fn pack<D, I, T, R, F>(input: I, run: F, limit: Duration) -> (Box<dyn Job<D>>, Answer<T, R>)
where
    D: Dialect,
    F: for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>> + Send + Sync + 'static,
    I: Send + Sync + 'static,
    T: Send + 'static,
    R: Send + 'static,
{
    let (answer, told) = oneshot::channel();
    let begun = Arc::new(AtomicBool::new(false));
    let job = Packed { input, run, limit, said: None, doubtful: false, answer, begun: Arc::clone(&begun) };
    (Box::new(job), Answer { told, begun })
}

struct Packed<I, F, T, R> {
    input: I,
    run: F,
    limit: Duration,
    said: Option<Told<T, R>>,
    doubtful: bool,
    answer: oneshot::Sender<Told<T, R>>,
    begun: Arc<AtomicBool>,
}

impl<D, I, T, R, F> Job<D> for Packed<I, F, T, R>
where
    D: Dialect,
    F: for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>> + Send + Sync,
    I: Send + Sync,
    T: Send,
    R: Send,
{
    fn may_begin(&self) -> bool {
        !self.answer.is_closed() && !self.begun.swap(true, Ordering::AcqRel)
    }

    fn run<'j>(&'j mut self, connection: &'j mut D::Connection) -> BoxFuture<'j, bool> {
        Box::pin(async move {
            let (run, input) = (&self.run, &self.input);
            let job = AssertUnwindSafe(async { run(connection, input).await }).catch_unwind();
            let said = tokio::select! {
                biased;
                said = job => said,
                () = self.answer.closed() => Ok(Err(stopped(io::ErrorKind::ConnectionAborted))), // nobody hears it
                () = tokio::time::sleep(self.limit) => Ok(Err(stopped(io::ErrorKind::TimedOut))),
            };
            let stays = matches!(said, Ok(Ok(_)));
            self.said = Some(said);
            stays
        })
    }

    fn forget(&mut self) {
        self.said = None;
    }

    fn doubt(&mut self) {
        self.doubtful = true;
    }

    fn tell(self: Box<Self>, committed: sqlx::Result<()>) {
        let said = match (self.said, committed) {
            (Some(said), Ok(())) | (Some(said @ (Err(_) | Ok(Err(_)))), Err(_)) => said,
            (_, Err(error)) => Ok(Err(error.into())),
            (None, Ok(())) => Ok(Err(WriteError::Overloaded)), // never: what was not run is told of no commit
        };
        let said = match said {
            Ok(Err(WriteError::Failed(error))) if self.doubtful => Ok(Err(WriteError::OutcomeUnknown(error))),
            said => said,
        };
        let _ = self.answer.send(said); // who left does not hear it
    }
}

/// Why a job was stopped.
fn stopped<R>(kind: io::ErrorKind) -> WriteError<R> {
    sqlx::Error::Io(kind.into()).into()
}

impl<T, R> Answer<T, R> {
    /// Waits for the answer, for a job that has not begun in `patience` no longer: it is then never begun.
    pub(crate) async fn wait(mut self, patience: Duration) -> Result<T, WriteError<R>> {
        let told = match tokio::time::timeout(patience, &mut self.told).await {
            Ok(told) => told,
            Err(_) if !self.begun.swap(true, Ordering::AcqRel) => return Err(WriteError::Overloaded),
            Err(_) => self.told.await,
        };
        match told {
            Ok(Ok(said)) => said,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // Whoever commits is gone, with the job or with its answer.
            Err(_) => Err(WriteError::OutcomeUnknown(sqlx::Error::WorkerCrashed)),
        }
    }
}
