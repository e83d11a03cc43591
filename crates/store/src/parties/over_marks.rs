//! Marks listed parties that are over, so that lists of the others need not pass them. Nothing but the cost of a list depends on a mark:
//! it may be late, and it may be set by a clock that is ahead. The maintenance task of `accounts` calls it each minute.

use domain::Timestamp;
use sqlx::query_scalar;

use crate::engine::dialect::Dialect;
use crate::statements::{PerEngine, statements};

statements! {
    /// Marks parties that are over, those that ended last first. Skips rows that a job has locked.
    const MARK: PerEngine = PerEngine {
        sqlite: "UPDATE parties SET is_over = 1
            WHERE id IN (SELECT id FROM parties WHERE visibility = 'listed' AND is_over < 1 AND ends_at <= $1
                ORDER BY ends_at DESC LIMIT ($2 + 0))
            RETURNING id",
        postgres: "UPDATE parties SET is_over = 1
            WHERE id IN (
                SELECT id FROM parties WHERE visibility = 'listed' AND is_over < 1 AND ends_at <= $1
                ORDER BY ends_at DESC LIMIT ($2 + 0)
                FOR NO KEY UPDATE SKIP LOCKED
            )
            RETURNING id",
    };

    /// Removes marks that were set by a clock that was ahead, or before a host chose another end.
    const UNMARK: PerEngine = PerEngine {
        sqlite: "UPDATE parties SET is_over = 0
            WHERE id IN (SELECT id FROM parties WHERE visibility = 'listed' AND is_over > 0 AND ends_at > $1
                ORDER BY ends_at LIMIT ($2 + 0))
            RETURNING id",
        postgres: "UPDATE parties SET is_over = 0
            WHERE id IN (
                SELECT id FROM parties WHERE visibility = 'listed' AND is_over > 0 AND ends_at > $1
                ORDER BY ends_at LIMIT ($2 + 0)
                FOR NO KEY UPDATE SKIP LOCKED
            )
            RETURNING id",
    };
}

/// Marks at most `limit` parties that are over at `now`, and removes at most `limit` marks of others. Returns how many rows changed.
pub(super) async fn mark<D: Dialect>(connection: &mut D::Connection, now: Timestamp, limit: u32) -> sqlx::Result<u64> {
    let mut changed = 0;
    for PerEngine { sqlite, postgres } in [MARK, UNMARK] {
        let mark = query_scalar::<D, i64>(D::pick(sqlite, postgres)).bind(now.as_millis()).bind(i64::from(limit));
        changed += mark.fetch_all(&mut *connection).await?.len() as u64;
    }
    Ok(changed)
}

#[cfg(test)]
mod tests;
