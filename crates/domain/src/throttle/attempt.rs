//! An attempt that several limits count: allowed, refused quietly, or throttled.

use std::collections::BTreeMap;

use super::{Counter, Limit, ThrottleKey, Wait};
use crate::Timestamp;

/// What became of an attempt that is not throttled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Every limit allows it.
    Allowed,
    /// Only [quiet](Limit::is_quiet) limits refuse it. The other limits count it.
    QuietlyRefused,
}

/// An attempt that a limit refuses. No limit counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts")]
pub struct Throttled {
    /// The key of the limit that refuses for the longest time. Quiet limits are not among them.
    pub key: ThrottleKey,
    /// The time until that limit allows the next attempt.
    pub wait: Wait,
}

/// An attempt that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// What became of it.
    pub attempt: Attempt,
    /// The counters to store, in the order of their keys.
    pub counters: BTreeMap<ThrottleKey, Counter>,
}

impl Limit {
    /// Whether all of `limits` allow an attempt at `now`. `stored` returns the counter of a key, or [`Counter::EMPTY`].
    ///
    /// # Errors
    /// [`Throttled`]: a limit refuses that is not quiet.
    pub fn check_all(
        limits: &[Self],
        stored: impl Fn(ThrottleKey) -> Counter,
        now: Timestamp,
    ) -> Result<Attempt, Throttled> {
        Ok(Self::count_all(limits, stored, now)?.attempt)
    }

    /// Counts an attempt at `now` for all of `limits`. `stored` returns the counter of a key, or [`Counter::EMPTY`].
    ///
    /// The keys should differ: two limits of one key share its counter, and each counts the attempt.
    ///
    /// # Errors
    /// [`Throttled`]: a limit refuses that is not quiet. Nothing is to be stored.
    pub fn count_all(
        limits: &[Self],
        stored: impl Fn(ThrottleKey) -> Counter,
        now: Timestamp,
    ) -> Result<Counted, Throttled> {
        let (mut attempt, mut counters) = (Attempt::Allowed, BTreeMap::new());
        let mut throttled: Option<Throttled> = None;
        for Self { key, rule, is_quiet } in limits.iter().copied() {
            let before = counters.get(&key).copied().unwrap_or_else(|| stored(key));
            match rule.count(before, now) {
                Ok(after) => drop(counters.insert(key, after)),
                Err(_) if is_quiet => attempt = Attempt::QuietlyRefused,
                Err(wait) if throttled.is_none_or(|other| other.wait < wait) => {
                    throttled = Some(Throttled { key, wait });
                }
                Err(_) => {}
            }
        }
        throttled.map_or(Ok(Counted { attempt, counters }), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::throttle::LimitRule;

    const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);
    const ONCE_A_MINUTE: LimitRule = LimitRule::Window { limit: 1, period: Duration::from_mins(1) };
    const ONCE_AN_HOUR: LimitRule = LimitRule::Window { limit: 1, period: Duration::from_hours(1) };

    fn key(n: u8) -> ThrottleKey {
        ThrottleKey::new([n; 32])
    }

    fn limits() -> [Limit; 4] {
        [
            Limit::new(key(1), ONCE_A_MINUTE),
            Limit::new(key(2), ONCE_AN_HOUR),
            Limit::new(key(3), ONCE_A_MINUTE),
            Limit::quiet(key(4), ONCE_AN_HOUR),
        ]
    }

    /// The counters of `keys` have reached their limits at `NOW`.
    fn full(keys: &'static [u8]) -> impl Fn(ThrottleKey) -> Counter {
        |asked| {
            let limit = limits().into_iter().find(|limit| limit.key == asked).unwrap();
            let is_full = keys.iter().any(|n| key(*n) == asked);
            if is_full { limit.rule.count(Counter::EMPTY, NOW).unwrap() } else { Counter::EMPTY }
        }
    }

    #[test]
    fn allowed_attempt_counts_for_every_limit() {
        let counted = Limit::count_all(&limits(), full(&[]), NOW).unwrap();
        assert_eq!(counted.attempt, Attempt::Allowed);
        let keys: Vec<_> = counted.counters.keys().copied().collect();
        assert_eq!(keys, [key(1), key(2), key(3), key(4)]);
        assert!(counted.counters.values().all(|counter| counter.count == 1));
        assert_eq!(Limit::count_all(&[], full(&[]), NOW).unwrap().attempt, Attempt::Allowed);
    }

    #[test]
    fn refusal_names_the_longest_wait_of_visible_limits() {
        for (keys, refused) in [(&[1, 2, 3, 4], 2), (&[1, 3, 4], 1), (&[3, 4], 3)] as [(&'static [u8], u8); 3] {
            let throttled = Limit::count_all(&limits(), full(keys), NOW).unwrap_err();
            assert_eq!(throttled.key, key(refused), "{keys:?}");
            assert_eq!(Limit::check_all(&limits(), full(keys), NOW), Err(throttled));
        }
    }

    #[test]
    fn quiet_refusal_counts_for_the_other_limits() {
        let counted = Limit::count_all(&limits(), full(&[4]), NOW).unwrap();
        assert_eq!(counted.attempt, Attempt::QuietlyRefused);
        assert!(counted.counters.keys().copied().eq([key(1), key(2), key(3)]));
        assert_eq!(Limit::check_all(&limits(), full(&[4]), NOW), Ok(Attempt::QuietlyRefused));
    }

    #[test]
    fn limits_of_one_key_share_its_counter() {
        let twice = [Limit::new(key(1), LimitRule::Window { limit: 2, period: Duration::from_mins(1) }); 2];
        assert_eq!(Limit::count_all(&twice, full(&[]), NOW).unwrap().counters[&key(1)].count, 2);
        let once = [Limit::new(key(1), ONCE_A_MINUTE); 2];
        assert!(Limit::count_all(&once, full(&[]), NOW).is_err());
    }

    #[test]
    fn debug_hides_the_key() {
        assert_eq!(format!("{:?}", key(7)), "ThrottleKey(..)");
    }
}
