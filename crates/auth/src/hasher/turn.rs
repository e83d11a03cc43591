//! A request's turn: one core for one job.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::credential::PasswordHash;
use tokio::task::{JoinError, spawn_blocking};
use zeroize::zeroize_stack;

use super::cores::Core;
use super::wait::wait_until;
use super::{HashQueueFull, NewPasswordError, Shared};
use crate::verification::{self, Verification, derive_key};
use crate::{Password, PasswordPolicy};

/// How many bytes of its thread's stack a job wipes at its end: more than a job uses for copies of a password, in a debug build
/// too. Found by reading the memory of a server (`memory_secrets` of the crate `load-tools`).
const USED_STACK: usize = 128 * 1024;

/// A request's turn in the hash queue: it holds one core, for one job.
///
/// Each method takes the turn. Dropping it without a job releases the core to the next request. So does dropping a
/// job's future before the job runs; a job that runs keeps its core until it ends, since it cannot be stopped.
///
/// What must happen before the hash and once per hash, such as counting an attempt, happens between
/// [`crate::Hasher::turn`] and the job. It holds a core, so it takes a few milliseconds at most.
#[must_use = "a turn that is dropped releases its core"]
pub struct Turn {
    core: Core,
    since: Instant,
    shared: Arc<Shared>,
}

impl Turn {
    pub(super) fn new(core: Core, shared: Arc<Shared>) -> Self {
        Self { core, since: Instant::now(), shared }
    }

    /// Counts work before the queue as part of the turn, so that its time does not show in a refusal's either.
    pub fn preceded_by(self, work: Duration) -> Self {
        Self { since: self.since.checked_sub(work).unwrap_or(self.since), ..self }
    }

    /// Checks a new password against the policy and hashes it at the current cost.
    ///
    /// `user_words` are as in [`PasswordPolicy::ensure_acceptable`]. The check is part of the job, since it too takes
    /// milliseconds of a core. [`PasswordPolicy::ensure_length`] takes none: call it before waiting for a turn.
    ///
    /// # Errors
    /// [`NewPasswordError::Refused`] if the policy rejects the password. [`NewPasswordError::HashQueueFull`] if the
    /// runtime is shutting down.
    pub async fn hash_new_password(
        self,
        policy: &PasswordPolicy,
        password: Password,
        user_words: Vec<String>,
    ) -> Result<PasswordHash, NewPasswordError> {
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
    /// [`HashQueueFull`] if the runtime is shutting down.
    pub async fn hash(self, password: Password) -> Result<PasswordHash, HashQueueFull> {
        self.run(move |shared| verification::hash(&password, shared.cost, &*shared.random, &mut derive_key)).await
    }

    /// Verifies a typed password against a stored hash, or against a dummy hash if there is none.
    ///
    /// Every kind of log-in calls this. All failures take the same time, unless the stored hash takes longer than one at
    /// the current cost: a failure ends when nine of ten recent mismatches would have ended, or when it was computed, if
    /// that takes longer. A hash of another program that takes less time is completed as [`Turn::pretend`] does it.
    ///
    /// # Errors
    /// [`HashQueueFull`] if the runtime is shutting down.
    pub async fn verify(self, password: Password, stored: Option<PasswordHash>) -> Result<Verification, HashQueueFull> {
        let since = self.since;
        self.run(move |shared| {
            let (cost, stored) = (shared.cost, stored.as_ref());
            let result = verification::verify(&password, stored, cost, &*shared.random, &mut derive_key);
            if matches!(result, Verification::Match { .. }) {
                return result;
            }
            let duration = since.elapsed();
            if !verification::takes_cost(stored, cost) {
                shared.imitate_mismatch(since, duration);
                return result;
            }
            if matches!(result, Verification::Mismatch) {
                shared.mismatches.record(duration);
            }
            shared.wait_until_usual(since, duration);
            result
        })
        .await
    }

    /// Takes as long as a [`Turn::verify`] that ends in a mismatch, without hashing.
    ///
    /// The computation is replaced by the duration of one of the last 64 mismatches at the current cost, picked at random;
    /// before the first one it is a dummy hash. The core is kept meanwhile, idle, as a verification would keep it busy:
    /// otherwise the time of several requests at once, which wait for each other's cores, would differ.
    ///
    /// # Errors
    /// [`HashQueueFull`] if the runtime is shutting down.
    pub async fn pretend(self) -> Result<(), HashQueueFull> {
        let since = self.since;
        self.run(move |shared| shared.imitate_mismatch(since, Duration::ZERO)).await
    }

    /// Runs `job` on a blocking thread. A panic of the job is resumed in the caller.
    pub(super) async fn run<T: Send + 'static>(
        self,
        job: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, HashQueueFull> {
        let result = spawn_blocking(move || {
            let Self { core: _core, shared, .. } = self; // owned by the running job, not by the future
            let result = run_job(job, &shared);
            zeroize_stack::<USED_STACK>();
            result
        });
        match result.await.map_err(JoinError::try_into_panic) {
            Ok(result) => Ok(result),
            Err(Ok(panic)) => resume_unwind(panic),
            Err(Err(_cancelled)) => Err(HashQueueFull), // the runtime is shutting down
        }
    }
}

/// Runs a job in a stack frame of its own, below that of the caller, who can then wipe it.
#[inline(never)]
fn run_job<T>(job: impl FnOnce(&Shared) -> T, shared: &Shared) -> T {
    job(shared)
}

impl Shared {
    /// Takes the time, from `since`, of a mismatch at the current cost whose computation took `duration` or longer.
    fn imitate_mismatch(&self, since: Instant, duration: Duration) {
        match self.mismatches.pick(&*self.random) {
            Some(picked) => self.wait_until_usual(since, picked.max(duration)),
            None => verification::compute_dummy(self.cost),
        }
    }

    /// Blocks until nine of ten mismatches that began at `since` would have ended, and at least for `duration` from then.
    fn wait_until_usual(&self, since: Instant, duration: Duration) {
        let usual = self.mismatches.usual().unwrap_or_default();
        wait_until(since + duration.max(usual));
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("since", &self.since).finish_non_exhaustive()
    }
}
