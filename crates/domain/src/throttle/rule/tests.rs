//! Examples of each rule, and properties of all of them.

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

const WINDOW: LimitRule = LimitRule::Window { limit: 3, period: MINUTE };
const DELAY: LimitRule = LimitRule::Delay { free: 5, longest: Duration::from_mins(15) };
const CONSECUTIVE: LimitRule = LimitRule::Consecutive { limit: 100, rest: DAY };

/// The counter after attempts at the given times, each of which is allowed.
fn counted(rule: LimitRule, times: impl IntoIterator<Item = Timestamp>) -> Counter {
    times.into_iter().fold(Counter::EMPTY, |counter, at| rule.count(counter, at).unwrap())
}

fn wait(rule: LimitRule, counter: Counter, now: Timestamp) -> Duration {
    rule.check(counter, now).map_or_else(Wait::duration, |()| Duration::ZERO)
}

#[test]
fn window_begins_with_its_first_attempt() {
    let full = counted(WINDOW, [NOW, NOW + SECOND, NOW + SECOND * 2]);
    assert_eq!(full, Counter { count: 3, expires_at: NOW + MINUTE });
    assert_eq!(wait(WINDOW, full, NOW + SECOND * 2), SECOND * 58);
    assert_eq!(wait(WINDOW, full, NOW + MINUTE - Duration::from_millis(1)), Duration::from_millis(1));
    let next = WINDOW.count(full, NOW + MINUTE).unwrap();
    assert_eq!(next, Counter { count: 1, expires_at: NOW + MINUTE * 2 });
}

#[test]
fn delay_doubles_after_five_free_attempts() {
    let (mut counter, mut now) = (counted(DELAY, [NOW; 5]), NOW);
    for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        assert_eq!(wait(DELAY, counter, now), SECOND * seconds);
        assert_eq!(wait(DELAY, counter, now + SECOND / 2) + SECOND / 2, SECOND * seconds);
        now = now + SECOND * seconds;
        counter = DELAY.count(counter, now).unwrap();
        assert_eq!(counter.expires_at, now + DAY);
    }
    assert_eq!(DELAY.count(counter, now + DAY).unwrap().count, 1);
}

#[test]
fn free_attempts_of_a_delay_are_forgotten_after_fifteen_minutes() {
    let four = counted(DELAY, [NOW; 4]);
    assert_eq!(four, Counter { count: 4, expires_at: NOW + MINUTE * 15 });
    assert_eq!(DELAY.count(four, NOW + MINUTE * 15).unwrap().count, 1);
    let fifth = DELAY.count(four, NOW + MINUTE * 14).unwrap();
    assert_eq!(fifth, Counter { count: 5, expires_at: NOW + MINUTE * 14 + DAY });
    assert_eq!(wait(DELAY, fifth, NOW + MINUTE * 14), SECOND);
}

#[test]
fn consecutive_attempts_end_with_a_rest() {
    let times = (0..100).map(|n| NOW + HOUR * n);
    let (full, last) = (counted(CONSECUTIVE, times), NOW + HOUR * 99);
    assert_eq!(wait(CONSECUTIVE, full, last), DAY);
    assert_eq!(wait(CONSECUTIVE, full, last + HOUR), HOUR * 23);
    assert_eq!(CONSECUTIVE.count(full, last + DAY).unwrap(), Counter { count: 1, expires_at: last + DAY * 2 });
}

#[test]
fn given_back_attempt_is_free_again() {
    let full = counted(WINDOW, [NOW; 3]);
    assert_eq!(wait(WINDOW, full.give_back(), NOW), Duration::ZERO);
    let empty = full.give_back().give_back().give_back();
    assert_eq!((empty.count, empty.give_back()), (0, empty));
    let next = WINDOW.count(empty, NOW + SECOND).unwrap();
    assert_eq!(next.expires_at, NOW + SECOND + MINUTE, "the window begins with its first attempt that counts");
    assert_eq!(Counter::EMPTY.give_back(), Counter::EMPTY);
}

#[test]
fn limit_of_zero_refuses_every_attempt() {
    for rule in [LimitRule::Window { limit: 0, period: MINUTE }, LimitRule::Consecutive { limit: 0, rest: MINUTE }] {
        assert_eq!(wait(rule, Counter::EMPTY, NOW), MINUTE);
        assert_eq!(wait(rule, Counter { count: 1, expires_at: NOW + DAY }, NOW), MINUTE);
    }
    let delay = LimitRule::Delay { free: 0, longest: MINUTE };
    assert_eq!(wait(delay, Counter::EMPTY, NOW), Duration::ZERO);
    assert_eq!(wait(delay, counted(delay, [NOW]), NOW), SECOND);
    let instant = LimitRule::Window { limit: 1, period: Duration::ZERO };
    assert_eq!(wait(instant, counted(instant, [NOW]), NOW), Duration::from_millis(1));
}

/// The clock was an hour ahead when the counters reached their limits. The wait of each rule begins with the next attempt.
#[test]
fn clock_set_back_an_hour_allows_one_attempt() {
    for (rule, attempts, longest) in [(WINDOW, 3, MINUTE), (DELAY, 5, SECOND), (CONSECUTIVE, 100, DAY)] {
        let ahead = counted(rule, vec![NOW + HOUR; attempts]);
        let again = rule.count(ahead, NOW).unwrap();
        assert_eq!(wait(rule, again, NOW), longest, "{rule:?}");
        assert_eq!(wait(rule, again, NOW + longest), Duration::ZERO, "{rule:?}");
    }
}

/// Two processes whose clocks differ by up to a minute give no attempt away.
#[test]
fn clock_ahead_by_up_to_a_minute_refuses_as_any_other() {
    for (rule, attempts, longest) in [(WINDOW, 3, MINUTE), (DELAY, 5, SECOND), (CONSECUTIVE, 100, DAY)] {
        for ahead in [SECOND, CLOCK_TOLERANCE] {
            let full = counted(rule, vec![NOW + ahead; attempts]);
            assert_eq!(wait(rule, full, NOW), longest, "{rule:?}");
        }
        let beyond = counted(rule, vec![NOW + CLOCK_TOLERANCE + Duration::from_millis(1); attempts]);
        assert_eq!(wait(rule, beyond, NOW), Duration::ZERO, "{rule:?}");
    }
}

#[test]
fn clock_set_forward_ends_waits() {
    for (rule, attempts) in [(WINDOW, 3), (DELAY, 5)] {
        assert_eq!(wait(rule, counted(rule, vec![NOW; attempts]), NOW + HOUR), Duration::ZERO);
    }
}

#[test]
fn wait_in_seconds_is_rounded_up() {
    for (millis, seconds) in [(1, 1), (999, 1), (1000, 1), (1001, 2), (900_000, 900)] {
        assert_eq!(Wait(Duration::from_millis(millis)).seconds(), seconds, "{millis}");
    }
    assert_eq!(Wait(Duration::MAX).seconds(), u64::MAX);
}

fn any_rule() -> impl Strategy<Value = LimitRule> {
    let duration = prop_oneof![
        (0..200_000_000_u64).prop_map(Duration::from_millis),
        any::<u64>().prop_map(Duration::from_millis),
        Just(Duration::MAX),
    ];
    let number = prop_oneof![0..12_u32, any::<u32>()];
    (0..3, number, duration).prop_map(|(kind, number, duration)| match kind {
        0 => LimitRule::Window { limit: number, period: duration },
        1 => LimitRule::Delay { free: number, longest: duration },
        _ => LimitRule::Consecutive { limit: number, rest: duration },
    })
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    let millis = prop_oneof![any::<i64>(), -200_000_000..200_000_000_i64, Just(i64::MIN), Just(i64::MAX),];
    millis.prop_map(Timestamp::from_millis)
}

fn any_counter() -> impl Strategy<Value = Counter> {
    let count = prop_oneof![0..12_u32, any::<u32>(), Just(u32::MAX)];
    (count, any_time()).prop_map(|(count, expires_at)| Counter { count, expires_at })
}

proptest! {
    /// Whatever is stored, and whatever the clock was before.
    #[test]
    fn no_wait_is_longer_than_its_rule(rule in any_rule(), counter in any_counter(), now in any_time()) {
        match rule.count(counter, now) {
            Ok(counted) => {
                prop_assert!(counted.count > 0);
                prop_assert!(counted.expires_at <= now + rule.lifetime(counted.count));
            }
            Err(Wait(wait)) => {
                let longest = match rule {
                    LimitRule::Delay { longest, .. } => longest.min(DAY),
                    LimitRule::Window { .. } | LimitRule::Consecutive { .. } => rule.lifetime(counter.count),
                };
                prop_assert!(wait > Duration::ZERO && wait <= longest, "{wait:?}");
            }
        }
        prop_assert_eq!(rule.check(counter, now), rule.count(counter, now).map(drop));
    }

    /// An attempt is allowed after the wait; a minute later at the latest, if the clock was set back in between.
    #[test]
    fn every_wait_ends(rule in any_rule(), counter in any_counter(), now in -1_000_000..1_000_000_i64) {
        let now = Timestamp::from_millis(now);
        let refuses_all = matches!(rule, LimitRule::Window { limit: 0, .. } | LimitRule::Consecutive { limit: 0, .. });
        if let (Err(Wait(wait)), false) = (rule.check(counter, now), refuses_all) {
            prop_assert_eq!(rule.check(counter, now + wait + CLOCK_TOLERANCE), Ok(()));
            if counter.expires_at <= now + rule.lifetime(counter.count) {
                prop_assert_eq!(rule.check(counter, now + wait), Ok(()));
            }
        }
    }

    /// Attempts at any times, as they come: no window of the rule has more than its limit.
    #[test]
    fn window_never_allows_more_than_its_limit(
        limit in 1..6_u32,
        steps in prop::collection::vec(0..30_000_u64, 1..60),
    ) {
        let rule = LimitRule::Window { limit, period: MINUTE };
        let (mut counter, mut now) = (Counter::EMPTY, NOW);
        let (mut begin, mut in_window) = (NOW, 0);
        for step in steps {
            now = now + Duration::from_millis(step);
            if now >= begin + MINUTE {
                in_window = 0;
            }
            if let Ok(counted) = rule.count(counter, now) {
                if in_window == 0 {
                    begin = now;
                }
                counter = counted;
                in_window += 1;
                prop_assert!(in_window <= limit);
            } else {
                prop_assert_eq!(in_window, limit);
            }
        }
    }

    /// Against a list of the times of all counted attempts.
    #[test]
    fn delay_waits_after_the_last_attempt(steps in prop::collection::vec(0..2_000_000_u64, 1..80)) {
        let (mut counter, mut now, mut times) = (Counter::EMPTY, NOW, Vec::new());
        for step in steps {
            now = now + Duration::from_millis(step);
            let memory = if times.len() < 5 { MINUTE * 15 } else { DAY };
            if times.last().is_some_and(|last| now >= *last + memory) {
                times.clear();
            }
            let wait = match times.len() {
                0..5 => Duration::ZERO,
                n => Duration::from_secs(2_u64.pow(u32::try_from(n).unwrap() - 5).min(900)),
            };
            let is_allowed = times.last().is_none_or(|last| now >= *last + wait);
            match DELAY.count(counter, now) {
                Ok(counted) => {
                    prop_assert!(is_allowed);
                    (counter, times) = (counted, [times, vec![now]].concat());
                }
                Err(_) => prop_assert!(!is_allowed),
            }
        }
    }

    #[test]
    fn consecutive_allows_its_limit_without_a_rest(limit in 1..20_u32, steps in prop::collection::vec(0..86_399_999_u64, 1..60)) {
        let rule = LimitRule::Consecutive { limit, rest: DAY };
        let (mut counter, mut now, mut count, mut last) = (Counter::EMPTY, NOW, 0, NOW);
        for step in steps {
            now = now + Duration::from_millis(step);
            if now >= last + DAY {
                count = 0;
            }
            if let Ok(counted) = rule.count(counter, now) {
                (counter, count, last) = (counted, count + 1, now);
            } else {
                prop_assert_eq!(count, limit);
            }
            prop_assert!(count <= limit);
        }
    }
}
