//! The memory budget: a byte semaphore that every request and response reserves from before it is buffered. Nothing waits
//! for it: a reservation succeeds, fails, or overdraws.

use tokio::sync::{Semaphore, SemaphorePermit};

/// The bytes that all connections together may buffer.
pub(crate) struct MemoryBudget {
    free: Semaphore,
    size: usize,
}

impl MemoryBudget {
    pub(crate) fn new(size: usize) -> Self {
        let size = size.min(Semaphore::MAX_PERMITS);
        Self { free: Semaphore::new(size), size }
    }

    /// Reserves `bytes`. Returns `false` and reserves nothing where fewer are free.
    pub(crate) fn try_reserve(&self, bytes: usize) -> bool {
        let permits = u32::try_from(bytes).ok().and_then(|bytes| self.free.try_acquire_many(bytes).ok());
        permits.map(SemaphorePermit::forget).is_some()
    }

    /// Reserves `bytes`, or as many as are free. Returns how many.
    pub(crate) fn reserve_up_to(&self, bytes: usize) -> usize {
        self.free.forget_permits(bytes)
    }

    /// Returns reserved bytes.
    pub(crate) fn release(&self, bytes: usize) {
        self.free.add_permits(bytes);
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
        let budget = MemoryBudget::new(100);
        assert!(budget.try_reserve(60) && !budget.try_reserve(41) && budget.try_reserve(40));
        assert!(!budget.try_reserve(1) && budget.try_reserve(0));
        budget.release(90);
        assert!(budget.try_reserve(90) && !budget.try_reserve(1));
        assert!(!MemoryBudget::new(usize::MAX).try_reserve(usize::MAX));
    }

    #[test]
    fn overdrawing_reserves_what_is_free() {
        let budget = MemoryBudget::new(100);
        assert_eq!([80, 50, 10].map(|bytes| budget.reserve_up_to(bytes)), [80, 20, 0]);
        budget.release(30);
        assert!(budget.try_reserve(30) && !budget.try_reserve(1));
    }

    #[test]
    fn budget_is_low_when_an_eighth_or_less_is_free() {
        let budget = MemoryBudget::new(80);
        assert!(budget.try_reserve(69) && !budget.is_low());
        assert!(budget.try_reserve(1) && budget.is_low());
    }
}
