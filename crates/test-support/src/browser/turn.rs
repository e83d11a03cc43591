//! How many tests have browsers open at once: each browser is a dozen processes, and where more of them run than the machine
//! has cores for, a page takes longer than anybody waits for it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::thread::{self, ThreadId};

use tokio::sync::{AcquireError, OnceCell, OwnedSemaphorePermit, Semaphore};

/// As many as a small machine has cores.
const AT_ONCE: usize = 2;

static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::of(AT_ONCE));

/// A test's turn, which all its browsers share: if each waited for one of its own, two tests of two browsers each could
/// both have their first, and wait for each other.
pub(super) struct Turn(OnceCell<OwnedSemaphorePermit>);

/// Waits for the turn of the test that asks. A test is known by its thread, on which its own future stays.
pub(super) async fn wait() -> Result<Arc<Turn>, AcquireError> {
    TURNS.wait(thread::current().id()).await
}

struct Turns {
    free: Arc<Semaphore>,
    taken: Mutex<HashMap<ThreadId, Weak<Turn>>>,
}

impl Turns {
    fn of(count: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(count)), taken: Mutex::default() }
    }

    async fn wait(&self, test: ThreadId) -> Result<Arc<Turn>, AcquireError> {
        let turn = self.turn(test);
        turn.0.get_or_try_init(|| Arc::clone(&self.free).acquire_owned()).await?;
        Ok(turn)
    }

    /// The turn that a test has or waits for, or else a new one.
    fn turn(&self, test: ThreadId) -> Arc<Turn> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.get(&test).and_then(Weak::upgrade).unwrap_or_else(|| {
            let turn = Arc::new(Turn(OnceCell::new()));
            taken.insert(test, Arc::downgrade(&turn));
            turn
        })
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// A test's turn, where it comes at once.
    fn turn(turns: &Turns, test: ThreadId) -> Option<Arc<Turn>> {
        match std::pin::pin!(turns.wait(test)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(turn) => Some(turn.unwrap()),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_test_waits_for_another_and_never_for_itself() {
        let [one, two, three] = [(); 3].map(|()| thread::spawn(|| thread::current().id()).join().unwrap());
        let turns = Turns::of(2);
        let first = turn(&turns, one).unwrap();
        let _second = turn(&turns, two).unwrap();
        assert!(turn(&turns, three).is_none(), "two are at it");
        let again = turn(&turns, one).expect("a second browser of the same test");

        drop(first);
        assert!(turn(&turns, three).is_none(), "one of its browsers is still open");
        drop(again);
        assert!(turn(&turns, three).is_some());
    }
}
