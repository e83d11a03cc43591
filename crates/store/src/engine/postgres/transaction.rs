//! A transaction per write job. The server gathers concurrent commits itself. A job that conflicted with another, or whose
//! connection was lost before the commit, runs again: nothing of it is stored.

use std::time::Duration;

use sqlx::{PgConnection, Postgres};
use tokio::time::{Instant, sleep};

use super::error_code::{is_conflict, is_connection_lost, is_reported_by_server};
use crate::engine::guarded_pool::{GuardedPool, with_deadline};
use crate::engine::writer::{JobFn, JobRunner, WriteError, begin};
use crate::timeouts::WRITE_RETRY_TIMEOUT;

/// The most runs of a job. More than there are connections, each of which may turn out to be lost.
const MAX_RUNS: u32 = 20;

/// The connections that write.
#[derive(Debug, Clone)]
pub struct TransactionPerJob {
    pool: GuardedPool<Postgres>,
}

impl TransactionPerJob {
    pub(crate) fn new(pool: GuardedPool<Postgres>) -> Self {
        Self { pool }
    }

    async fn run_once<I, T, R>(&self, input: &I, job: &impl JobFn<Postgres, I, T, R>) -> Result<T, WriteError<R>> {
        let mut connection = self.pool.connection().await?;
        let (result, is_reusable) = transact(&mut connection, input, job).await;
        if is_reusable {
            self.pool.record_response();
        } else {
            connection.close_on_drop();
        }
        result
    }
}

impl JobRunner<Postgres> for TransactionPerJob {
    async fn run<I, T, R>(&self, input: I, job: impl JobFn<Postgres, I, T, R>) -> Result<T, WriteError<R>>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let (start, mut run) = (Instant::now(), 1);
        loop {
            match self.run_once(&input, &job).await {
                Err(WriteError::Failed(error))
                    if run < MAX_RUNS
                        && start.elapsed() < WRITE_RETRY_TIMEOUT
                        && (is_conflict(&error) || is_connection_lost(&error)) =>
                {
                    tracing::info!(run, %error, "retrying a write job");
                    sleep(Duration::from_millis(1 << run.min(6))).await;
                    run += 1;
                }
                result => return result,
            }
        }
    }

    fn is_open(&self) -> bool {
        !self.pool.pool().is_closed()
    }

    async fn close(&self) {
        self.pool.pool().close().await;
    }
}

/// Runs the job in a transaction. Returns its result, and whether the connection may be used again.
async fn transact<I, T, R>(
    connection: &mut PgConnection,
    input: &I,
    job: &impl JobFn<Postgres, I, T, R>,
) -> (Result<T, WriteError<R>>, bool) {
    let run = with_deadline(async {
        let mut transaction = begin::<Postgres>(connection).await?;
        let result = job(&mut transaction, input).await;
        Ok((transaction, result))
    });
    let (transaction, result) = match run.await {
        Ok(run) => run,
        Err(error) => return (Err(WriteError::Failed(error)), false),
    };
    // A rollback is awaited too, so that the job's locks are free when the caller has the result.
    let ended = match result {
        Ok(_) => with_deadline(transaction.commit()).await,
        Err(_) => with_deadline(transaction.rollback()).await,
    };
    match (result, ended) {
        (Err(WriteError::Failed(error)), Ok(())) if is_connection_lost(&error) => (Err(error.into()), false),
        (result, Ok(())) => (result, true),
        (Err(error), Err(_)) => (Err(error), false), // nothing was written in either case
        (Ok(_), Err(error)) if is_reported_by_server(&error) => (Err(WriteError::Failed(error)), false),
        (Ok(_), Err(error)) => (Err(WriteError::OutcomeUnknown(error)), false),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgPoolOptions;

    use super::*;
    use crate::engine::circuit_breaker::CircuitBreaker;

    /// The breaker fails the job before the pool is queried.
    #[tokio::test]
    async fn half_open_breaker_fails_jobs_immediately() {
        let pool = PgPoolOptions::new().connect_lazy("postgres://127.0.0.1:1/away").unwrap();
        let jobs = TransactionPerJob::new(GuardedPool::with_breaker(pool, CircuitBreaker::half_open()));

        let result = jobs.run((), |_, ()| Box::pin(async { Ok::<_, WriteError>(()) })).await;

        assert!(matches!(result, Err(WriteError::Failed(sqlx::Error::PoolTimedOut))), "{result:?}");
    }
}
