//! Timestamps, and the clock as an argument. The system clock is not here.

use std::sync::Arc;
use std::time::Duration;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z. Both database engines store and sort it as an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time `millis` milliseconds after the epoch, or before it if negative.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The time since `earlier`. Zero if `earlier` is later, since the clock was set back.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    /// Adds a duration, truncated to milliseconds. Saturates at the greatest timestamp.
    fn add(self, later: Duration) -> Self {
        Self(i64::try_from(later.as_millis()).map_or(i64::MAX, |millis| self.0.saturating_add(millis)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    /// Subtracts a duration, truncated to milliseconds. Saturates at the least timestamp.
    fn sub(self, earlier: Duration) -> Self {
        Self(i64::try_from(earlier.as_millis()).map_or(i64::MIN, |millis| self.0.saturating_sub(millis)))
    }
}

/// A source of the current time. A program names the system clock once, at its start; tests use other clocks.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// A clock that always returns the same time.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_since_a_later_timestamp_is_zero() {
        let (early, late) = (Timestamp::from_millis(5), Timestamp::from_millis(9));
        assert_eq!(late.since(early), Duration::from_millis(4));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(
            Timestamp::from_millis(i64::MAX).since(Timestamp::from_millis(i64::MIN)),
            Duration::from_millis(i64::MAX as u64)
        );
    }

    #[test]
    fn addition_saturates() {
        assert_eq!(Timestamp::from_millis(1) + Duration::MAX, Timestamp::from_millis(i64::MAX));
    }
}
