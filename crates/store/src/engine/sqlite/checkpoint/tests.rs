//! That the WAL stays short beside people who always read, and that whoever reads for ever keeps nobody from writing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection as _, Sqlite, SqliteConnection, query};
use tempfile::TempDir;
use tokio::time::sleep;

use super::super::group_commit::Queue;
use super::*;
use crate::engine::writer::WriteError;

/// Two megabytes: SQLite's own beginning anew is not seen by then.
const LIMIT: u64 = 2 << 20;

struct File {
    queue: Queue<Sqlite>,
    options: SqliteConnectOptions,
    folder: TempDir,
}

impl File {
    async fn new(pause: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal).pragma("synchronous", "off");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap();
        query("CREATE TABLE notes (text TEXT NOT NULL)").execute(&pool).await.unwrap();
        let queue = Queue::over(pool, Wal { limit: LIMIT, every: Duration::ZERO, pause, ..Wal::of(&path) });
        Self { queue, options, folder }
    }

    async fn write(&self) {
        let write = self.queue.write((), |connection, ()| {
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
        read(&mut reader).await;
        reader
    }

    fn length(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("notes.db-wal")).unwrap().len()
    }
}

/// Begins a search that sees the file as it is now.
async fn read(reader: &mut SqliteConnection) {
    query("BEGIN").execute(&mut *reader).await.unwrap();
    query("SELECT count(*) FROM notes").execute(reader).await.unwrap();
}

#[tokio::test]
async fn searches_that_overlap_do_not_let_the_wal_grow() {
    let file = File::new(Duration::ZERO).await;
    let over = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for _ in 0..2 {
        let (mut reader, over) = (file.reader().await, Arc::clone(&over));
        readers.push(tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                sleep(Duration::from_millis(100)).await;
                query("COMMIT").execute(&mut reader).await.unwrap();
                read(&mut reader).await;
            }
        }));
        sleep(Duration::from_millis(50)).await; // while one begins anew the other is in the middle
    }

    let mut longest = 0;
    for _ in 0..120 {
        file.write().await;
        longest = longest.max(file.length());
        sleep(Duration::from_millis(5)).await;
    }

    over.store(true, Ordering::Relaxed);
    assert!(longest < 2 * LIMIT, "{longest} bytes");
    for reader in readers {
        reader.await.unwrap();
    }
}

/// Tried at once, and then not before the pause is over: each try would cost a second.
#[tokio::test]
async fn who_reads_for_ever_holds_up_the_writes_once_in_a_while() {
    let file = File::new(Duration::from_mins(1)).await;
    let reader = file.reader().await;
    let began = std::time::Instant::now();

    for _ in 0..60 {
        file.write().await;
    }

    assert!(file.length() > 2 * LIMIT, "{}", file.length());
    let took = began.elapsed();
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(15), "{took:?}");
    reader.close().await.unwrap();
}

#[tokio::test]
async fn what_was_long_is_empty_after_the_next_write() {
    let file = File::new(Duration::ZERO).await;
    let reader = file.reader().await;
    while file.length() <= LIMIT {
        file.write().await;
    }
    reader.close().await.unwrap();

    file.write().await;
    file.write().await; // begun after the WAL was tended

    assert!(file.length() < LIMIT / 4, "{}", file.length());
}
