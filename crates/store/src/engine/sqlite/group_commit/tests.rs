//! What committing together must not change: each caller hears the truth about its own job, whatever its neighbors do.

mod disk;
mod limits;

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Sqlite, SqliteConnection, query, query_scalar};
use tempfile::TempDir;
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, yield_now};

use super::*;

type Told = Result<(), WriteError<&'static str>>;

/// How long the writer waits for another process.
const BUSY: Duration = Duration::from_millis(400);

/// A queue over a file with one table.
struct File {
    queue: Queue<Sqlite>,
    folder: TempDir,
}

/// What a job does after it has written a note.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    Ends,
    Refuses,
    Panics,
    /// Found at the commit, which it makes fail for everybody.
    BreaksTheCommit,
    /// The file may not grow any more: SQLite rolls the whole transaction back.
    FillsTheDisk,
    /// A megabyte, which the disk does not take in the tests that have such a disk.
    IsTooLong,
}

impl File {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("notes.db")).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal).foreign_keys(true).busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        let table = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, \
             parent INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)";
        query(table).execute(&pool).await.unwrap();
        let wal = Wal::of(&folder.path().join("notes.db"));
        Self { queue: Queue::over(pool, wal), folder }
    }

    fn write(&self, id: i64, then: Then) -> JoinHandle<Told> {
        let queue = self.queue.clone();
        tokio::spawn(async move { queue.write((id, then), note).await })
    }

    /// Has the writer wait in the middle of a job, until what is given back is dropped.
    async fn hold(&self) -> oneshot::Sender<()> {
        let (let_go, held) = oneshot::channel();
        let (queue, holds, held) = (self.queue.clone(), Arc::new(Notify::new()), tokio::sync::Mutex::new(held));
        let begun = Arc::clone(&holds);
        tokio::spawn(async move {
            let write = queue.write((begun, held), |_, (begun, held)| {
                Box::pin(async move {
                    begun.notify_one();
                    let _ = (&mut *held.lock().await).await;
                    Ok::<_, WriteError>(())
                })
            });
            write.await
        });
        holds.notified().await;
        let_go
    }

    /// Writes all of them in one batch, and tells what each was told: `Err` for one that panicked.
    async fn batch(&self, jobs: &[Then]) -> Vec<Result<Told, tokio::task::JoinError>> {
        let held = self.hold().await;
        let before = QUEUE - self.queue.jobs.capacity();
        let jobs: Vec<_> = (1..).zip(jobs).map(|(id, then)| self.write(id, *then)).collect();
        while QUEUE - self.queue.jobs.capacity() < before + jobs.len() {
            yield_now().await;
        }
        drop(held);
        let mut told = Vec::new();
        for job in jobs {
            told.push(job.await);
        }
        told
    }

    async fn stored(&self) -> Vec<i64> {
        query_scalar("SELECT id FROM notes ORDER BY id").fetch_all(&self.queue.pool).await.unwrap()
    }

    fn wal(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("notes.db-wal")).unwrap().len()
    }
}

fn note<'j>(connection: &'j mut SqliteConnection, (id, then): &'j (i64, Then)) -> BoxFuture<'j, Told> {
    Box::pin(async move {
        let text = match then {
            Then::FillsTheDisk => {
                query("PRAGMA max_page_count = 20").execute(&mut *connection).await?;
                "x".repeat(200_000)
            }
            Then::IsTooLong => "x".repeat(1_000_000),
            _ => "a note".to_owned(),
        };
        let parent = (*then == Then::BreaksTheCommit).then_some(-1_i64);
        let add = query("INSERT INTO notes (id, text, parent) VALUES ($1, $2, $3)").bind(id).bind(text).bind(parent);
        add.execute(connection).await?;
        match then {
            Then::Refuses => Err(WriteError::Refused("no")),
            Then::Panics => panic!("a job's own fault"),
            _ => Ok(()),
        }
    })
}

#[tokio::test]
async fn what_waits_is_committed_at_once() {
    let file = File::new().await;
    for id in 101..=132 {
        file.write(id, Then::Ends).await.unwrap().unwrap();
    }
    let apart = file.wal();

    let told = file.batch(&[Then::Ends; 32]).await;

    assert!(told.iter().all(|told| matches!(told, Ok(Ok(())))), "{told:?}");
    assert_eq!(file.stored().await.len(), 64);
    let together = file.wal() - apart;
    assert!(together * 8 < apart, "{together} bytes of log for 32 at once, {apart} for 32 one after another");
}

#[tokio::test]
async fn each_is_told_what_became_of_its_own_job() {
    for fault in [Then::Refuses, Then::Panics, Then::BreaksTheCommit, Then::FillsTheDisk] {
        let file = File::new().await;

        let told = file.batch(&[Then::Ends, fault, Then::Ends, fault, Then::Ends]).await;

        assert_eq!(file.stored().await, [1, 3, 5], "{fault:?}");
        for (n, told) in told.iter().enumerate() {
            match (n % 2, fault, told) {
                (0, _, Ok(Ok(())))
                | (1, Then::Refuses, Ok(Err(WriteError::Refused("no"))))
                | (1, Then::BreaksTheCommit | Then::FillsTheDisk, Ok(Err(WriteError::Failed(_)))) => {}
                (1, Then::Panics, Err(panic)) if panic.is_panic() => {}
                _ => panic!("{fault:?}, {n}: {told:?}"),
            }
        }
        file.write(9, Then::Ends).await.unwrap().unwrap();
        assert_eq!(file.stored().await, [1, 3, 5, 9], "the writer works on");
    }
}

#[tokio::test]
async fn who_leaves_before_the_job_began_has_it_never_begun() {
    let file = File::new().await;
    let held = file.hold().await;
    let (queue, runs) = (file.queue.clone(), Arc::new(AtomicU32::new(0)));
    let counts = Arc::clone(&runs);
    let leaves = tokio::spawn(async move {
        let write = queue.write(counts, |_, runs| {
            runs.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Ok::<_, WriteError>(()) })
        });
        write.await
    });
    let stays = file.write(1, Then::Ends);
    while file.queue.jobs.capacity() > QUEUE - 2 {
        yield_now().await;
    }

    leaves.abort();
    assert!(leaves.await.unwrap_err().is_cancelled());
    drop(held);

    stays.await.unwrap().unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 0);
    assert_eq!(file.stored().await, [1]);
}

/// Locked out by another process: all who wait together wait once, and not for each of them in turn.
#[tokio::test]
async fn a_batch_that_cannot_begin_is_told_so_as_a_whole() {
    let file = File::new().await;
    let path = file.folder.path().join("notes.db");
    let mut other = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap();
    query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let jobs: Vec<_> = (1..=100).map(|id| file.write(id, Then::Ends)).collect();
    let all = tokio::time::timeout(Duration::from_secs(20), async {
        for job in jobs {
            let told = job.await.unwrap();
            assert!(matches!(told, Err(WriteError::Failed(_))), "{told:?}");
        }
    });

    all.await.expect("a hundred in turn would take 40 seconds");
    query("ROLLBACK").execute(&mut other).await.unwrap();
    file.write(101, Then::Ends).await.unwrap().unwrap();
    assert_eq!(file.stored().await, [101]);
}

/// Its answer followed from rows of a neighbor that are gone, and it is not asked again.
#[tokio::test]
async fn a_refusal_in_a_void_batch_is_not_told_where_it_cannot_be_run_again() {
    let file = File::new().await;
    let held = file.hold().await;
    let before = file.queue.jobs.capacity();
    let (queue, pool) = (file.queue.clone(), file.queue.pool.clone());
    let breaks = tokio::spawn(async move {
        let write = queue.write(pool, |connection, pool| {
            Box::pin(async move {
                note(connection, &(1, Then::BreaksTheCommit)).await?;
                drop(pool.close()); // closed from this call on: no job runs again
                Ok::<_, WriteError<&'static str>>(())
            })
        });
        write.await
    });
    let refuses = file.write(2, Then::Refuses);
    while before - file.queue.jobs.capacity() < 2 {
        yield_now().await;
    }
    drop(held);

    for told in [breaks.await.unwrap(), refuses.await.unwrap()] {
        assert!(matches!(told, Err(WriteError::Failed(_))), "{told:?}");
    }
}

#[tokio::test]
async fn a_closed_queue_says_so() {
    let file = File::new().await;
    file.queue.close().await;

    let told = file.write(1, Then::Ends).await.unwrap();

    assert!(matches!(told, Err(WriteError::Failed(_))), "{told:?}");
}
