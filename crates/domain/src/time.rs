//! Moments in time, and the clock as an argument. The system's clock is not here.

use std::sync::Arc;
use std::time::Duration;

/// A moment: milliseconds since 1970-01-01T00:00:00Z. Both engines store and sort it as the same whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment that many milliseconds after the epoch (before it, when negative).
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds after the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero when a clock was set back in between.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    /// The moment that much later, to the millisecond; the end of time when there is none.
    fn add(self, later: Duration) -> Self {
        Self(i64::try_from(later.as_millis()).map_or(i64::MAX, |millis| self.0.saturating_add(millis)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    /// The moment that much earlier, to the millisecond; the beginning of time when there is none.
    fn sub(self, earlier: Duration) -> Self {
        Self(i64::try_from(earlier.as_millis()).map_or(i64::MIN, |millis| self.0.saturating_sub(millis)))
    }
}

/// Where the time comes from. The system's clock is named once, where a program starts; tests bring their own.
pub trait Clock: Send + Sync {
    /// The moment it is now.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// A clock that stands still.
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
    fn a_clock_set_back_gives_no_time_passed_and_no_panic() {
        let (early, late) = (Timestamp::from_millis(5), Timestamp::from_millis(9));
        assert_eq!(late.since(early), Duration::from_millis(4));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(
            Timestamp::from_millis(i64::MAX).since(Timestamp::from_millis(i64::MIN)),
            Duration::from_millis(i64::MAX as u64)
        );
    }

    #[test]
    fn the_end_of_time_is_not_passed() {
        assert_eq!(Timestamp::from_millis(1) + Duration::MAX, Timestamp::from_millis(i64::MAX));
    }
}
