//! What the server has left, connection slots and memory, and the server state that follows from it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};

use crate::limits::Limits;
use crate::memory_budget::{MemoryBudget, ReservedBytes};
use crate::timeouts::{ABORT_GRACE, OVERLOAD_LOG_INTERVAL};

/// What the server as a whole does now. Published to every connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerState {
    /// There is room.
    Accepting,
    /// A client waits for a connection slot, a descriptor or memory: timeouts are short.
    Saturated,
    /// A graceful shutdown has begun: no request is accepted any more, and the requests under way are finished.
    Draining,
    /// Every connection is closed now.
    Aborting,
}

/// The connection slots, the memory budget, and the server state.
pub(crate) struct Capacity {
    connections: u32,
    slots: Semaphore,
    memory: MemoryBudget,
    state: watch::Sender<ServerState>,
    shortages: LogInterval,
}

/// The right to serve one connection, until it is dropped.
pub(crate) struct ConnectionSlot(Arc<Capacity>);

impl Capacity {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            connections: limits.connections,
            slots: Semaphore::new(limits.connections as usize),
            memory: MemoryBudget::new(limits.memory),
            state: watch::Sender::new(ServerState::Accepting),
            shortages: LogInterval::default(),
        })
    }

    /// Waits for a free connection slot. To wait is saturation.
    pub(crate) async fn connection_slot(self: &Arc<Self>) -> ConnectionSlot {
        if self.slots.available_permits() == 0 {
            self.saturate();
        }
        if let Ok(permit) = self.slots.acquire().await {
            permit.forget(); // the slot's drop returns it; the semaphore is never closed
        }
        let slot = ConnectionSlot(Arc::clone(self));
        self.leave_saturation();
        slot
    }

    /// Changes a connection's reservation of memory. Where bytes are missing, the server is saturated. The result is then
    /// `false`, or, where the reservation may overdraw, it takes what is free.
    pub(crate) fn reserve(&self, reserved: &ReservedBytes, wanted: usize, may_overdraw: bool) -> bool {
        let fits = self.memory.reserve(reserved, wanted);
        if !fits {
            let overdrawn_bytes = if may_overdraw { self.memory.overdraw(reserved, wanted) } else { 0 };
            self.saturate();
            if self.shortages.is_due() {
                tracing::warn!(wanted_bytes = wanted, overdrawn_bytes, "memory budget used up");
            }
        }
        fits || may_overdraw
    }

    /// Returns what a connection has reserved.
    pub(crate) fn release(&self, reserved: &ReservedBytes) {
        self.memory.reserve(reserved, 0);
    }

    /// A client waits for a slot, a descriptor or memory.
    pub(crate) fn saturate(&self) {
        self.replace_state(ServerState::Accepting, ServerState::Saturated);
    }

    /// Ends saturation when more than an eighth of the slots and of the memory is free: at the first free slot, the state
    /// would change with every connection. Called when a connection begins or ends; under saturation idle connections
    /// close within 1 s.
    fn leave_saturation(&self) {
        if self.slots.available_permits() > self.connections as usize / 8 && !self.memory.is_low() {
            self.replace_state(ServerState::Saturated, ServerState::Accepting);
        }
    }

    fn replace_state(&self, from: ServerState, to: ServerState) {
        self.state.send_if_modified(|state| {
            let is_from = *state == from;
            if is_from {
                *state = to;
            }
            is_from
        });
    }

    /// The server state, and its changes from now on.
    pub(crate) fn server_state(&self) -> watch::Receiver<ServerState> {
        self.state.subscribe()
    }

    /// Drains the server, the second part of a graceful shutdown: waits until every connection is closed, at most
    /// [`Limits::drain`], and aborts the rest. A connection that does not even abort ends with the process.
    pub(crate) async fn drain(&self, limits: &Limits) {
        self.state.send_replace(ServerState::Draining);
        if timeout(limits.drain, self.slots.acquire_many(self.connections)).await.is_err() {
            let open = self.connections as usize - self.slots.available_permits();
            tracing::warn!(connections = open, "aborted connections after the drain timeout");
            self.state.send_replace(ServerState::Aborting);
            let _ = timeout(ABORT_GRACE, self.slots.acquire_many(self.connections)).await;
        }
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.0.slots.add_permits(1);
        self.0.leave_saturation();
    }
}

/// Spaces out log lines about overload.
#[derive(Default)]
pub(crate) struct LogInterval(Mutex<Option<Instant>>);

impl LogInterval {
    /// Whether the last line is long enough ago. If so, a line is written now.
    pub(crate) fn is_due(&self) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| last.elapsed() >= OVERLOAD_LOG_INTERVAL);
        if is_due {
            *last = Some(Instant::now());
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn capacity(connections: u32) -> Arc<Capacity> {
        Capacity::new(&Limits { connections, memory: 800, ..Limits::default() })
    }

    async fn slots(capacity: &Arc<Capacity>, count: usize) -> Vec<ConnectionSlot> {
        let mut slots = Vec::new();
        for _ in 0..count {
            slots.push(capacity.connection_slot().await);
        }
        slots
    }

    fn state(capacity: &Capacity) -> ServerState {
        *capacity.state.borrow()
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_client_saturates_until_an_eighth_of_the_slots_is_free() {
        let capacity = capacity(16);
        let mut slots = slots(&capacity, 16).await;
        assert_eq!(state(&capacity), ServerState::Accepting, "full, and no client waits");
        assert!(timeout(Duration::from_millis(10), capacity.connection_slot()).await.is_err());
        assert_eq!(state(&capacity), ServerState::Saturated);
        slots.truncate(14);
        assert_eq!(state(&capacity), ServerState::Saturated, "two are free");
        slots.pop();
        assert_eq!(state(&capacity), ServerState::Accepting, "without a new connection");
    }

    #[tokio::test]
    async fn missing_descriptor_saturates_until_a_connection_begins_or_ends() {
        let capacity = capacity(16);
        let mut slots = slots(&capacity, 2).await;
        for ends in [true, false] {
            capacity.saturate();
            assert_eq!(state(&capacity), ServerState::Saturated);
            if ends {
                slots.pop();
            } else {
                slots.push(capacity.connection_slot().await);
            }
            assert_eq!(state(&capacity), ServerState::Accepting);
        }
    }

    #[tokio::test]
    async fn missing_memory_saturates_until_an_eighth_of_it_is_free() {
        let (capacity, one, two) = (capacity(16), ReservedBytes::new(0), ReservedBytes::new(0));
        let slots = slots(&capacity, 2).await;
        assert!(capacity.reserve(&one, 760, false) && state(&capacity) == ServerState::Accepting);
        assert!(!capacity.reserve(&two, 41, false) && state(&capacity) == ServerState::Saturated);
        for (wanted, expected) in [(700, ServerState::Saturated), (699, ServerState::Accepting)] {
            assert!(capacity.reserve(&one, wanted, false));
            drop(capacity.connection_slot().await);
            assert_eq!(state(&capacity), expected, "{wanted} of 800 bytes");
        }
        drop(slots);
    }

    #[tokio::test]
    async fn reservation_that_must_be_made_overdraws_the_budget() {
        let (capacity, one, two) = (capacity(16), ReservedBytes::new(0), ReservedBytes::new(0));
        assert!(capacity.reserve(&one, 700, false) && capacity.reserve(&two, 900, true));
        assert_eq!((two.load(std::sync::atomic::Ordering::Relaxed), state(&capacity)), (100, ServerState::Saturated));
        capacity.release(&two);
        assert!(capacity.reserve(&one, 800, false));
    }

    #[tokio::test(start_paused = true)]
    async fn drain_ends_with_the_last_connection_or_after_its_timeout() {
        let (capacity, limits) = (capacity(2), Limits::default());
        let mut slots = slots(&capacity, 2).await;
        let begun = Instant::now();
        capacity.drain(&limits).await;
        assert_eq!(state(&capacity), ServerState::Aborting);
        assert_eq!(begun.elapsed().as_secs(), 11, "the drain timeout, and the abort grace");
        slots.clear();
        capacity.drain(&limits).await;
        assert_eq!((state(&capacity), begun.elapsed().as_secs()), (ServerState::Draining, 11));
    }

    #[tokio::test]
    async fn closed_connection_does_not_end_the_drain() {
        let capacity = capacity(2);
        let slots = slots(&capacity, 2).await;
        capacity.state.send_replace(ServerState::Draining);
        capacity.saturate();
        drop(slots);
        assert_eq!(state(&capacity), ServerState::Draining);
    }

    #[tokio::test(start_paused = true)]
    async fn overload_is_logged_once_in_10_s() {
        let interval = LogInterval::default();
        assert!(interval.is_due() && !interval.is_due());
        tokio::time::advance(OVERLOAD_LOG_INTERVAL).await;
        assert!(interval.is_due() && !interval.is_due());
    }
}
