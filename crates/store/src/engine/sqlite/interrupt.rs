//! Ends statements of one SQLite connection early: one that has run for its time limit, and one whose caller was dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Error, SqliteConnection};

/// How many instructions of SQLite's virtual machine run between two checks. A search takes some 20 for a party, so that a check
/// comes after a fraction of a millisecond.
const INSTRUCTIONS_BETWEEN_CHECKS: i32 = 1000;

/// The end of the statement that runs on a connection, which SQLite's progress handler checks. SQLite itself would run an
/// abandoned statement to its end.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    opened_at: Instant,
    /// In milliseconds since `opened_at`.
    ends_at: Arc<AtomicU64>,
}

impl Interrupt {
    /// Sets the progress handler of a connection, which has no other.
    pub(crate) async fn install(connection: &mut SqliteConnection) -> Result<Self, Error> {
        let interrupt = Self { opened_at: Instant::now(), ends_at: Arc::new(AtomicU64::new(u64::MAX)) };
        let handler = interrupt.clone();
        let mut handle = connection.lock_handle().await?;
        handle.set_progress_handler(INSTRUCTIONS_BETWEEN_CHECKS, move || handler.may_continue());
        drop(handle);
        Ok(interrupt)
    }

    /// Before a statement: it may run for `limit`.
    pub(crate) fn start(&self, limit: Option<Duration>) {
        let end = limit.map_or(u64::MAX, |limit| millis(self.opened_at.elapsed() + limit));
        self.ends_at.store(end, Ordering::Relaxed);
    }

    /// Ends the statement that runs, with SQLite's result code `SQLITE_INTERRUPT`.
    pub(crate) fn end(&self) {
        self.ends_at.store(0, Ordering::Relaxed);
    }

    fn may_continue(&self) -> bool {
        let end = self.ends_at.load(Ordering::Relaxed);
        end == u64::MAX || millis(self.opened_at.elapsed()) < end
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
