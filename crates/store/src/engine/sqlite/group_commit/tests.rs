//! Each caller gets the true result of its own job, whatever the other jobs of the batch do.

mod disk;
mod limits;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection as _, SqliteConnection, query, query_scalar};
use tempfile::TempDir;
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, yield_now};

use super::*;

type JobResult = Result<(), WriteError<&'static str>>;

/// The busy timeout: how long the writer waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_millis(400);

/// A write queue over a file with one table.
struct File {
    queue: GroupCommit,
    folder: TempDir,
}

/// What a job does after it has inserted a note.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    Succeeds,
    Refuses,
    Panics,
    /// The note violates a deferred constraint, which makes the commit fail.
    FailsCommit,
    /// The file may not grow any more: SQLite rolls the whole transaction back.
    FillsDisk,
    /// Inserts a megabyte, which does not fit on the disk of the tests in `disk`.
    IsTooLong,
}

impl File {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("notes.db")).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal).foreign_keys(true).busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        let table = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, \
             parent INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)";
        query(table).execute(&pool).await.unwrap();
        let wal = Wal::of(&folder.path().join("notes.db"));
        Self { queue: GroupCommit::start(pool, wal), folder }
    }

    fn write(&self, id: i64, then: Then) -> JoinHandle<JobResult> {
        let queue = self.queue.clone();
        tokio::spawn(async move { queue.run((id, then), note).await })
    }

    /// Blocks the writer in the middle of a job until the returned sender is dropped.
    async fn block(&self) -> oneshot::Sender<()> {
        let (release, blocked) = oneshot::channel();
        let (queue, has_begun, blocked) =
            (self.queue.clone(), Arc::new(Notify::new()), tokio::sync::Mutex::new(blocked));
        let begun = Arc::clone(&has_begun);
        tokio::spawn(async move {
            let write = queue.run((begun, blocked), |_, (begun, blocked)| {
                Box::pin(async move {
                    begun.notify_one();
                    let _ = (&mut *blocked.lock().await).await;
                    Ok::<_, WriteError>(())
                })
            });
            write.await
        });
        has_begun.notified().await;
        release
    }

    /// Runs `jobs` in one batch, and returns each result; `Err` for a panic.
    async fn batch(&self, jobs: &[Then]) -> Vec<Result<JobResult, tokio::task::JoinError>> {
        let blocked = self.block().await;
        let before = QUEUE_LENGTH - self.queue.jobs.capacity();
        let jobs: Vec<_> = (1..).zip(jobs).map(|(id, then)| self.write(id, *then)).collect();
        while QUEUE_LENGTH - self.queue.jobs.capacity() < before + jobs.len() {
            yield_now().await;
        }
        drop(blocked);
        let mut results = Vec::new();
        for job in jobs {
            results.push(job.await);
        }
        results
    }

    async fn stored(&self) -> Vec<i64> {
        query_scalar("SELECT id FROM notes ORDER BY id").fetch_all(&self.queue.pool).await.unwrap()
    }

    fn wal_bytes(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("notes.db-wal")).unwrap().len()
    }
}

fn note<'j>(connection: &'j mut SqliteConnection, (id, then): &'j (i64, Then)) -> BoxFuture<'j, JobResult> {
    Box::pin(async move {
        let text = match then {
            Then::FillsDisk => {
                query("PRAGMA max_page_count = 20").execute(&mut *connection).await?;
                "x".repeat(200_000)
            }
            Then::IsTooLong => "x".repeat(1_000_000),
            _ => "a note".to_owned(),
        };
        let parent = (*then == Then::FailsCommit).then_some(-1_i64);
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
async fn waiting_jobs_are_committed_with_one_fsync() {
    let file = File::new().await;
    for id in 101..=132 {
        file.write(id, Then::Succeeds).await.unwrap().unwrap();
    }
    let single = file.wal_bytes();

    let results = file.batch(&[Then::Succeeds; 32]).await;

    assert!(results.iter().all(|result| matches!(result, Ok(Ok(())))), "{results:?}");
    assert_eq!(file.stored().await.len(), 64);
    let batched = file.wal_bytes() - single;
    assert!(batched * 8 < single, "{batched} bytes of WAL for a batch of 32, {single} for 32 single commits");
}

#[tokio::test]
async fn each_job_of_a_batch_gets_its_own_result() {
    for fault in [Then::Refuses, Then::Panics, Then::FailsCommit, Then::FillsDisk] {
        let file = File::new().await;

        let results = file.batch(&[Then::Succeeds, fault, Then::Succeeds, fault, Then::Succeeds]).await;

        assert_eq!(file.stored().await, [1, 3, 5], "{fault:?}");
        for (n, result) in results.iter().enumerate() {
            match (n % 2, fault, result) {
                (0, _, Ok(Ok(())))
                | (1, Then::Refuses, Ok(Err(WriteError::Refused("no"))))
                | (1, Then::FailsCommit | Then::FillsDisk, Ok(Err(WriteError::Failed(_)))) => {}
                (1, Then::Panics, Err(panic)) if panic.is_panic() => {}
                _ => panic!("{fault:?}, {n}: {result:?}"),
            }
        }
        file.write(9, Then::Succeeds).await.unwrap().unwrap();
        assert_eq!(file.stored().await, [1, 3, 5, 9], "the writer still works");
    }
}

#[tokio::test]
async fn job_of_a_dropped_caller_never_begins() {
    let file = File::new().await;
    let blocked = file.block().await;
    let (queue, runs) = (file.queue.clone(), Arc::new(AtomicU32::new(0)));
    let counter = Arc::clone(&runs);
    let dropped = tokio::spawn(async move {
        let write = queue.run(counter, |_, runs| {
            runs.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Ok::<_, WriteError>(()) })
        });
        write.await
    });
    let other = file.write(1, Then::Succeeds);
    while file.queue.jobs.capacity() > QUEUE_LENGTH - 2 {
        yield_now().await;
    }

    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    drop(blocked);

    other.await.unwrap().unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 0);
    assert_eq!(file.stored().await, [1]);
}

/// Another process holds the write lock: the jobs of a batch wait for it once, and not one after another.
#[tokio::test]
async fn batch_that_cannot_begin_fails_as_a_whole() {
    let file = File::new().await;
    let path = file.folder.path().join("notes.db");
    let mut other = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap();
    query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let jobs: Vec<_> = (1..=100).map(|id| file.write(id, Then::Succeeds)).collect();
    let all = tokio::time::timeout(Duration::from_secs(20), async {
        for job in jobs {
            let result = job.await.unwrap();
            assert!(matches!(result, Err(WriteError::Failed(_))), "{result:?}");
        }
    });

    all.await.expect("one after another, a hundred would take 40 seconds");
    query("ROLLBACK").execute(&mut other).await.unwrap();
    file.write(101, Then::Succeeds).await.unwrap().unwrap();
    assert_eq!(file.stored().await, [101]);
}

/// The refusal followed from rows of another job that are rolled back.
#[tokio::test]
async fn refusal_in_a_void_batch_is_discarded_without_a_retry() {
    let file = File::new().await;
    let blocked = file.block().await;
    let before = file.queue.jobs.capacity();
    let (queue, pool) = (file.queue.clone(), file.queue.pool.clone());
    let voids = tokio::spawn(async move {
        let write = queue.run(pool, |connection, pool| {
            Box::pin(async move {
                note(connection, &(1, Then::FailsCommit)).await?;
                drop(pool.close()); // closed from this call on, so that no job can run again
                Ok::<_, WriteError<&'static str>>(())
            })
        });
        write.await
    });
    let refuses = file.write(2, Then::Refuses);
    while before - file.queue.jobs.capacity() < 2 {
        yield_now().await;
    }
    drop(blocked);

    for result in [voids.await.unwrap(), refuses.await.unwrap()] {
        assert!(matches!(result, Err(WriteError::Failed(_))), "{result:?}");
    }
}

#[tokio::test]
async fn closed_queue_rejects_jobs() {
    let file = File::new().await;
    file.queue.close().await;

    let result = file.write(1, Then::Succeeds).await.unwrap();

    assert!(matches!(result, Err(WriteError::Failed(_))), "{result:?}");
}
