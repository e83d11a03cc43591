//! Forced checkpoints, which keep SQLite's WAL short, and free of what is deleted. SQLite itself restarts the WAL only when a
//! write finds no reader in it. Searches that overlap leave no such moment, and the WAL would grow for as long as they run. And
//! a WAL that is restarted keeps its former pages until they are overwritten.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::{Pool, Sqlite, query, query_scalar};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::timeouts::{CHECKPOINT_BUSY_TIMEOUT, CHECKPOINT_INTERVAL, CHECKPOINT_RETRY_DELAY};

/// Whether the WAL is to be truncated, however long it is: it has pages with content that was deleted since.
#[derive(Debug, Clone, Default)]
pub(super) struct Erasure(Arc<ErasureState>);

#[derive(Debug, Default)]
struct ErasureState {
    is_due: AtomicBool,
    requested: Notify,
}

impl Erasure {
    /// Requests a truncation, of what is committed already.
    pub(super) fn request(&self) {
        self.0.is_due.store(true, Ordering::Release);
        self.0.requested.notify_one();
    }

    /// Whether a truncation is due. It is not any more then.
    pub(super) fn take(&self) -> bool {
        self.0.is_due.swap(false, Ordering::AcqRel)
    }

    async fn wait_until_due(&self) {
        while !self.0.is_due.load(Ordering::Acquire) {
            self.0.requested.notified().await;
        }
    }
}

/// The WAL of one database.
#[derive(Debug)]
pub(crate) struct Wal {
    file: PathBuf,
    erasure: Erasure,
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
            erasure: Erasure::default(),
            max_bytes: Self::MAX_BYTES,
            interval: CHECKPOINT_INTERVAL,
            retry_delay: CHECKPOINT_RETRY_DELAY,
            next_check: Instant::now(),
        }
    }

    /// The requests for this WAL.
    pub(super) fn erasure(&self) -> Erasure {
        self.erasure.clone()
    }

    /// Waits for a request, and until it may be tried.
    pub(super) async fn wait_for_request(&self) {
        self.erasure.wait_until_due().await;
        sleep_until(self.next_check).await;
    }

    /// Truncates the WAL if it is long or a truncation is requested, on the connection that writes.
    pub(super) async fn checkpoint_if_due(&mut self, pool: &Pool<Sqlite>) {
        if Instant::now() < self.next_check {
            return;
        }
        self.next_check = Instant::now() + self.interval;
        let (bytes, is_requested) = (self.bytes().await, self.erasure.take());
        if bytes < self.max_bytes && !is_requested {
            return;
        }
        let cause = match Self::truncate(pool).await {
            Ok(true) => return,
            Ok(false) => "a reader or another process".into(),
            Err(error) => error.to_string(),
        };
        self.next_check = Instant::now() + self.retry_delay;
        if is_requested {
            self.erasure.request();
        }
        if bytes < self.max_bytes {
            tracing::debug!(bytes, cause, "could not truncate the WAL after a deletion yet");
        } else {
            tracing::warn!(bytes, cause, "could not truncate the WAL");
        }
    }

    async fn bytes(&self) -> u64 {
        tokio::fs::metadata(&self.file).await.map_or(0, |file| file.len())
    }

    /// Copies the WAL into the database and truncates it. Returns `false` if a reader or another process prevented it; as
    /// much as possible is copied in either case.
    ///
    /// Writes wait for readers meanwhile, for [`CHECKPOINT_BUSY_TIMEOUT`] at most. A read that begins in the meantime
    /// reads from the database file.
    pub(super) async fn truncate(pool: &Pool<Sqlite>) -> sqlx::Result<bool> {
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
