//! The cores that hash: how many jobs run at once, and which request gets the next free core.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{HashLimits, HashQueueFull};
use crate::Share;
use crate::fair_queue::{FairQueue, Ticket};

/// The free cores and the requests that wait for one. While a request waits, no core is free.
pub(super) struct Cores(Mutex<State>);

struct State {
    free: usize,
    waiting: FairQueue<oneshot::Sender<Core>>,
}

/// One of the cores. Dropping it releases it to the request whose turn it is.
pub(super) struct Core(Arc<Cores>);

impl Cores {
    pub(super) fn new(limits: HashLimits) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { free: limits.running.get(), waiting: FairQueue::new(limits.waiting) })))
    }

    /// Takes a free core, or waits for one in the share's turn.
    ///
    /// Dropping the future leaves the queue, or releases the core that it got meanwhile.
    ///
    /// # Errors
    /// [`HashQueueFull`] if the queue drops the request, on its arrival or later.
    pub(super) async fn acquire(self: &Arc<Self>, share: Share) -> Result<Core, HashQueueFull> {
        let (_place, granted) = match self.enter(share) {
            Ok(core) => return Ok(core),
            Err(queued) => queued,
        };
        granted.await.map_err(|_dropped| HashQueueFull)
    }

    /// A free core, or else a place in the queue and the channel that the core comes by.
    fn enter(self: &Arc<Self>, share: Share) -> Result<Core, (Place<'_>, oneshot::Receiver<Core>)> {
        let mut state = self.state();
        if let Some(rest) = state.free.checked_sub(1) {
            state.free = rest;
            return Ok(Core(Arc::clone(self)));
        }
        let (sender, granted) = oneshot::channel();
        let (ticket, dropped) = state.waiting.push(share, sender);
        drop(state);
        drop(dropped); // closes the channel of the dropped request, which may be this one
        Err((Place { cores: self, ticket }, granted))
    }

    /// The lock is held for a few microseconds, and never over an await.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.state().free
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting.length()
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let mut state = self.0.state();
        let Some(next) = state.waiting.pop() else {
            state.free += 1;
            return;
        };
        drop(state);
        // The core comes back, and is dropped here, if the next request has just left.
        let _ = next.send(Self(Arc::clone(&self.0)));
    }
}

/// A place in the queue. Dropping it leaves the queue.
struct Place<'a> {
    cores: &'a Cores,
    ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let left = self.cores.state().waiting.cancel(self.ticket);
        drop(left);
    }
}
