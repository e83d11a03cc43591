//! Hashing off the async threads, with bounds on how much of it runs and waits. What is computed is
//! [`crate::verification`]'s; nothing here looks at a password.

use std::fmt;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::available_parallelism;

use domain::credential::PasswordHash;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::verification::{self, Verification, stretch};
use crate::{Cost, Password, PasswordPolicy, PasswordRefusal, Random};

/// So many are waiting for a hash that one more would wait too long. Try again in a moment; nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be hashed")]
pub struct HashQueueFull;

/// Why a chosen password was not hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordError {
    /// The policy refuses it.
    #[error(transparent)]
    Refused(#[from] PasswordRefusal),
    /// It could not be judged and hashed now.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
}

/// How many hashes run, and how many requests wait for one to end.
///
/// Without a bound a storm of log-ins takes every core and 2 GB of memory, and a page's median goes from 1.5 to 11 ms;
/// with this one it stays at 1.1 ms (measured on two cores).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashLimits {
    /// How many hashes run at once. By default all cores but one, which is left to the pages, and at least one.
    pub running: NonZeroUsize,
    /// How many requests wait beside them: 64 by default, some 6 s on two cores. With 0 nobody waits.
    pub waiting: usize,
}

impl Default for HashLimits {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        Self { running: NonZeroUsize::new(cores - 1).unwrap_or(NonZeroUsize::MIN), waiting: 64 }
    }
}

/// Hashes and verifies passwords. A clone shares its limits.
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

    /// A hasher with other limits.
    #[must_use]
    pub fn with_limits(cost: Cost, random: Arc<dyn Random>, limits: HashLimits) -> Self {
        let running = Arc::new(Semaphore::new(limits.running.get().min(Semaphore::MAX_PERMITS)));
        let waiting = Semaphore::new(limits.waiting.min(Semaphore::MAX_PERMITS));
        Self(Arc::new(Shared { cost, random, running, waiting }))
    }

    /// Judges a password that somebody chooses, whose own words are `own_words` (see [`PasswordPolicy::check`]), and
    /// hashes it at today's cost: one job, since judging too is work that an async thread must not wait for.
    ///
    /// # Errors
    /// [`NewPasswordError::Refused`] where the policy refuses it, for its length at once, whatever waits;
    /// [`NewPasswordError::HashQueueFull`] at once where the queue is full.
    pub async fn hash_new_password(
        &self,
        policy: &PasswordPolicy,
        password: Password,
        own_words: Vec<String>,
    ) -> Result<PasswordHash, NewPasswordError> {
        policy.check_length(&password)?;
        let policy = policy.clone();
        self.run(move |shared| {
            let own_words: Vec<_> = own_words.iter().map(String::as_str).collect();
            policy.check(&password, &own_words)?;
            Ok(verification::hash(&password, shared.cost, &*shared.random, &mut stretch))
        })
        .await?
    }

    /// Hashes a password at today's cost, under a fresh salt, without asking whether it may be chosen.
    ///
    /// # Errors
    /// [`HashQueueFull`] at once where the queue is full.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashQueueFull> {
        self.run(move |shared| verification::hash(&password, shared.cost, &*shared.random, &mut stretch)).await
    }

    /// Holds a typed password against a stored hash, or against nothing where nobody has that name. Every path to a
    /// log-in goes through here: all of them take the same time, unless the stored hash is dearer than today's cost.
    ///
    /// # Errors
    /// [`HashQueueFull`] at once where the queue is full.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verification, HashQueueFull> {
        self.run(move |shared| {
            verification::verify(&password, stored.as_ref(), shared.cost, &*shared.random, &mut stretch)
        })
        .await
    }

    /// Runs `job` when it is its turn. Dropped while waiting, it leaves the queue; dropped later, the job runs on and
    /// keeps its core, since nothing can stop it. A job that panics panics here, with its core given back.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, HashQueueFull> {
        let core = self.core().await?;
        let shared = Arc::clone(&self.0);
        let answer = spawn_blocking(move || {
            let _core = core; // held by the thread that works, not by the future that may be dropped
            job(&shared)
        });
        match answer.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(answer) => Ok(answer),
            Err(Ok(panic)) => resume_unwind(panic),
            Err(Err(_cancelled)) => Err(HashQueueFull), // the runtime is shutting down
        }
    }

    /// Waits for a core, in turn.
    async fn core(&self) -> Result<OwnedSemaphorePermit, HashQueueFull> {
        let running = &self.0.running;
        if let Ok(core) = Arc::clone(running).try_acquire_owned() {
            return Ok(core); // none is free while others wait: a core given back goes to the first of them
        }
        let _place = self.0.waiting.try_acquire().map_err(|_| HashQueueFull)?;
        Arc::clone(running).acquire_owned().await.map_err(|_| HashQueueFull)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("cost", &self.0.cost).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::iter;
    use std::pin::{Pin, pin};
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use super::*;
    use crate::Warning;
    use crate::random::fake::Counting;

    fn hasher(running: usize, waiting: usize) -> Hasher {
        let limits = HashLimits { running: NonZeroUsize::new(running).unwrap(), waiting };
        Hasher::with_limits(Cost::for_tests(), Arc::new(Counting::default()), limits)
    }

    fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    fn typed(text: &str) -> Password {
        Password::parse(text.to_owned()).unwrap()
    }

    /// A request whose job has begun and lasts until the sender is dropped.
    fn begun(hasher: &Hasher) -> (Pin<Box<impl Future<Output = Result<(), HashQueueFull>> + use<>>>, mpsc::Sender<()>) {
        let (end, ended) = mpsc::channel::<()>();
        let hasher = hasher.clone();
        let mut request = Box::pin(async move { hasher.run(move |_| _ = ended.recv()).await });
        assert!(poll(request.as_mut()).is_pending());
        (request, end)
    }

    #[tokio::test]
    async fn a_hash_verifies_and_another_password_does_not() {
        let hasher = hasher(1, 0);
        let stored = hasher.hash(typed("cafe\u{301}")).await.unwrap();
        let found = hasher.verify(typed("caf\u{e9}"), Some(stored.clone())).await;
        assert!(matches!(found, Ok(Verification::Match { rehash: None })));
        assert!(matches!(hasher.verify(typed("cafe"), Some(stored)).await, Ok(Verification::Mismatch)));
        assert!(matches!(hasher.verify(typed("cafe"), None).await, Ok(Verification::Mismatch)));
    }

    #[tokio::test]
    async fn a_chosen_password_is_judged_with_its_own_words_then_hashed() {
        let (hasher, policy) = (hasher(1, 0), PasswordPolicy::default());
        let choose = |text, own: &str| hasher.hash_new_password(&policy, typed(text), vec![own.to_owned()]);
        let stored = choose("zorblatt-quim", "ada").await.unwrap();
        let found = hasher.verify(typed("zorblatt-quim"), Some(stored)).await;
        assert!(matches!(found, Ok(Verification::Match { rehash: None })));
        let refused = choose("zorblatt-quim", "quim@zorblatt.example").await.unwrap_err();
        assert_eq!(refused, PasswordRefusal::Guessable { warning: Some(Warning::OwnWord) }.into());
    }

    #[tokio::test]
    async fn only_a_choice_of_a_wrong_length_needs_no_core() {
        let (hasher, policy) = (hasher(1, 0), PasswordPolicy::default());
        let (_running, _end) = begun(&hasher);
        let choose = |text| hasher.hash_new_password(&policy, typed(text), Vec::new());
        assert_eq!(choose("otter").await.unwrap_err(), PasswordRefusal::TooShort { min: 8 }.into());
        assert_eq!(choose("password").await.unwrap_err(), HashQueueFull.into());
    }

    #[tokio::test]
    async fn a_full_queue_is_busy_at_once_and_those_who_leave_make_room() {
        let hasher = hasher(1, 64);
        let (running, end) = begun(&hasher);
        let mut waiting: Vec<_> = iter::repeat_with(|| Box::pin(hasher.hash(typed("otter")))).take(64).collect();
        assert!(waiting.iter_mut().all(|request| poll(request.as_mut()).is_pending()));
        assert!(matches!(poll(pin!(hasher.hash(typed("otter")))), Poll::Ready(Err(HashQueueFull))));

        for _ in 0..10_000 {
            let at = waiting.len() / 2;
            drop(waiting.remove(at));
            waiting.push(Box::pin(hasher.hash(typed("otter"))));
            assert!(poll(waiting.last_mut().unwrap().as_mut()).is_pending());
        }

        drop(end);
        running.await.unwrap();
        for request in waiting {
            request.await.unwrap();
        }
        assert_eq!((hasher.0.running.available_permits(), hasher.0.waiting.available_permits()), (1, 64));
    }

    #[tokio::test]
    async fn an_abandoned_job_keeps_its_core_until_it_is_done() {
        let hasher = hasher(1, 0);
        let (running, end) = begun(&hasher);
        drop(running);
        assert_eq!(hasher.hash(typed("otter")).await.unwrap_err(), HashQueueFull);

        drop(end);
        let core = tokio::time::timeout(Duration::from_secs(10), hasher.0.running.acquire()).await;
        drop(core.expect("the core comes back").unwrap());
        hasher.hash(typed("otter")).await.unwrap();
    }

    #[tokio::test]
    async fn a_job_that_panics_gives_its_core_back_and_tells() {
        let hasher = hasher(1, 0);
        let other = hasher.clone();
        let told = tokio::spawn(async move { other.run(|_| panic!("no entropy")).await }).await;
        assert!(told.unwrap_err().is_panic());
        hasher.hash(typed("otter")).await.unwrap();
    }

    #[test]
    fn one_core_is_left_to_the_pages() {
        let cores = available_parallelism().unwrap().get();
        let limits = HashLimits::default();
        assert_eq!((limits.running.get(), limits.waiting), ((cores - 1).max(1), 64));
    }
}
