//! What the writer promises, on both engines: all of a job or nothing, whatever becomes of it.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test's name says what it tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::{Postgres, query, query_scalar};
use store::PartyStore;
use store::embed::{Database, Dialect, Engine, WriteError, is_taken};
use tokio::sync::Barrier;
use tokio::time::timeout;

const TABLE: &str = "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, word TEXT NOT NULL UNIQUE, \
     author BIGINT REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)";
const ADD: &str = "INSERT INTO notes (id, word, author) VALUES ($1, $2, $3)";

/// What a job does after it has written a note.
#[derive(Clone, Copy)]
enum Then {
    Ends,
    Refuses,
    Panics,
    NeverEnds,
    /// The note's author does not exist, which is found at the commit.
    BreaksAtTheCommit,
}

type Told = Result<(), WriteError<&'static str>>;

async fn add<D: Dialect>(engine: &Engine<D>, id: i64, word: &'static str, then: Then) -> Told {
    fn job<'j, D: Dialect>(
        connection: &'j mut D::Connection,
        (id, word, then): &'j (i64, &'static str, Then),
    ) -> BoxFuture<'j, Told> {
        Box::pin(async move {
            let author = if let Then::BreaksAtTheCommit = then { Some(-1) } else { None::<i64> };
            query::<D>(ADD).bind(*id).bind(*word).bind(author).execute(connection).await?;
            match then {
                Then::Ends | Then::BreaksAtTheCommit => Ok(()),
                Then::Refuses => Err(WriteError::Refused("no")),
                Then::Panics => panic!("a job's own fault"),
                Then::NeverEnds => std::future::pending().await,
            }
        })
    }
    engine.writer.write((id, word, then), job::<D>).await
}

async fn all_or_nothing<D: Dialect>(engine: Engine<D>) {
    let create = engine.writer.write((), |connection, ()| {
        Box::pin(async move { Ok::<_, WriteError>(query::<D>(TABLE).execute(connection).await.map(|_| ())?) })
    });
    create.await.unwrap();

    add(&engine, 1, "one", Then::Ends).await.unwrap();
    assert!(matches!(add(&engine, 2, "two", Then::Refuses).await, Err(WriteError::Refused("no"))));
    assert!(matches!(add(&engine, 3, "three", Then::BreaksAtTheCommit).await, Err(WriteError::Failed(_))));
    let dropped = timeout(Duration::from_millis(200), add(&engine, 4, "four", Then::NeverEnds));
    assert!(dropped.await.is_err());
    let other = engine.clone();
    assert!(tokio::spawn(async move { add(&other, 5, "five", Then::Panics).await }).await.is_err());
    // Each left the writer fit for the next, and holds no lock.
    for (id, word) in [(2, "two"), (3, "three"), (4, "four"), (5, "five")] {
        timeout(Duration::from_secs(2), add(&engine, id, word, Then::Ends)).await.unwrap().unwrap();
    }
    let notes = query_scalar::<D, i64>("SELECT id FROM notes ORDER BY id").fetch_all(&engine.read).await.unwrap();
    assert_eq!(notes, [1, 2, 3, 4, 5]);

    for (id, word, expected) in [(6, "one", true), (1, "six", false)] {
        let Err(WriteError::Failed(error)) = add(&engine, id, word, Then::Ends).await else { panic!("a key twice") };
        assert_eq!(is_taken(&error, "notes.word"), expected, "{error}");
        assert!(!is_taken(&error, "notes.author"), "{error}");
    }
    assert!(!is_taken(&sqlx::Error::RowNotFound, "notes.word"));
}

#[tokio::test]
async fn a_job_is_done_whole_or_not_at_all_on_sqlite() {
    let fresh = common::sqlite().await;
    let Database::Sqlite(engine) = fresh.store.accounts().database().clone() else { panic!("not SQLite") };
    all_or_nothing(engine).await;
}

#[tokio::test]
async fn a_job_is_done_whole_or_not_at_all_on_postgres() {
    let fresh = common::postgres().await;
    all_or_nothing(postgres(&fresh.store)).await;
}

fn postgres(store: &PartyStore) -> Engine<Postgres> {
    match store.accounts().database().clone() {
        Database::Postgres(engine) => engine,
        Database::Sqlite(_) => panic!("not PostgreSQL"),
    }
}

/// Two jobs lock two rows crosswise: PostgreSQL ends one of them, which the caller never hears of.
#[tokio::test]
async fn a_job_that_lost_a_race_runs_again() {
    let fresh = common::postgres().await;
    let accounts = fresh.accounts();
    let (ada, ben) =
        (common::add_user(&accounts, "ada").await.id.get(), common::add_user(&accounts, "ben").await.id.get());
    let (engine, meeting, runs) = (postgres(&fresh.store), Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let crosswise = async |first: i64, second: i64| {
        let input = (first, second, Arc::clone(&meeting), Arc::clone(&runs));
        let write = engine.writer.write(input, |connection, (first, second, meeting, runs)| {
            Box::pin(async move {
                const LOCK: &str = "SELECT id FROM users WHERE id = $1 FOR UPDATE";
                query(LOCK).bind(first).execute(&mut *connection).await?;
                if runs.fetch_add(1, Ordering::Relaxed) < 2 {
                    meeting.wait().await;
                }
                query(LOCK).bind(second).execute(connection).await?;
                Ok::<_, WriteError>(())
            })
        });
        write.await
    };

    let told = tokio::join!(crosswise(ada, ben), crosswise(ben, ada));

    assert!(told.0.is_ok() && told.1.is_ok(), "{told:?}");
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

const LOSE: &str = "SELECT pg_terminate_backend(pg_backend_pid())";

/// The server ends the connection in the middle of a job, as one does that is stopped: another connection does it.
#[tokio::test]
async fn a_job_that_lost_its_connection_runs_again() {
    let fresh = common::postgres().await;
    let (engine, runs) = (postgres(&fresh.store), Arc::new(AtomicU32::new(0)));

    let written = engine.writer.write(Arc::clone(&runs), |connection, runs| {
        Box::pin(async move {
            if runs.fetch_add(1, Ordering::Relaxed) < 2 {
                query(LOSE).execute(&mut *connection).await?;
            }
            Ok::<_, WriteError>(query_scalar::<_, i64>("SELECT 7::bigint").fetch_one(connection).await?)
        })
    });

    assert_eq!(written.await.unwrap(), 7);
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

/// As many connections as PostgreSQL has for writes.
const WRITERS: usize = 8;

/// Whoever waits for a lock keeps nobody from reading.
#[tokio::test]
async fn postgres_is_read_while_every_connection_that_writes_waits() {
    let fresh = common::postgres().await;
    let engine = postgres(&fresh.store);
    let (all, let_go) = (Arc::new(Barrier::new(WRITERS + 1)), Arc::new(Barrier::new(WRITERS + 1)));
    let held = (0..WRITERS).map(|_| {
        let (engine, meetings) = (engine.clone(), (Arc::clone(&all), Arc::clone(&let_go)));
        tokio::spawn(async move {
            let write = engine.writer.write(meetings, |_, (all, let_go)| {
                Box::pin(async move {
                    all.wait().await;
                    let_go.wait().await;
                    Ok::<_, WriteError>(())
                })
            });
            write.await
        })
    });
    let held: Vec<_> = held.collect();
    all.wait().await;

    let read = query_scalar::<_, i64>("SELECT 7::bigint").fetch_one(&engine.read);
    assert_eq!(timeout(Duration::from_secs(4), read).await.unwrap().unwrap(), 7);

    let_go.wait().await;
    for write in held {
        write.await.unwrap().unwrap();
    }
}

/// As after a failover: the connection leads to a server that only reads.
#[tokio::test]
async fn a_connection_that_only_reads_is_not_used_again() {
    let fresh = common::postgres().await;
    let engine = postgres(&fresh.store);
    let all = Arc::new(Barrier::new(WRITERS));
    let failed_over = (0..WRITERS).map(|_| {
        engine.writer.write(Arc::clone(&all), |connection, all| {
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

/// The server ends the connection while it commits.
#[tokio::test]
async fn where_the_commit_may_have_been_done_nobody_is_told_otherwise() {
    let fresh = common::postgres().await;
    let engine = postgres(&fresh.store);
    let setup = engine.writer.write((), |connection, ()| {
        Box::pin(async move {
            query(TABLE).execute(&mut *connection).await?;
            let function = "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS \
                 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'";
            query(function).execute(&mut *connection).await?;
            let trigger = "CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED \
                 FOR EACH ROW EXECUTE FUNCTION lose()";
            query(trigger).execute(connection).await?;
            Ok::<_, WriteError>(())
        })
    });
    setup.await.unwrap();

    let told = add(&engine, 1, "one", Then::Ends).await;

    assert!(matches!(told, Err(WriteError::OutcomeUnknown(_))), "{told:?}");
    let failure = told.unwrap_err().refusal().unwrap_err();
    assert!(failure.is_outcome_unknown());
    let refused = add(&engine, 2, "two", Then::Refuses).await.unwrap_err().refusal();
    assert_eq!(refused.unwrap(), "no");
}
