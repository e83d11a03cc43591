//! The WAL stays short while reads overlap, and an endless read delays writes only now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection as _, SqliteConnection, query};
use tempfile::TempDir;
use tokio::time::sleep;

use super::super::group_commit::GroupCommit;
use super::*;
use crate::engine::writer::{JobRunner as _, WriteError};

/// Two megabytes: less than SQLite's own checkpoints wait for.
const MAX_BYTES: u64 = 2 << 20;

struct File {
    queue: GroupCommit,
    options: SqliteConnectOptions,
    folder: TempDir,
}

impl File {
    async fn new(retry_delay: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal).pragma("synchronous", "off");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap();
        query("CREATE TABLE notes (text TEXT NOT NULL)").execute(&pool).await.unwrap();
        let wal = Wal { max_bytes: MAX_BYTES, interval: Duration::ZERO, retry_delay, ..Wal::of(&path) };
        let queue = GroupCommit::start(pool, wal);
        Self { queue, options, folder }
    }

    async fn write(&self) {
        let write = self.queue.run((), |connection, ()| {
            Box::pin(async move {
                let add = query("INSERT INTO notes (text) VALUES ($1)").bind("x".repeat(100_000));
                add.execute(connection).await?;
                Ok::<_, WriteError>(())
            })
        });
        write.await.unwrap();
    }

    async fn reader(&self) -> SqliteConnection {
        let mut reader = SqliteConnection::connect_with(&self.options.clone().read_only(true)).await.unwrap();
        begin_read(&mut reader).await;
        reader
    }

    /// 0 where there is none: the last connection removes it.
    fn wal_bytes(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("notes.db-wal")).map_or(0, |file| file.len())
    }
}

/// Begins a read transaction on the current snapshot.
async fn begin_read(reader: &mut SqliteConnection) {
    query("BEGIN").execute(&mut *reader).await.unwrap();
    query("SELECT count(*) FROM notes").execute(reader).await.unwrap();
}

#[tokio::test]
async fn overlapping_reads_do_not_let_the_wal_grow() {
    let file = File::new(Duration::ZERO).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for _ in 0..2 {
        let (mut reader, is_over) = (file.reader().await, Arc::clone(&is_over));
        readers.push(tokio::spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                sleep(Duration::from_millis(100)).await;
                query("COMMIT").execute(&mut reader).await.unwrap();
                begin_read(&mut reader).await;
            }
        }));
        sleep(Duration::from_millis(50)).await; // the two restart at different times
    }

    let mut longest = 0;
    for _ in 0..120 {
        file.write().await;
        longest = longest.max(file.wal_bytes());
        sleep(Duration::from_millis(5)).await;
    }

    is_over.store(true, Ordering::Relaxed);
    assert!(longest < 2 * MAX_BYTES, "{longest} bytes");
    for reader in readers {
        reader.await.unwrap();
    }
}

/// The first checkpoint is tried at once, the next one after the retry delay: each takes a second.
#[tokio::test]
async fn endless_read_delays_writes_once_per_retry_delay() {
    let file = File::new(Duration::from_mins(1)).await;
    let reader = file.reader().await;
    let start = std::time::Instant::now();

    for _ in 0..60 {
        file.write().await;
    }

    assert!(file.wal_bytes() > 2 * MAX_BYTES, "{}", file.wal_bytes());
    let duration = start.elapsed();
    assert!(duration > Duration::from_millis(900) && duration < Duration::from_secs(15), "{duration:?}");
    reader.close().await.unwrap();
}

#[tokio::test]
async fn long_wal_is_truncated_after_the_next_write() {
    let file = File::new(Duration::ZERO).await;
    let reader = file.reader().await;
    while file.wal_bytes() <= MAX_BYTES {
        file.write().await;
    }
    reader.close().await.unwrap();

    file.write().await;
    file.write().await; // begins after the checkpoint

    assert!(file.wal_bytes() < MAX_BYTES / 4, "{}", file.wal_bytes());
}

/// Without a write in between: a service may have none for long.
#[tokio::test]
async fn requested_truncation_waits_for_readers_alone() {
    let file = File::new(Duration::from_millis(10)).await;
    file.write().await;
    let reader = file.reader().await;
    file.queue.erase_soon();
    sleep(Duration::from_millis(1200)).await; // longer than a checkpoint waits for a reader
    assert!(file.wal_bytes() > 0);
    reader.close().await.unwrap();
    for _ in 0..500 {
        if file.wal_bytes() == 0 {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{} bytes are left", file.wal_bytes());
}

/// Such as a command beside a server.
#[tokio::test]
async fn requested_truncation_is_done_before_a_close_beside_another_process() {
    let file = File::new(Duration::ZERO).await;
    let mut other = SqliteConnection::connect_with(&file.options).await.unwrap();
    query("SELECT count(*) FROM notes").execute(&mut other).await.unwrap();
    file.write().await;
    file.queue.erase_soon();
    file.queue.close().await;
    assert_eq!(file.wal_bytes(), 0);
    other.close().await.unwrap();
}
