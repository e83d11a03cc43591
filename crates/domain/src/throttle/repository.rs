//! The port of stored counters.

use async_trait::async_trait;

use super::{Attempt, Limit, ThrottleKey, Throttled};
use crate::{StoreError, Timestamp};

/// Stored counters, one row a key.
///
/// Each method is one commit, except that `trim` may be several. `Ok` means that the commit is durable. A [`StoreError`]
/// means that nothing changed, unless [its outcome is unknown](StoreError::is_outcome_unknown); the caller refuses the
/// attempt then.
///
/// A store decides nothing: it loads the counters and stores what [`Limit::count_all`] returns.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ThrottleRepository: Send + Sync {
    /// Whether all of `limits` allow an attempt at `now`. Writes nothing.
    async fn check(&self, limits: &[Limit], now: Timestamp) -> Result<Result<Attempt, Throttled>, StoreError>;

    /// Counts an attempt at `now` for all of `limits`, or for none if it is throttled: then nothing is written.
    ///
    /// Of concurrent calls, from any process, each counts after the other: together they never pass a limit.
    ///
    /// A count that adds counters removes as many that have expired, so that a table does not grow for ever.
    async fn count(&self, limits: &[Limit], now: Timestamp) -> Result<Result<Attempt, Throttled>, StoreError>;

    /// Gives back one attempt of each key, as its counter stands now. A counter of 0 stays, and no row is added.
    ///
    /// Where the window of the attempt has ended meanwhile and others were counted in the next one, that one has one attempt more:
    /// at most as many as there were attempts that waited for the queue at its begin.
    async fn give_back(&self, keys: &[ThrottleKey]) -> Result<(), StoreError>;

    /// Removes the counters of keys.
    async fn forget(&self, keys: &[ThrottleKey]) -> Result<(), StoreError>;

    /// Removes at most `limit` counters that have expired at `now`, the first to expire first. Returns their number.
    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Removes the first counters to expire where there are more than `most`: at most 10,000 in one call. Returns their
    /// number.
    async fn trim(&self, most: u64) -> Result<u64, StoreError>;
}
