//! Whether many parties have begun lately. A list of those that are not over passes all that are, since a party takes up to 72
//! hours: other users decide how many.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use domain::Timestamp;
use domain::party::PartyEnd;
use sqlx::query_scalar;

use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::statements::statements;

/// So many parties are many: a list reads as many entries of its index in less than a millisecond.
const MANY: i64 = 10_000;

/// How long, in milliseconds, a count is valid. Counting costs as much as one list.
const VALIDITY_MILLIS: i64 = 10_000;

statements! {
    /// The number of listed parties that began between `$1` and `$2`, up to `$3`.
    const COUNT: &str = "SELECT count(*) FROM (
            SELECT id FROM parties WHERE visibility = 'listed' AND starts_at > $1 AND starts_at <= $2
            ORDER BY starts_at LIMIT ($3 + 0)
        ) AS recent";
}

/// The parties that may be under way, counted every 10 seconds.
#[derive(Debug)]
pub(super) struct RecentParties {
    counted_at: AtomicI64,
    are_many: AtomicBool,
}

impl RecentParties {
    /// Before the first count.
    pub(super) fn new() -> Self {
        Self { counted_at: AtomicI64::new(i64::MIN), are_many: AtomicBool::new(false) }
    }

    /// Whether a list of listed parties passes many that are over, or, from the other end, under way. While one caller counts,
    /// others get the result of the count before.
    pub(super) async fn are_many<D: Dialect>(&self, read: &ReadPool<D>, now: Timestamp) -> sqlx::Result<bool> {
        let counted_at = self.counted_at.load(Ordering::Relaxed);
        if now.as_millis().abs_diff(counted_at) < VALIDITY_MILLIS.unsigned_abs() {
            return Ok(self.are_many.load(Ordering::Relaxed));
        }
        self.counted_at.store(now.as_millis(), Ordering::Relaxed);
        let earliest = now - PartyEnd::MAX_DURATION;
        let count = query_scalar::<_, i64>(COUNT).bind(earliest.as_millis()).bind(now.as_millis()).bind(MANY);
        let are_many = count.fetch_one(read).await? >= MANY;
        self.are_many.store(are_many, Ordering::Relaxed);
        Ok(are_many)
    }
}
