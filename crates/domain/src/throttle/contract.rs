//! The contract functions of [`ThrottleRepository`](super::ThrottleRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

use std::time::Duration;

use super::{Attempt, Limit, LimitRule, ThrottleKey, Throttled, Wait};
use crate::contract::{NOW, join_all};
use crate::{AccountPorts, Timestamp};

/// Passes the names of all contract functions of throttles to the macro `$test`.
#[macro_export]
macro_rules! throttle_contract {
    ($test:ident) => {
        $test! { throttle:
            window_allows_its_limit_and_begins_again
            delay_grows_with_each_attempt
            consecutive_attempts_end_until_a_rest
            check_counts_nothing
            refused_attempt_is_counted_by_no_limit
            refusal_has_the_longest_wait
            quiet_limit_alone_lets_the_others_count
            any_number_of_limits_is_counted
            fifty_attempts_at_once_pass_a_limit_of_ten
            attempts_with_keys_in_any_order_are_all_counted
            given_back_attempt_is_free_again
            forgotten_key_begins_again
            purge_removes_expired_counters_up_to_limit
            counts_purge_expired_counters
            trim_removes_the_first_to_expire
            clock_set_back_an_hour_ends_no_log_ins
            extreme_times_are_stored
        }
    };
}

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

fn key(n: u16) -> ThrottleKey {
    let mut bytes = [0x5a; 32];
    bytes[..2].copy_from_slice(&n.to_be_bytes());
    ThrottleKey::new(bytes)
}

/// At most `limit` attempts a minute.
fn window(n: u16, limit: u32) -> Limit {
    Limit::new(key(n), LimitRule::Window { limit, period: MINUTE })
}

async fn count(store: &AccountPorts, limits: &[Limit], now: Timestamp) -> Result<Attempt, Throttled> {
    store.throttles.count(limits, now).await.unwrap()
}

async fn check(store: &AccountPorts, limits: &[Limit], now: Timestamp) -> Result<Attempt, Throttled> {
    store.throttles.check(limits, now).await.unwrap()
}

/// The wait of an attempt of one key, in seconds.
async fn wait(store: &AccountPorts, limit: Limit, now: Timestamp) -> u64 {
    check(store, &[limit], now).await.map_or_else(|throttled| throttled.wait.seconds(), |_| 0)
}

/// How many attempts of one key are allowed at `now`. Counts them.
async fn count_all(store: &AccountPorts, limit: Limit, now: Timestamp) -> u32 {
    let mut counted = 0;
    while count(store, &[limit], now).await.is_ok() {
        counted += 1;
    }
    counted
}

/// A window is full after its limit, and empty after its period.
pub async fn window_allows_its_limit_and_begins_again(store: &AccountPorts) {
    assert_eq!(count(store, &[window(1, 3)], NOW).await, Ok(Attempt::Allowed));
    assert_eq!(count_all(store, window(1, 3), NOW + MINUTE / 2).await, 2);
    assert_eq!(wait(store, window(1, 3), NOW + MINUTE / 2).await, 30);
    assert_eq!(count_all(store, window(2, 3), NOW).await, 3, "another key");
    assert_eq!(count_all(store, window(1, 3), NOW + MINUTE).await, 3);
}

/// Five attempts are free, then each waits.
pub async fn delay_grows_with_each_attempt(store: &AccountPorts) {
    let limit = Limit::new(key(1), LimitRule::Delay { free: 5, longest: Duration::from_mins(15) });
    assert_eq!(count_all(store, limit, NOW).await, 5);
    let mut now = NOW;
    for seconds in [1, 2, 4, 8] {
        assert_eq!(wait(store, limit, now).await, seconds);
        now = now + Duration::from_secs(seconds);
        assert_eq!(count_all(store, limit, now).await, 1);
    }
    assert_eq!(count_all(store, limit, now + DAY).await, 5);
}

/// The last attempt decides when the count begins again.
pub async fn consecutive_attempts_end_until_a_rest(store: &AccountPorts) {
    let limit = Limit::new(key(1), LimitRule::Consecutive { limit: 3, rest: DAY });
    assert_eq!(count(store, &[limit], NOW).await, Ok(Attempt::Allowed));
    assert_eq!(count_all(store, limit, NOW + DAY / 2).await, 2);
    assert_eq!(wait(store, limit, NOW + DAY).await, 43_200);
    assert_eq!(count_all(store, limit, NOW + DAY + DAY / 2).await, 3);
}

/// `check` changes no counter.
pub async fn check_counts_nothing(store: &AccountPorts) {
    for _ in 0..5 {
        assert_eq!(check(store, &[window(1, 3)], NOW).await, Ok(Attempt::Allowed));
    }
    assert_eq!(count_all(store, window(1, 3), NOW).await, 3);
    let throttled = check(store, &[window(2, 3), window(1, 3)], NOW).await.unwrap_err();
    assert_eq!((throttled.key, throttled.wait.duration()), (key(1), MINUTE));
}

/// If one limit refuses, the others do not count the attempt.
pub async fn refused_attempt_is_counted_by_no_limit(store: &AccountPorts) {
    assert_eq!(count_all(store, window(1, 1), NOW).await, 1);
    for limits in [[window(1, 1), window(2, 3)], [window(0, 3), window(1, 1)]] {
        for _ in 0..5 {
            assert_eq!(count(store, &limits, NOW).await.unwrap_err().key, key(1));
        }
    }
    assert_eq!([count_all(store, window(0, 3), NOW).await, count_all(store, window(2, 3), NOW).await], [3, 3]);
    assert_eq!(count_all(store, window(1, 1), NOW + MINUTE).await, 1, "and no wait is longer");
}

/// Of several limits that refuse, the longest wait is returned.
pub async fn refusal_has_the_longest_wait(store: &AccountPorts) {
    let limits = [window(1, 1), Limit::new(key(2), LimitRule::Consecutive { limit: 1, rest: DAY }), window(3, 1)];
    assert_eq!(count(store, &limits, NOW).await, Ok(Attempt::Allowed));
    let refused = |throttled: Throttled| (throttled.key, throttled.wait.duration());
    assert_eq!(count(store, &limits, NOW).await.map_err(refused), Err((key(2), DAY)));
    assert_eq!(check(store, &limits, NOW).await.map_err(refused), Err((key(2), DAY)));
}

/// A quiet limit refuses without a trace in the result but [`Attempt::QuietlyRefused`]; it does not count, the others do.
pub async fn quiet_limit_alone_lets_the_others_count(store: &AccountPorts) {
    let quiet = Limit::quiet(key(1), LimitRule::Consecutive { limit: 1, rest: DAY });
    let limits = [quiet, window(2, 3)];
    assert_eq!(count(store, &limits, NOW).await, Ok(Attempt::Allowed));
    assert_eq!(check(store, &limits, NOW).await, Ok(Attempt::QuietlyRefused));
    for _ in 0..2 {
        assert_eq!(count(store, &limits, NOW + MINUTE / 2).await, Ok(Attempt::QuietlyRefused));
    }
    let throttled = count(store, &limits, NOW + MINUTE / 2).await.unwrap_err();
    assert_eq!((throttled.key, throttled.wait.seconds()), (key(2), 30));
    assert_eq!(count(store, &[quiet], NOW + DAY).await, Ok(Attempt::Allowed), "a refused attempt is no attempt");
}

/// Zero, one and fifty limits.
pub async fn any_number_of_limits_is_counted(store: &AccountPorts) {
    for _ in 0..2 {
        assert_eq!(count(store, &[], NOW).await, Ok(Attempt::Allowed));
        assert_eq!(check(store, &[], NOW).await, Ok(Attempt::Allowed));
    }
    let limits: Vec<_> = (0..50).rev().map(|n| window(n, if n == 17 { 2 } else { 9 })).collect();
    for expected in [true, true, false] {
        assert_eq!(check(store, &limits, NOW).await.is_ok(), expected);
        assert_eq!(count(store, &limits, NOW).await.is_ok(), expected);
    }
    for n in 0..50 {
        assert_eq!(count_all(store, window(n, 9), NOW).await, 7, "{n}");
    }
}

/// Fifty concurrent attempts on a limit of ten: exactly ten pass.
pub async fn fifty_attempts_at_once_pass_a_limit_of_ten(store: &AccountPorts) {
    for n in 0..5 {
        let limits = [window(n, 10)];
        let attempts = (0..50).map(|_| store.throttles.count(&limits, NOW));
        let results = join_all(attempts).await.into_iter().map(Result::unwrap);
        assert_eq!(results.flatten().count(), 10);
    }
}

/// Concurrent attempts that share keys, in different orders: none is lost, and none waits for ever.
pub async fn attempts_with_keys_in_any_order_are_all_counted(store: &AccountPorts) {
    let orders: Vec<Vec<_>> = [[1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3], [3, 1, 4, 2]]
        .iter()
        .map(|order| order.iter().map(|n| window(*n, 40)).collect())
        .collect();
    let attempts = (0..40).map(|n| store.throttles.count(&orders[n % 4], NOW));
    for result in join_all(attempts).await {
        assert_eq!(result.unwrap(), Ok(Attempt::Allowed));
    }
    for n in 1..=4 {
        assert_eq!(count_all(store, window(n, 40), NOW).await, 0);
    }
}

/// `give_back` frees one attempt a key, never more than were counted, and adds no counter.
pub async fn given_back_attempt_is_free_again(store: &AccountPorts) {
    assert_eq!(count_all(store, window(1, 3), NOW).await, 3);
    store.throttles.give_back(&[key(1), key(2)]).await.unwrap();
    assert_eq!(count_all(store, window(1, 3), NOW).await, 1);
    for _ in 0..9 {
        store.throttles.give_back(&[key(1), key(2)]).await.unwrap();
    }
    assert_eq!([count_all(store, window(1, 3), NOW).await, count_all(store, window(2, 3), NOW).await], [3, 3]);
    store.throttles.give_back(&[]).await.unwrap();
}

/// `forget` removes the counters of its keys, and no others.
pub async fn forgotten_key_begins_again(store: &AccountPorts) {
    for n in 1..=3 {
        assert_eq!(count_all(store, window(n, 3), NOW).await, 3);
    }
    store.throttles.forget(&[key(1), key(3), key(9)]).await.unwrap();
    for (n, free) in [(1, 3), (2, 0), (3, 3)] {
        assert_eq!(count_all(store, window(n, 3), NOW).await, free);
    }
    store.throttles.forget(&[]).await.unwrap();
}

/// `purge` removes at most `limit` counters, the first to expire first, and none that counts.
pub async fn purge_removes_expired_counters_up_to_limit(store: &AccountPorts) {
    for n in 0..6 {
        let limit = Limit::new(key(n), LimitRule::Window { limit: 1, period: MINUTE + Duration::from_secs(n.into()) });
        assert_eq!(count(store, &[limit], NOW).await, Ok(Attempt::Allowed));
    }
    let now = NOW + MINUTE + Duration::from_secs(4);
    let mut purged = vec![];
    for _ in 0..3 {
        purged.push(store.throttles.purge(now, 3).await.unwrap());
    }
    assert_eq!(purged, [3, 2, 0]);
    assert_eq!(count(store, &[window(5, 1)], now).await.unwrap_err().wait.duration(), Duration::from_secs(1));
}

/// The table does not grow while counters expire: each count removes some.
pub async fn counts_purge_expired_counters(store: &AccountPorts) {
    for n in 0..40 {
        assert_eq!(count(store, &[window(n, 1)], NOW).await, Ok(Attempt::Allowed));
    }
    for n in 40..80 {
        assert_eq!(count(store, &[window(n, 1)], NOW + MINUTE).await, Ok(Attempt::Allowed));
    }
    assert_eq!(store.throttles.purge(NOW + MINUTE, 100).await.unwrap(), 0);
}

/// `trim` leaves `most` counters, the last to expire.
pub async fn trim_removes_the_first_to_expire(store: &AccountPorts) {
    for n in 0..30 {
        let limit = Limit::new(key(n), LimitRule::Window { limit: 1, period: MINUTE + Duration::from_secs(n.into()) });
        assert_eq!(count(store, &[limit], NOW).await, Ok(Attempt::Allowed));
    }
    assert_eq!(store.throttles.trim(30).await.unwrap(), 0);
    assert_eq!(store.throttles.trim(20).await.unwrap(), 10);
    for n in 0..30 {
        assert_eq!(check(store, &[window(n, 1)], NOW).await.is_ok(), n < 10, "{n}");
    }
    assert_eq!(store.throttles.trim(0).await.unwrap(), 20);
    assert_eq!(store.throttles.trim(0).await.unwrap(), 0);
}

/// A limit that was reached while the clock was an hour ahead allows an attempt, which dates the counter again.
pub async fn clock_set_back_an_hour_ends_no_log_ins(store: &AccountPorts) {
    let ahead = NOW + Duration::from_hours(1);
    assert_eq!(count_all(store, window(1, 3), ahead).await, 3);
    assert_eq!(check(store, &[window(1, 3)], NOW).await, Ok(Attempt::Allowed));
    assert_eq!(count_all(store, window(1, 3), NOW).await, 1);
    assert_eq!(wait(store, window(1, 3), NOW).await, 60);
    assert_eq!(count_all(store, window(1, 3), NOW + MINUTE).await, 3);
}

/// No time makes the store fail.
pub async fn extreme_times_are_stored(store: &AccountPorts) {
    let limit = Limit::new(key(1), LimitRule::Consecutive { limit: u32::MAX, rest: Duration::MAX });
    for millis in [0, i64::MAX - 1, i64::MAX, -1, i64::MIN, i64::MAX - 1] {
        let now = Timestamp::from_millis(millis);
        assert_eq!(count(store, &[limit], now).await, Ok(Attempt::Allowed));
        assert_eq!(check(store, &[limit], now).await, Ok(Attempt::Allowed));
        store.throttles.purge(now, 0).await.unwrap();
    }
    assert!(Wait::seconds(count(store, &[window(2, 0)], NOW).await.unwrap_err().wait) == 60);
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        assert_eq!(throttle_contract!(names), functions_in(include_str!("contract.rs")));
    }
}
