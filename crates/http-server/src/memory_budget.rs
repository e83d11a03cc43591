//! The memory budget, a memory limit for the whole server: a byte semaphore that every request and response reserves from.
//! Nothing waits for it: a reservation succeeds, fails, or overdraws.
//!
//! Only a request body is reserved before it is buffered. Two things are outside of the budget for a while:
//!
//! - A head. hyper has buffered it, up to 2 × `Limits::head_size`, before it is parsed and reserved. With the default limits,
//!   1,024 connections with half a head each buffer 1,024 × 32 KiB = 32 MiB beside the budget of 64 MiB (measured: 52 MiB, with
//!   spare capacity of the buffers and the state of the connections). The header timeout bounds how long.
//! - A response. The endpoint has made it before its size is known and reserved. Without memory for it, it is dropped and
//!   replaced by a 503, or sent all the same where its request may have changed something.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::{Semaphore, SemaphorePermit};

/// The bytes that all connections may reserve in all.
pub(crate) struct MemoryBudget {
    free: Semaphore,
    size: usize,
}

/// What one connection has reserved, in bytes. Only the connection's own task changes it.
pub(crate) type ReservedBytes = AtomicUsize;

impl MemoryBudget {
    pub(crate) fn new(size: usize) -> Self {
        let size = size.min(Semaphore::MAX_PERMITS);
        Self { free: Semaphore::new(size), size }
    }

    /// Changes a reservation to `wanted` bytes. Returns `false` and changes nothing where fewer are free.
    pub(crate) fn reserve(&self, reserved: &ReservedBytes, wanted: usize) -> bool {
        let held = reserved.load(Relaxed);
        if wanted > held {
            let permits = u32::try_from(wanted - held).ok().and_then(|bytes| self.free.try_acquire_many(bytes).ok());
            if permits.map(SemaphorePermit::forget).is_none() {
                return false;
            }
        } else if wanted < held {
            self.free.add_permits(held - wanted);
        }
        reserved.store(wanted, Relaxed);
        true
    }

    /// Enlarges a reservation to `wanted` bytes as far as they are free. Returns how many are missing.
    pub(crate) fn overdraw(&self, reserved: &ReservedBytes, wanted: usize) -> usize {
        let missing = wanted.saturating_sub(reserved.load(Relaxed));
        let granted = self.free.forget_permits(missing);
        reserved.fetch_add(granted, Relaxed);
        missing - granted
    }

    /// Whether an eighth of the budget or less is free.
    pub(crate) fn is_low(&self) -> bool {
        self.free.available_permits() <= self.size / 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reservation_fails_when_bytes_are_missing_and_changes_nothing() {
        let (budget, one, two) = (MemoryBudget::new(100), ReservedBytes::new(0), ReservedBytes::new(0));
        assert!(budget.reserve(&one, 60) && !budget.reserve(&two, 41) && budget.reserve(&two, 40));
        assert!(!budget.reserve(&one, 61) && budget.reserve(&one, 0) && budget.reserve(&two, 100));
        assert_eq!((one.into_inner(), two.into_inner()), (0, 100));
        assert!(!MemoryBudget::new(usize::MAX).reserve(&ReservedBytes::new(0), usize::MAX));
    }

    #[test]
    fn overdrawing_reserves_what_is_free() {
        let (budget, one, two) = (MemoryBudget::new(100), ReservedBytes::new(0), ReservedBytes::new(0));
        assert!(budget.reserve(&one, 60) && budget.reserve(&two, 30));
        assert_eq!((budget.overdraw(&one, 90), one.load(Relaxed)), (20, 70));
        assert_eq!((budget.overdraw(&two, 40), two.load(Relaxed)), (10, 30));
        assert!(budget.reserve(&one, 0) && budget.reserve(&two, 100));
    }

    #[test]
    fn budget_is_low_when_an_eighth_or_less_is_free() {
        let (budget, one) = (MemoryBudget::new(80), ReservedBytes::new(0));
        assert!(budget.reserve(&one, 69) && !budget.is_low());
        assert!(budget.reserve(&one, 70) && budget.is_low());
    }
}
