//! Waits for the moment at which a refusal ends, on the thread that hashes.

use std::hint::spin_loop;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The part of a wait, at its end, in which the thread spins and does not sleep.
///
/// A core that has slept is cold: what follows takes about 0.07 ms longer than on a core that has hashed, which 500 pairs of
/// times show. After 3 ms of work both are alike. A sleep also ends late, by less than this on a machine that is not overloaded.
const SPIN_BEFORE_END: Duration = Duration::from_millis(3);

/// Blocks until `end`, and is busy for the last [`SPIN_BEFORE_END`] of it, also where less is left. Not with tokio's timer: it
/// is accurate to a millisecond, which would show in a comparison of many times.
pub(super) fn wait_until(end: Instant) {
    sleep(slept(end.saturating_duration_since(Instant::now())));
    while Instant::now() < end {
        spin_loop();
    }
}

/// The part of a wait that is slept.
fn slept(wait: Duration) -> Duration {
    wait.saturating_sub(SPIN_BEFORE_END)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_3_ms_of_a_wait_are_not_slept() {
        for (wait, micros) in [(60_000, 57_000), (3_001, 1), (3_000, 0), (2_999, 0), (0, 0)] {
            assert_eq!(slept(Duration::from_micros(wait)), Duration::from_micros(micros), "{wait} µs");
        }
    }

    #[test]
    fn wait_ends_at_its_end_and_not_before() {
        for micros in [0, 1, 2_000, 10_000] {
            let end = Instant::now() + Duration::from_micros(micros);
            wait_until(end);
            assert!(Instant::now() >= end, "{micros} µs");
        }
    }

    #[test]
    fn end_that_has_passed_is_not_waited_for() {
        let start = Instant::now();
        (0..1_000).for_each(|_| wait_until(start));
        assert!(start.elapsed() < Duration::from_secs(1), "1,000 waits of 3 ms would take longer");
    }
}
