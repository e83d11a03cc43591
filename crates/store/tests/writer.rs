//! The contract of the writer on both engines: a job is stored whole or not at all, however it ends.

use crate::common;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use accounts_store::PartyStore;
use accounts_store::embed::{Database, Dialect, OpenDatabase, WriteError, is_taken};
use futures_util::future::BoxFuture;
use sqlx::{Postgres, query, query_scalar};
use tokio::sync::Barrier;
use tokio::time::timeout;

const TABLE: &str = "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, word TEXT NOT NULL UNIQUE, \
     author BIGINT REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)";
const ADD: &str = "INSERT INTO notes (id, word, author) VALUES ($1, $2, $3)";

/// What a job does after it has inserted a note.
#[derive(Clone, Copy)]
enum Then {
    Succeeds,
    Refuses,
    Panics,
    NeverEnds,
    /// The note violates a deferred constraint: its author does not exist.
    FailsCommit,
}

type JobResult = Result<(), WriteError<&'static str>>;

async fn add<D: Dialect>(database: &OpenDatabase<D>, id: i64, word: &'static str, then: Then) -> JobResult {
    fn job<'j, D: Dialect>(
        connection: &'j mut D::Connection,
        (id, word, then): &'j (i64, &'static str, Then),
    ) -> BoxFuture<'j, JobResult> {
        Box::pin(async move {
            let author = if let Then::FailsCommit = then { Some(-1) } else { None::<i64> };
            query::<D>(ADD).bind(*id).bind(*word).bind(author).execute(connection).await?;
            match then {
                Then::Succeeds | Then::FailsCommit => Ok(()),
                Then::Refuses => Err(WriteError::Refused("no")),
                Then::Panics => panic!("the job panics"),
                Then::NeverEnds => std::future::pending().await,
            }
        })
    }
    database.writer.write((id, word, then), job::<D>).await
}

async fn all_or_nothing<D: Dialect>(database: OpenDatabase<D>) {
    let create = database.writer.write((), |connection, ()| {
        Box::pin(async move { Ok::<_, WriteError>(query::<D>(TABLE).execute(connection).await.map(|_| ())?) })
    });
    create.await.unwrap();

    add(&database, 1, "one", Then::Succeeds).await.unwrap();
    assert!(matches!(add(&database, 2, "two", Then::Refuses).await, Err(WriteError::Refused("no"))));
    assert!(matches!(add(&database, 3, "three", Then::FailsCommit).await, Err(WriteError::Failed(_))));
    let dropped = timeout(Duration::from_millis(200), add(&database, 4, "four", Then::NeverEnds));
    assert!(dropped.await.is_err());
    let other = database.clone();
    assert!(tokio::spawn(async move { add(&other, 5, "five", Then::Panics).await }).await.is_err());
    // None of them holds a lock or leaves the writer unusable.
    for (id, word) in [(2, "two"), (3, "three"), (4, "four"), (5, "five")] {
        timeout(Duration::from_secs(2), add(&database, id, word, Then::Succeeds)).await.unwrap().unwrap();
    }
    let notes = query_scalar::<D, i64>("SELECT id FROM notes ORDER BY id").fetch_all(&database.read).await.unwrap();
    assert_eq!(notes, [1, 2, 3, 4, 5]);

    for (id, word, expected) in [(6, "one", true), (1, "six", false)] {
        let Err(WriteError::Failed(error)) = add(&database, id, word, Then::Succeeds).await else {
            panic!("a key is stored twice")
        };
        assert_eq!(is_taken(&error, "notes.word"), expected, "{error}");
        assert!(!is_taken(&error, "notes.author"), "{error}");
    }
    assert!(!is_taken(&sqlx::Error::RowNotFound, "notes.word"));
}

#[tokio::test]
async fn sqlite_job_is_stored_whole_or_not_at_all() {
    let fresh = common::sqlite().await;
    let Database::Sqlite(database) = fresh.store.accounts().database().clone() else { panic!("not SQLite") };
    all_or_nothing(database).await;
}

#[tokio::test]
async fn postgres_job_is_stored_whole_or_not_at_all() {
    let fresh = common::postgres().await;
    all_or_nothing(postgres(&fresh.store)).await;
}

fn postgres(store: &PartyStore) -> OpenDatabase<Postgres> {
    match store.accounts().database().clone() {
        Database::Postgres(database) => database,
        Database::Sqlite(_) => panic!("not PostgreSQL"),
    }
}

/// Two jobs lock two rows crosswise: PostgreSQL aborts one of them, which runs again.
#[tokio::test]
async fn deadlocked_job_runs_again() {
    let fresh = common::postgres().await;
    let accounts = fresh.accounts();
    let (ada, ben) =
        (common::add_user(&accounts, "ada").await.id.get(), common::add_user(&accounts, "ben").await.id.get());
    let (database, barrier, runs) = (postgres(&fresh.store), Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let crosswise = async |first: i64, second: i64| {
        let input = (first, second, Arc::clone(&barrier), Arc::clone(&runs));
        let write = database.writer.write(input, |connection, (first, second, barrier, runs)| {
            Box::pin(async move {
                const LOCK: &str = "SELECT id FROM users WHERE id = $1 FOR UPDATE";
                query(LOCK).bind(first).execute(&mut *connection).await?;
                if runs.fetch_add(1, Ordering::Relaxed) < 2 {
                    barrier.wait().await;
                }
                query(LOCK).bind(second).execute(connection).await?;
                Ok::<_, WriteError>(())
            })
        });
        write.await
    };

    let results = tokio::join!(crosswise(ada, ben), crosswise(ben, ada));

    assert!(results.0.is_ok() && results.1.is_ok(), "{results:?}");
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

const TERMINATE_CONNECTION: &str = "SELECT pg_terminate_backend(pg_backend_pid())";

/// The server closes the connection during a job, as at a shutdown: the job runs again on another connection.
#[tokio::test]
async fn job_that_lost_its_connection_runs_again() {
    let fresh = common::postgres().await;
    let (database, runs) = (postgres(&fresh.store), Arc::new(AtomicU32::new(0)));

    let written = database.writer.write(Arc::clone(&runs), |connection, runs| {
        Box::pin(async move {
            if runs.fetch_add(1, Ordering::Relaxed) < 2 {
                query(TERMINATE_CONNECTION).execute(&mut *connection).await?;
            }
            Ok::<_, WriteError>(query_scalar::<_, i64>("SELECT 7::bigint").fetch_one(connection).await?)
        })
    });

    assert_eq!(written.await.unwrap(), 7);
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

/// The number of connections that write on PostgreSQL.
const WRITE_CONNECTIONS: usize = 8;

/// Jobs that wait for a lock take none of the connections that read.
#[tokio::test]
async fn postgres_reads_while_every_write_connection_waits() {
    let fresh = common::postgres().await;
    let database = postgres(&fresh.store);
    let (all_begun, release) =
        (Arc::new(Barrier::new(WRITE_CONNECTIONS + 1)), Arc::new(Barrier::new(WRITE_CONNECTIONS + 1)));
    let waiting = (0..WRITE_CONNECTIONS).map(|_| {
        let (database, barriers) = (database.clone(), (Arc::clone(&all_begun), Arc::clone(&release)));
        tokio::spawn(async move {
            let write = database.writer.write(barriers, |_, (all_begun, release)| {
                Box::pin(async move {
                    all_begun.wait().await;
                    release.wait().await;
                    Ok::<_, WriteError>(())
                })
            });
            write.await
        })
    });
    let waiting: Vec<_> = waiting.collect();
    all_begun.wait().await;

    let read = query_scalar::<_, i64>("SELECT 7::bigint").fetch_one(&database.read);
    assert_eq!(timeout(Duration::from_secs(4), read).await.unwrap().unwrap(), 7);

    release.wait().await;
    for write in waiting {
        write.await.unwrap().unwrap();
    }
}

/// As after a failover, when the connection leads to a standby.
#[tokio::test]
async fn read_only_connection_is_not_reused() {
    let fresh = common::postgres().await;
    let database = postgres(&fresh.store);
    let all = Arc::new(Barrier::new(WRITE_CONNECTIONS));
    let failed_over = (0..WRITE_CONNECTIONS).map(|_| {
        database.writer.write(Arc::clone(&all), |connection, all| {
            Box::pin(async move {
                all.wait().await; // each on a connection of its own
                query("SET default_transaction_read_only = on").execute(connection).await?;
                Ok::<_, WriteError>(())
            })
        })
    });
    futures_util::future::try_join_all(failed_over).await.unwrap();

    for name in ["ada", "ben", "cleo"] {
        common::add_user(&fresh.accounts(), name).await;
    }
}

/// The server closes the connection during the commit.
#[tokio::test]
async fn connection_lost_during_commit_is_outcome_unknown() {
    let fresh = common::postgres().await;
    let database = postgres(&fresh.store);
    let setup = database.writer.write((), |connection, ()| {
        Box::pin(async move {
            query(TABLE).execute(&mut *connection).await?;
            let function = "CREATE FUNCTION terminate() RETURNS trigger LANGUAGE plpgsql AS \
                 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'";
            query(function).execute(&mut *connection).await?;
            let trigger = "CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED \
                 FOR EACH ROW EXECUTE FUNCTION terminate()";
            query(trigger).execute(connection).await?;
            Ok::<_, WriteError>(())
        })
    });
    setup.await.unwrap();

    let result = add(&database, 1, "one", Then::Succeeds).await;

    assert!(matches!(result, Err(WriteError::OutcomeUnknown(_))), "{result:?}");
    let failure = result.unwrap_err().refusal().unwrap_err();
    assert!(failure.is_outcome_unknown());
    let refused = add(&database, 2, "two", Then::Refuses).await.unwrap_err().refusal();
    assert_eq!(refused.unwrap(), "no");
}
