//! A job of the maintenance task: what is due, in bounded steps. The task itself is in `accounts`.

use async_trait::async_trait;

use crate::{StoreError, Timestamp};

/// What the maintenance task of a service does each minute. An embedder adds its own.
///
/// One process does the jobs at a time, as a rule: a lease is not a lock. So a step must be right also where another process
/// does the same one.
#[async_trait]
pub trait MaintenanceJob: Send + Sync {
    /// The name in the log, such as "purge of expired sessions".
    fn name(&self) -> &'static str;

    /// Does at most `limit` of what is due at `now`, in one short commit, and returns how many that were. The task calls it again
    /// while it returns `limit`, up to 40 times a minute; what is left is done in the next minute.
    ///
    /// # Errors
    /// [`StoreError`]: the task logs it once, and tries again in a minute.
    async fn step(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
