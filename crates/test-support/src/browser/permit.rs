//! Limits how many tests have browsers open at once. Each browser is a dozen processes; when more of them run than the
//! machine has cores, pages take longer than the tests wait.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::thread::{self, ThreadId};

use tokio::sync::{AcquireError, OnceCell, OwnedSemaphorePermit, Semaphore};

/// As many as a small machine has cores.
const MAX_TESTS_WITH_BROWSERS: usize = 2;

static PERMITS: LazyLock<Permits> = LazyLock::new(|| Permits::new(MAX_TESTS_WITH_BROWSERS));

/// A test's permit, which all its browsers share.
///
/// With a permit for each browser, two tests with two browsers each could both open their first and wait for each
/// other.
pub(super) struct Permit(OnceCell<OwnedSemaphorePermit>);

/// Waits for the permit of the calling test. A test is identified by its thread, on which its own future stays.
pub(super) async fn acquire() -> Result<Arc<Permit>, AcquireError> {
    PERMITS.acquire(thread::current().id()).await
}

struct Permits {
    semaphore: Arc<Semaphore>,
    by_test: Mutex<HashMap<ThreadId, Weak<Permit>>>,
}

impl Permits {
    fn new(count: usize) -> Self {
        Self { semaphore: Arc::new(Semaphore::new(count)), by_test: Mutex::default() }
    }

    async fn acquire(&self, test: ThreadId) -> Result<Arc<Permit>, AcquireError> {
        let permit = self.of(test);
        permit.0.get_or_try_init(|| Arc::clone(&self.semaphore).acquire_owned()).await?;
        Ok(permit)
    }

    /// The permit that the test has or waits for, or else a new one.
    fn of(&self, test: ThreadId) -> Arc<Permit> {
        let mut by_test = self.by_test.lock().unwrap_or_else(PoisonError::into_inner);
        by_test.get(&test).and_then(Weak::upgrade).unwrap_or_else(|| {
            let permit = Arc::new(Permit(OnceCell::new()));
            by_test.insert(test, Arc::downgrade(&permit));
            permit
        })
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// The test's permit, where it is available at once.
    fn try_acquire(permits: &Permits, test: ThreadId) -> Option<Arc<Permit>> {
        match std::pin::pin!(permits.acquire(test)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(permit) => Some(permit.unwrap()),
            Poll::Pending => None,
        }
    }

    #[test]
    fn test_waits_for_other_tests_and_never_for_itself() {
        let [one, two, three] = [(); 3].map(|()| thread::spawn(|| thread::current().id()).join().unwrap());
        let permits = Permits::new(2);
        let first = try_acquire(&permits, one).unwrap();
        let _second = try_acquire(&permits, two).unwrap();
        assert!(try_acquire(&permits, three).is_none(), "both permits are taken");
        let again = try_acquire(&permits, one).expect("a second browser of the same test");

        drop(first);
        assert!(try_acquire(&permits, three).is_none(), "one browser of the first test is still open");
        drop(again);
        assert!(try_acquire(&permits, three).is_some());
    }
}
