//! Hashing off the async threads, with limits on the running and the waiting hashes.
//!
//! The order of the waiting hashes is in [`crate::fair_queue`], the computation in [`crate::verification`].

mod cores;
mod durations;
mod turn;
mod wait;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use self::cores::Cores;
use self::durations::Durations;
pub use self::turn::Turn;
use crate::{Cost, PasswordRefusal, Random, Share};

/// The hash queue is full. Nothing was hashed; the caller may retry after a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be hashed")]
pub struct HashQueueFull;

/// Why a chosen password was not hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordError {
    /// The policy rejects the password.
    #[error(transparent)]
    Refused(#[from] PasswordRefusal),
    /// The hash queue is full.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
}

/// Limits on concurrent password hashes.
///
/// Measured on two cores: without limits a burst of log-ins takes every core and 2 GB of memory, and the median of a
/// page rises from 1.5 to 11 ms. With the default limits it stays at 1.1 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashLimits {
    /// The number of hashes that run at once. Default: the number of cores minus one, which is left to the pages, and
    /// at least one.
    pub running: NonZeroUsize,
    /// The number of requests that wait for a running hash to end. Default: 64, about 4.5 s of waiting on two cores,
    /// where one hash runs at a time and takes about 70 ms (`benches/hash.rs`). With 0 a request that finds no free
    /// core fails immediately. Which request fails when more wait is in [`Hasher::turn`].
    pub waiting: usize,
}

impl Default for HashLimits {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        Self { running: NonZeroUsize::new(cores - 1).unwrap_or(NonZeroUsize::MIN), waiting: 64 }
    }
}

/// Hashes and verifies passwords. Clones share the limits.
#[derive(Clone)]
pub struct Hasher(Arc<Shared>);

struct Shared {
    cost: Cost,
    random: Arc<dyn Random>,
    cores: Arc<Cores>,
    mismatches: Durations,
}

impl Hasher {
    /// A hasher with the default limits.
    #[must_use]
    pub fn new(cost: Cost, random: Arc<dyn Random>) -> Self {
        Self::with_limits(cost, random, HashLimits::default())
    }

    /// A hasher with the given limits.
    #[must_use]
    pub fn with_limits(cost: Cost, random: Arc<dyn Random>, limits: HashLimits) -> Self {
        Self(Arc::new(Shared { cost, random, cores: Cores::new(limits), mismatches: Durations::default() }))
    }

    /// Waits for a free core in the share's turn. A free core is taken at once.
    ///
    /// Shares take turns (see [`Share`]): the first request of a share waits for the running hashes, for at most one hash
    /// of each other network of its class, and for as many of the other class as of its own and one more. So the first
    /// request of a known browser waits for one hash of a stranger, however many of those are queued. Dropping the
    /// future leaves the queue.
    ///
    /// # Errors
    /// [`HashQueueFull`] if the queue is full: at once, or later if requests of smaller shares arrive. A full queue drops
    /// the newest request of the larger class's share that has most.
    pub async fn turn(&self, share: Share) -> Result<Turn, HashQueueFull> {
        let core = self.0.cores.acquire(share).await?;
        Ok(Turn::new(core, Arc::clone(&self.0)))
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("cost", &self.0.cost).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
