//! Hashing off the async threads, with limits on the running and the waiting hashes.
//!
//! The computation is in [`crate::verification`].

use std::fmt;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::available_parallelism;

use domain::credential::PasswordHash;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, spawn_blocking};

use crate::verification::{self, Verification, derive_key};
use crate::{Cost, Password, PasswordPolicy, PasswordRefusal, Random};

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
    /// core fails immediately.
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
    running: Arc<Semaphore>,
    waiting: Semaphore,
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
        let running = Arc::new(Semaphore::new(limits.running.get().min(Semaphore::MAX_PERMITS)));
        let waiting = Semaphore::new(limits.waiting.min(Semaphore::MAX_PERMITS));
        Self(Arc::new(Shared { cost, random, running, waiting }))
    }

    /// Checks a new password against the policy and hashes it at the current cost.
    ///
    /// `user_words` are as in [`PasswordPolicy::ensure_acceptable`].
    ///
    /// Check and hash are one job, since the check too blocks for milliseconds.
    ///
    /// # Errors
    /// [`NewPasswordError::Refused`] if the policy rejects the password; for its length before a job is queued.
    /// [`NewPasswordError::HashQueueFull`] immediately if the queue is full.
    pub async fn hash_new_password(
        &self,
        policy: &PasswordPolicy,
        password: Password,
        user_words: Vec<String>,
    ) -> Result<PasswordHash, NewPasswordError> {
        policy.ensure_length(&password)?;
        let policy = policy.clone();
        self.run(move |shared| {
            let user_words: Vec<_> = user_words.iter().map(String::as_str).collect();
            policy.ensure_acceptable(&password, &user_words)?;
            Ok(verification::hash(&password, shared.cost, &*shared.random, &mut derive_key))
        })
        .await?
    }

    /// Hashes a password at the current cost with a fresh salt, without a policy check.
    ///
    /// # Errors
    /// [`HashQueueFull`] immediately if the queue is full.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashQueueFull> {
        self.run(move |shared| verification::hash(&password, shared.cost, &*shared.random, &mut derive_key)).await
    }

    /// Verifies a typed password against a stored hash, or against a dummy hash if there is none.
    ///
    /// Every kind of log-in calls this. All failures take the same time, unless the stored hash has more rounds than
    /// the current cost.
    ///
    /// # Errors
    /// [`HashQueueFull`] immediately if the queue is full.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verification, HashQueueFull> {
        self.run(move |shared| {
            verification::verify(&password, stored.as_ref(), shared.cost, &*shared.random, &mut derive_key)
        })
        .await
    }

    /// Runs `job` on a blocking thread when a core is free.
    ///
    /// A future that is dropped while it waits leaves the queue. If it is dropped later, the job runs on and keeps its
    /// core, since a blocking job cannot be stopped. A panic of the job is resumed in the caller.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, HashQueueFull> {
        let permit = self.acquire_core().await?;
        let shared = Arc::clone(&self.0);
        let result = spawn_blocking(move || {
            let _permit = permit; // owned by the running job, not by the future that may be dropped
            job(&shared)
        });
        match result.await.map_err(JoinError::try_into_panic) {
            Ok(result) => Ok(result),
            Err(Ok(panic)) => resume_unwind(panic),
            Err(Err(_cancelled)) => Err(HashQueueFull), // the runtime is shutting down
        }
    }

    /// Waits for a free core, first come first served.
    async fn acquire_core(&self) -> Result<OwnedSemaphorePermit, HashQueueFull> {
        let running = &self.0.running;
        if let Ok(permit) = Arc::clone(running).try_acquire_owned() {
            return Ok(permit); // overtakes no waiter: a released permit goes to the first one
        }
        let _queued = self.0.waiting.try_acquire().map_err(|_| HashQueueFull)?;
        Arc::clone(running).acquire_owned().await.map_err(|_| HashQueueFull)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("cost", &self.0.cost).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
