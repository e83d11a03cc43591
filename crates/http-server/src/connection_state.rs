//! What one connection waits for and since when, from which its deadline follows, and the memory that it has reserved.
//!
//! The socket, the service and the supervisor of a connection run in one task; only its request body may be read in
//! another. So the state is plain numbers, read and written without locks.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use crate::capacity::Capacity;
use crate::memory_budget::ReservedBytes;
use crate::next_head::NextHead;
use crate::timeouts::Timeouts;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The rest of a request head: its first byte has come, or it is the connection's first.
    Head,
    /// The first byte of the next request.
    Idle,
    /// The rest of a request body.
    Body,
    /// The endpoint, which gets an error when it reads on: the body exceeded its timeout.
    LateBody,
    /// The endpoint.
    Endpoint,
    /// The client, which still has to take the response.
    Response,
    /// The client, which still has to take the rest of the response: hyper has all of it.
    ResponseEnd,
    /// Nothing: what the client still sends is discarded for a while.
    Linger,
}

use Phase::{Body, Endpoint, Head, Idle, LateBody, Linger, Response, ResponseEnd};

const PHASES: [Phase; 8] = [Head, Idle, Body, LateBody, Endpoint, Response, ResponseEnd, Linger];

/// The state of one connection.
pub(crate) struct ConnectionState {
    capacity: Arc<Capacity>,
    created: Instant,
    phase: AtomicU8,
    /// When the phase began, in microseconds after `created`.
    since: AtomicU64,
    /// Bytes of the request body or of the response that have passed, or of an unread body that were discarded.
    transferred: AtomicU64,
    next_head: NextHead,
    has_unread_body: AtomicBool,
    body_reader: AtomicWaker,
    reserved: ReservedBytes,
}

impl ConnectionState {
    pub(crate) fn new(capacity: Arc<Capacity>) -> Self {
        Self {
            capacity,
            created: Instant::now(),
            phase: AtomicU8::new(Head as u8),
            since: AtomicU64::new(0),
            transferred: AtomicU64::new(0),
            next_head: NextHead::new(),
            has_unread_body: AtomicBool::new(false),
            body_reader: AtomicWaker::new(),
            reserved: ReservedBytes::new(0),
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        PHASES[usize::from(self.phase.load(Relaxed))]
    }

    fn enter(&self, phase: Phase) {
        self.since.store(u64::try_from(self.created.elapsed().as_micros()).unwrap_or(u64::MAX), Relaxed);
        self.transferred.store(0, Relaxed);
        self.phase.store(phase as u8, Relaxed);
    }

    /// Returns whether the phase was the first of these.
    fn replace(&self, from: Phase, to: Phase) -> bool {
        self.phase.compare_exchange(from as u8, to as u8, Relaxed, Relaxed).is_ok()
    }

    /// Until when the connection, or the body on it, may stay as it is. `None` while the endpoint works.
    pub(crate) fn deadline(&self, timeouts: &Timeouts) -> Option<Instant> {
        let allowed = match self.phase() {
            Head => timeouts.header,
            Idle => timeouts.idle,
            Body => timeouts.body.allowed(self.transferred.load(Relaxed)),
            Response | ResponseEnd => timeouts.write.allowed(self.transferred.load(Relaxed)),
            Linger => timeouts.linger.allowed(self.transferred.load(Relaxed)),
            LateBody | Endpoint => return None,
        };
        Some(self.created + Duration::from_micros(self.since.load(Relaxed)) + allowed)
    }

    /// The socket has read bytes.
    pub(crate) fn on_read(&self, bytes: &[u8]) {
        if self.phase() == Idle {
            self.enter(Head);
        }
        self.next_head.on_read(bytes);
    }

    /// The socket has written `count` bytes.
    pub(crate) fn on_write(&self, count: usize) {
        if matches!(self.phase(), Response | ResponseEnd) {
            self.transferred.fetch_add(count as u64, Relaxed);
        }
    }

    /// The socket has written all bytes that there are. If the next head has begun, its timeout starts now.
    pub(crate) fn on_flush(&self) {
        if self.phase() == ResponseEnd {
            self.capacity.release(&self.reserved);
            self.enter(if self.next_head.may_have_begun() { Head } else { Idle });
            self.next_head.begin();
        }
    }

    /// The socket has sent the end. Returns whether the client is likely to send more.
    pub(crate) fn begin_linger(&self) -> bool {
        let expects_more = self.has_unread_body() || self.phase() == Head;
        self.enter(Linger);
        expects_more
    }

    /// The socket has discarded `count` bytes after the end.
    pub(crate) fn on_discard(&self, count: usize) {
        self.transferred.fetch_add(count as u64, Relaxed);
    }

    /// A request head is complete. The length of its body is `None` if unknown.
    pub(crate) fn begin_request(&self, body_length: Option<u64>) {
        self.has_unread_body.store(false, Relaxed);
        self.next_head.on_request(body_length);
        self.enter(if body_length == Some(0) { Endpoint } else { Body });
    }

    /// Changes the connection's reservation of memory. Returns `false` where bytes are missing, unless it may overdraw.
    pub(crate) fn reserve(&self, bytes: usize, may_overdraw: bool) -> bool {
        self.capacity.reserve(&self.reserved, bytes, may_overdraw)
    }

    /// `count` bytes of the request body have come.
    pub(crate) fn on_body_bytes(&self, count: usize) {
        if self.phase() == Body {
            self.transferred.fetch_add(count as u64, Relaxed);
        }
    }

    /// The reader of the request body waits for more. Returns whether it exceeded its timeout; if not, the reader is woken
    /// when it does.
    pub(crate) fn wait_for_body(&self, reader: &Waker) -> bool {
        self.body_reader.register(reader);
        self.phase() == LateBody
    }

    /// The request body was read to its end, or dropped before.
    pub(crate) fn end_body(&self, is_read: bool) {
        if !is_read {
            self.has_unread_body.store(true, Relaxed);
        }
        self.replace(Body, Endpoint);
    }

    /// Whether the last request body was dropped before its end.
    pub(crate) fn has_unread_body(&self) -> bool {
        self.has_unread_body.load(Relaxed)
    }

    /// Expires the request body after its deadline: its reader gets an error. Returns whether a body was awaited.
    pub(crate) fn expire_body(&self) -> bool {
        let is_late = self.replace(Body, LateBody);
        if is_late {
            tracing::debug!(received_bytes = self.transferred.load(Relaxed), "request body exceeded its timeout");
            self.body_reader.wake();
        }
        is_late
    }

    /// The response is ready.
    pub(crate) fn begin_response(&self) {
        self.enter(Response);
    }

    /// hyper has all of the response.
    pub(crate) fn end_response(&self) {
        self.replace(Response, ResponseEnd);
    }
}

impl Drop for ConnectionState {
    fn drop(&mut self) {
        self.capacity.release(&self.reserved);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;
    use crate::limits::Limits;

    #[test]
    fn phase_is_found_by_its_number() {
        assert!(PHASES.iter().enumerate().all(|(number, phase)| *phase as usize == number));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn late_body_wakes_its_reader_in_another_task() {
        let state = Arc::new(ConnectionState::new(Capacity::new(&Limits::default())));
        for _ in 0..1_000 {
            state.begin_request(Some(5));
            let reading = Arc::clone(&state);
            let is_late =
                move |waker: &Waker| if reading.wait_for_body(waker) { Poll::Ready(()) } else { Poll::Pending };
            let reader = tokio::spawn(poll_fn(move |context| is_late(context.waker())));
            assert!(state.expire_body() && !state.expire_body());
            tokio::time::timeout(Duration::from_secs(10), reader).await.unwrap().unwrap();
        }
    }

    #[test]
    fn body_that_ends_after_its_response_began_changes_no_phase() {
        let state = ConnectionState::new(Capacity::new(&Limits::default()));
        state.begin_request(Some(5));
        state.begin_response();
        state.end_body(false);
        assert!(state.phase() == Response && state.has_unread_body() && !state.expire_body());
    }

    #[test]
    fn closed_connection_returns_its_memory() {
        let capacity = Capacity::new(&Limits { memory: 100, ..Limits::default() });
        for _ in 0..3 {
            let state = ConnectionState::new(Arc::clone(&capacity));
            assert!(state.reserve(100, false));
        }
    }
}
