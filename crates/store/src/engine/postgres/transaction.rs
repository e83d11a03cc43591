//! A transaction for each job, beside others. One that was in another's way, or lost its connection before the commit, runs
//! again: nothing of it is stored.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep};

use crate::engine::circuit_breaker::{CircuitBreaker, in_time};
use crate::engine::dialect::{Dialect, is_the_servers_word, lost_a_race, lost_the_connection};
use crate::engine::writer::{WriteError, begin};

/// How often a job is run at most: more often than there are connections, each of which may turn out to be lost.
const RUNS: u32 = 20;

/// How long a job is run again at most: nobody waits for longer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn write<D: Dialect, I, T, R>(
    gate: &CircuitBreaker<D>,
    input: &I,
    job: &(impl for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>> + Sync),
) -> Result<T, WriteError<R>> {
    let start = Instant::now();
    for run in 1..RUNS {
        match once(gate, input, job).await {
            Err(WriteError::Failed(error))
                if start.elapsed() < PATIENCE && (lost_a_race(&error) || lost_the_connection(&error)) =>
            {
                tracing::info!(run, %error, "a write was not done and runs again");
                sleep(Duration::from_millis(1 << run.min(6))).await;
            }
            told => return told,
        }
    }
    once(gate, input, job).await
}

async fn once<D: Dialect, I, T, R>(
    gate: &CircuitBreaker<D>,
    input: &I,
    job: &(impl for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>> + Sync),
) -> Result<T, WriteError<R>> {
    let mut connection = gate.acquire().await?;
    let (told, is_sound) = transact::<D, _, _, _>(&mut connection, input, job).await;
    if is_sound {
        gate.open();
    } else {
        connection.close_on_drop();
    }
    told
}

/// What the job said, once that is committed or undone; and whether the connection may be used again.
async fn transact<D: Dialect, I, T, R>(
    connection: &mut D::Connection,
    input: &I,
    job: &(impl for<'j> Fn(&'j mut D::Connection, &'j I) -> BoxFuture<'j, Result<T, WriteError<R>>> + Sync),
) -> (Result<T, WriteError<R>>, bool) {
    let begun = in_time(async {
        let mut transaction = begin::<D>(connection).await?;
        let told = job(&mut transaction, input).await;
        Ok((transaction, told))
    });
    let (transaction, told) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return (Err(WriteError::Failed(error)), false),
    };
    // Awaited either way: its locks are gone when the caller hears of it.
    let ended = match told {
        Ok(_) => in_time(transaction.commit()).await,
        Err(_) => in_time(transaction.rollback()).await,
    };
    match (told, ended) {
        (Err(WriteError::Failed(error)), Ok(())) if lost_the_connection(&error) => (Err(error.into()), false),
        (told, Ok(())) => (told, true),
        (Err(said), Err(_)) => (Err(said), false), // nothing was written either way
        (Ok(_), Err(error)) if is_the_servers_word(&error) => (Err(WriteError::Failed(error)), false),
        (Ok(_), Err(error)) => (Err(WriteError::OutcomeUnknown(error)), false),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqlitePoolOptions;

    use super::*;

    /// The pool would lend a connection, and is not asked.
    #[tokio::test]
    async fn while_somebody_asks_a_server_that_is_away_others_are_told_at_once() {
        let gate = CircuitBreaker::asked(SqlitePoolOptions::new().connect("sqlite::memory:").await.unwrap());

        let told = write(&gate, &(), &|_, ()| Box::pin(async { Ok::<_, WriteError>(()) })).await;

        assert!(matches!(told, Err(WriteError::Failed(sqlx::Error::PoolTimedOut))), "{told:?}");
    }
}
