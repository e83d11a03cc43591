//! That SQLite's WAL stays short. SQLite itself begins it anew only where a write finds nobody who reads from it; searches
//! that overlap never leave such a moment, and it would grow for as long as they go on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::{Pool, query, query_scalar};
use tokio::time::Instant;

use crate::engine::dialect::Dialect;

/// Writes wait for a second, at most, until those who read from the WAL are done (besides the copying): who begins in the meantime reads
/// from the file. A search takes less.
const WAIT_BRIEFLY: &str = "PRAGMA busy_timeout = 1000";

/// How often it is looked at: that alone costs as much as waking a thread.
const EVERY: Duration = Duration::from_secs(1);

/// How long it is let be after somebody read for longer: so nine tenths of the time are left to the writes.
const PAUSE: Duration = Duration::from_secs(10);

/// The WAL of one database.
#[derive(Debug)]
pub(crate) struct Wal {
    file: PathBuf,
    limit: u64,
    every: Duration,
    pause: Duration,
    not_before: Instant,
}

impl Wal {
    /// How long it may grow, in bytes, before writes wait for it to be emptied. SQLite copies it into the file every 4 MB,
    /// and mostly begins it anew then: twenty times that is a sign that it cannot.
    pub(crate) const LIMIT: u64 = 64 << 20;

    /// The one of `database`, whose path leads over no link: SQLite follows them before it names its WAL.
    pub(crate) fn of(database: &Path) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-wal");
        Self { file: file.into(), limit: Self::LIMIT, every: EVERY, pause: PAUSE, not_before: Instant::now() }
    }

    /// Empties it where it has grown too long, on the connection that writes.
    pub(crate) async fn tend<D: Dialect>(&mut self, pool: &Pool<D>) {
        if Instant::now() < self.not_before {
            return;
        }
        self.not_before = Instant::now() + self.every;
        let length = tokio::fs::metadata(&self.file).await.map_or(0, |file| file.len());
        if length < self.limit {
            return;
        }
        let in_the_way = match self.empty(pool).await {
            Ok(true) => return,
            Ok(false) => "somebody reads or writes for long".into(),
            Err(error) => error.to_string(),
        };
        tracing::warn!(bytes = length, in_the_way, "the WAL could not be emptied");
        self.not_before = Instant::now() + self.pause;
    }

    /// Whether nobody was in its way. What could be copied into the file is copied either way.
    async fn empty<D: Dialect>(&self, pool: &Pool<D>) -> sqlx::Result<bool> {
        let mut connection = pool.acquire().await?;
        let told = async {
            query::<D>(WAIT_BRIEFLY).execute(&mut *connection).await?;
            query_scalar::<D, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await
        };
        let is_busy = told.await;
        connection.close().await?; // the next one has the patience of the writes again
        Ok(is_busy? == 0)
    }
}

#[cfg(test)]
mod tests;
