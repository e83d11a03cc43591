//! The three rules, over one counter each.

use std::time::Duration;

use crate::Timestamp;

/// How far the clocks of two processes may differ, and how much later than its rule says a wait may end after the clock was
/// set back.
///
/// A counter that expires later still was counted before the clock was set back further. Its age is not known: the rule
/// allows the next attempt, which dates the counter again.
const CLOCK_TOLERANCE: Duration = Duration::from_mins(1);

/// For how long a [`LimitRule::Delay`] remembers attempts: 24 hours after the last.
const DELAY_LIFETIME: Duration = Duration::from_hours(24);

/// For how long a [`LimitRule::Delay`] remembers attempts that are free: 15 minutes after the last. A stranger can leave one such
/// counter for each name, so they must not stay for a day.
const FREE_LIFETIME: Duration = Duration::from_mins(15);

/// A rule for how often a key may be counted.
///
/// A refused attempt is not counted, so that refusing an attempt extends no wait. A `limit` of 0 refuses every attempt.
/// Durations count in whole milliseconds, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitRule {
    /// At most `limit` attempts in a window of time that begins with its first attempt.
    Window {
        /// The most attempts of a window.
        limit: u32,
        /// The length of a window.
        period: Duration,
    },
    /// The first attempts at once; then a wait of 1, 2, 4 … seconds after the last, up to `longest`. The first ones are free again
    /// 24 hours after the last attempt; 15 minutes after it, if none had to wait.
    Delay {
        /// The number of attempts without a wait; 0 counts as 1.
        free: u32,
        /// The longest wait, at most 24 hours.
        longest: Duration,
    },
    /// At most `limit` attempts without a rest.
    Consecutive {
        /// The most attempts.
        limit: u32,
        /// How long after the last attempt the count starts again.
        rest: Duration,
    },
}

/// What is stored of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// The number of counted attempts.
    pub count: u32,
    /// From then on the counter counts as empty, and may be removed.
    pub expires_at: Timestamp,
}

/// The time until an attempt is allowed, at least 1 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait(Duration);

/// A counter as a rule sees it.
struct Current {
    count: u32,
    /// The time since a window's first attempt, or since the last attempt of the other rules.
    age: Duration,
}

impl LimitRule {
    /// Whether an attempt at `now` is allowed.
    ///
    /// # Errors
    /// [`Wait`]: the attempt is refused.
    pub fn check(self, counter: Counter, now: Timestamp) -> Result<(), Wait> {
        self.count(counter, now).map(drop)
    }

    /// Counts an attempt at `now`.
    ///
    /// # Errors
    /// [`Wait`]: the attempt is refused, and the counter is unchanged.
    pub fn count(self, counter: Counter, now: Timestamp) -> Result<Counter, Wait> {
        let Current { count, age } = self.current(counter, now);
        let wait = match self {
            Self::Window { limit, .. } | Self::Consecutive { limit, .. } if count < limit => Duration::ZERO,
            Self::Window { .. } | Self::Consecutive { .. } => self.lifetime(count).saturating_sub(age),
            Self::Delay { free, longest } => delay(count, free).min(longest).min(DELAY_LIFETIME).saturating_sub(age),
        };
        if !wait.is_zero() {
            return Err(Wait(wait));
        }
        let count = count.saturating_add(1);
        let lifetime = match self {
            Self::Window { .. } => self.lifetime(count).saturating_sub(age),
            Self::Delay { .. } | Self::Consecutive { .. } => self.lifetime(count),
        };
        Ok(Counter { count, expires_at: now + lifetime })
    }

    /// For how long a counter of `count` attempts lives: after a window's first attempt, or after the last attempt of the other rules.
    fn lifetime(self, count: u32) -> Duration {
        let lifetime = match self {
            Self::Window { period, .. } => period,
            Self::Delay { free, .. } if count < free => FREE_LIFETIME,
            Self::Delay { .. } => DELAY_LIFETIME,
            Self::Consecutive { rest, .. } => rest,
        };
        lifetime.max(Duration::from_millis(1))
    }

    /// The counter at `now`. An age below zero counts as zero: another process counted, whose clock is ahead.
    fn current(self, counter: Counter, now: Timestamp) -> Current {
        let latest = now + self.lifetime(counter.count);
        if counter.count == 0 || counter.expires_at <= now {
            Current { count: 0, age: Duration::ZERO }
        } else if counter.expires_at > latest + CLOCK_TOLERANCE {
            Current { count: counter.count.min(self.most_before_a_wait()), age: Duration::ZERO }
        } else {
            Current { count: counter.count, age: latest.since(counter.expires_at) }
        }
    }

    /// The highest count at which the next attempt is allowed at once.
    fn most_before_a_wait(self) -> u32 {
        match self {
            Self::Window { limit, .. } | Self::Consecutive { limit, .. } => limit.saturating_sub(1),
            Self::Delay { free, .. } => free.saturating_sub(1),
        }
    }
}

/// The wait after `count` attempts: 1 s after the last free one, and twice as long after each further one.
fn delay(count: u32, free: u32) -> Duration {
    match count.checked_sub(free.max(1)) {
        Some(waits) => Duration::from_secs(1_u64.checked_shl(waits).unwrap_or(u64::MAX)),
        None => Duration::ZERO,
    }
}

impl Counter {
    /// The counter of a key that was not counted, or of which no row is stored.
    pub const EMPTY: Self = Self { count: 0, expires_at: Timestamp::from_millis(i64::MIN) };

    /// The counter without one of its attempts. An empty counter stays empty.
    #[must_use]
    pub fn give_back(self) -> Self {
        Self { count: self.count.saturating_sub(1), ..self }
    }
}

impl Wait {
    /// The exact time.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// The time in whole seconds, rounded up, for a `Retry-After` header (RFC 9110, 10.2.3). At least 1.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0.as_secs().saturating_add(u64::from(self.0.subsec_nanos() > 0))
    }
}

#[cfg(test)]
mod tests;
