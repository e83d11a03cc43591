//! A circuit breaker: while a server is away, one call probes it and all others fail immediately. Which server, and what a
//! call is, is not known here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::Error;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Circuit breaker around the acquiring of a connection.
///
/// Closed, it passes calls through. A call that fails with [`Error::PoolTimedOut`] opens it. Open, the next call becomes the
/// probe (half-open), and all others fail immediately with `PoolTimedOut` until the probe has ended. Any success closes it.
///
/// Without it each request would hold a connection slot of the HTTP server for as long as a pool waits, and the pool would
/// retry a server that refuses connections during all of that time.
///
/// There is no delay before a probe: a failing probe takes as long as the pool's acquire timeout.
#[derive(Debug, Clone)]
pub(crate) struct CircuitBreaker {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    is_open: AtomicBool,
    /// The one permit is taken by the probe.
    probe: Semaphore,
}

/// A call that the breaker has passed through.
pub(crate) struct Call<'b> {
    breaker: &'b CircuitBreaker,
    _probe: Option<SemaphorePermit<'b>>,
}

impl Call<'_> {
    /// Records how the call ended. A success closes the breaker, also that of a call that began before it opened.
    pub(crate) fn record<T>(self, result: &Result<T, Error>) {
        match result {
            Ok(_) => self.breaker.close(),
            Err(Error::PoolTimedOut) => self.breaker.shared.is_open.store(true, Ordering::Relaxed),
            Err(_) => {}
        }
    }
}

/// The state of a circuit breaker.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Calls pass.
    Closed,
    /// The next call will be the probe.
    Open,
    /// A probe is under way; other calls fail.
    HalfOpen,
}

impl CircuitBreaker {
    /// A closed circuit breaker.
    pub(crate) fn new() -> Self {
        Self { shared: Arc::new(Shared { is_open: AtomicBool::new(false), probe: Semaphore::new(1) }) }
    }

    /// Begins a call. Dropped without a record, as when the caller is dropped, a probe lets the next call probe.
    ///
    /// # Errors
    /// [`Error::PoolTimedOut`], immediately, while another call probes.
    pub(crate) fn begin(&self) -> Result<Call<'_>, Error> {
        let Shared { is_open, probe } = &*self.shared;
        let probe = if is_open.load(Ordering::Relaxed) {
            Some(probe.try_acquire().map_err(|_| Error::PoolTimedOut)?)
        } else {
            None
        };
        Ok(Call { breaker: self, _probe: probe })
    }

    /// Closes the breaker: the server has responded. Reads before it writes, since a write invalidates the cache line of
    /// every core.
    pub(crate) fn close(&self) {
        if self.shared.is_open.load(Ordering::Relaxed) {
            self.shared.is_open.store(false, Ordering::Relaxed);
        }
    }

    /// A circuit breaker whose probe never ends.
    #[cfg(test)]
    pub(crate) fn half_open() -> Self {
        let shared = Shared { is_open: AtomicBool::new(true), probe: Semaphore::new(0) };
        Self { shared: Arc::new(shared) }
    }

    #[cfg(test)]
    pub(crate) fn state(&self) -> State {
        match (self.shared.is_open.load(Ordering::Relaxed), self.shared.probe.available_permits()) {
            (false, _) => State::Closed,
            (true, 0) => State::HalfOpen,
            (true, _) => State::Open,
        }
    }
}

#[cfg(test)]
mod tests;
