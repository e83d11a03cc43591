//! Forced checkpoints, which keep SQLite's WAL short. SQLite itself restarts the WAL only when a write finds no reader in it.
//! Searches that overlap leave no such moment, and the WAL would grow for as long as they run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::{Pool, Sqlite, query, query_scalar};
use tokio::time::Instant;

use crate::timeouts::{CHECKPOINT_BUSY_TIMEOUT, CHECKPOINT_INTERVAL, CHECKPOINT_RETRY_DELAY};

/// The WAL of one database.
#[derive(Debug)]
pub(crate) struct Wal {
    file: PathBuf,
    max_bytes: u64,
    interval: Duration,
    retry_delay: Duration,
    next_check: Instant,
}

impl Wal {
    /// Length from which a checkpoint is forced. SQLite checkpoints every 4 MB and mostly restarts the WAL then: at sixteen
    /// times that, readers keep it from doing so.
    pub(crate) const MAX_BYTES: u64 = 64 << 20;

    /// The WAL of `database`, whose path must contain no symbolic link: SQLite resolves links before it names its WAL.
    pub(crate) fn of(database: &Path) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-wal");
        Self {
            file: file.into(),
            max_bytes: Self::MAX_BYTES,
            interval: CHECKPOINT_INTERVAL,
            retry_delay: CHECKPOINT_RETRY_DELAY,
            next_check: Instant::now(),
        }
    }

    /// Truncates the WAL if it is long, on the connection that writes.
    pub(super) async fn checkpoint_if_large(&mut self, pool: &Pool<Sqlite>) {
        if Instant::now() < self.next_check {
            return;
        }
        self.next_check = Instant::now() + self.interval;
        let bytes = tokio::fs::metadata(&self.file).await.map_or(0, |file| file.len());
        if bytes < self.max_bytes {
            return;
        }
        let cause = match self.truncate(pool).await {
            Ok(true) => return,
            Ok(false) => "a reader or another process".into(),
            Err(error) => error.to_string(),
        };
        tracing::warn!(bytes, cause, "could not truncate the WAL");
        self.next_check = Instant::now() + self.retry_delay;
    }

    /// Copies the WAL into the database and truncates it. Returns `false` if a reader or another process prevented it; as
    /// much as possible is copied in either case.
    ///
    /// Writes wait for readers meanwhile, for [`CHECKPOINT_BUSY_TIMEOUT`] at most. A read that begins in the meantime
    /// reads from the database file.
    async fn truncate(&self, pool: &Pool<Sqlite>) -> sqlx::Result<bool> {
        let mut connection = pool.acquire().await?;
        let checkpoint = async {
            query(CHECKPOINT_BUSY_TIMEOUT).execute(&mut *connection).await?;
            query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await
        };
        let is_busy = checkpoint.await;
        connection.close().await?; // the next connection has the busy timeout of the writes again
        Ok(is_busy? == 0)
    }
}

#[cfg(test)]
mod tests;
