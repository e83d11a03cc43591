//! Marks listed parties that are over, so that lists of the others need not pass them. Nothing but the cost of a list depends on a mark:
//! it may be late, and it may be set by a clock that is ahead.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::{StoreError, Timestamp};
use sqlx::query_scalar;
use tokio::sync::Mutex;

use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::statements::{PerEngine, statements};

/// How long after an update of the marks the next one is due, in milliseconds.
const UPDATE_INTERVAL_MILLIS: u64 = 10_000;

/// The parties that one commit marks. On SQLite other writes wait for it.
const MARKED_PER_COMMIT: usize = 250;

statements! {
    /// Marks parties that are over, those that ended last first. Skips rows that a job has locked.
    const MARK: PerEngine = PerEngine {
        sqlite: "UPDATE parties SET is_over = 1
            WHERE id IN (SELECT id FROM parties WHERE visibility = 'listed' AND is_over < 1 AND ends_at <= $1
                ORDER BY ends_at DESC LIMIT 250)
            RETURNING id",
        postgres: "UPDATE parties SET is_over = 1
            WHERE id IN (
                SELECT id FROM parties WHERE visibility = 'listed' AND is_over < 1 AND ends_at <= $1
                ORDER BY ends_at DESC LIMIT 250
                FOR NO KEY UPDATE SKIP LOCKED
            )
            RETURNING id",
    };

    /// Removes marks that were set by a clock that was ahead, or before a host chose another end.
    const UNMARK: PerEngine = PerEngine {
        sqlite: "UPDATE parties SET is_over = 0
            WHERE id IN (SELECT id FROM parties WHERE visibility = 'listed' AND is_over > 0 AND ends_at > $1
                ORDER BY ends_at LIMIT 250)
            RETURNING id",
        postgres: "UPDATE parties SET is_over = 0
            WHERE id IN (
                SELECT id FROM parties WHERE visibility = 'listed' AND is_over > 0 AND ends_at > $1
                ORDER BY ends_at LIMIT 250
                FOR NO KEY UPDATE SKIP LOCKED
            )
            RETURNING id",
    };
}

const _: () = assert!(MARKED_PER_COMMIT == 250, "the LIMIT of `MARK` and `UNMARK`");

/// Updates the marks of a database every 10 seconds in which a list is read.
#[derive(Debug)]
pub(super) struct OverMarks {
    updated_at: AtomicI64,
    is_updating: Arc<Mutex<()>>,
}

impl Default for OverMarks {
    /// Before the first update.
    fn default() -> Self {
        Self { updated_at: AtomicI64::new(i64::MIN), is_updating: Arc::default() }
    }
}

impl OverMarks {
    /// Updates the marks beside the request, if that is due. A failure is logged; the next update tries again.
    pub(super) fn update_if_due<D: Dialect>(&self, database: &OpenDatabase<D>, now: Timestamp) {
        if now.as_millis().abs_diff(self.updated_at.load(Ordering::Relaxed)) < UPDATE_INTERVAL_MILLIS {
            return;
        }
        let Ok(guard) = Arc::clone(&self.is_updating).try_lock_owned() else { return };
        self.updated_at.store(now.as_millis(), Ordering::Relaxed);
        let database = database.clone();
        tokio::spawn(async move {
            if let Err(failure) = update(&database, now).await {
                tracing::warn!(error = ?failure, "marking of parties failed");
            }
            drop(guard);
        });
    }
}

/// Marks the parties that are over at `now`, and no others.
pub(super) async fn update<D: Dialect>(database: &OpenDatabase<D>, now: Timestamp) -> Result<(), StoreError> {
    for sql in [MARK, UNMARK] {
        loop {
            let marked = database.writer.write((sql, now), |connection, (sql, now)| {
                Box::pin(async move {
                    let mark = query_scalar::<D, i64>(D::pick(sql.sqlite, sql.postgres)).bind(now.as_millis());
                    Ok(mark.fetch_all(connection).await?.len())
                })
            });
            if marked.await? < MARKED_PER_COMMIT {
                break;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
