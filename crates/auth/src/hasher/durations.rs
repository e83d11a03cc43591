//! How long recent mismatches took, so that refusals of every kind end alike.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Random;

/// How many durations are kept: enough to show the spread under the present load, and few enough to follow its changes.
const KEPT: usize = 64;

/// Of ten mismatches, how many end by [`Durations::usual`]. The slowest ones are left out: one of them would slow all
/// refusals down.
const USUAL_IN_TEN: usize = 9;

/// The durations of the last [`KEPT`] mismatches.
#[derive(Default)]
pub(super) struct Durations(Mutex<Ring>);

#[derive(Default)]
struct Ring {
    durations: Vec<Duration>,
    /// The index of the oldest duration once the ring is full.
    oldest: usize,
}

impl Durations {
    /// Adds a duration in place of the oldest one.
    pub(super) fn record(&self, duration: Duration) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Ring { durations, oldest } = &mut *ring;
        if durations.len() < KEPT {
            durations.push(duration);
        } else {
            durations[*oldest] = duration;
            *oldest = (*oldest + 1) % KEPT;
        }
    }

    /// The duration within which nine of ten ended; `None` before the first one.
    pub(super) fn usual(&self) -> Option<Duration> {
        let mut durations = self.0.lock().unwrap_or_else(PoisonError::into_inner).durations.clone();
        let at = (durations.len() * USUAL_IN_TEN).div_ceil(10).checked_sub(1)?;
        Some(*durations.select_nth_unstable(at).1)
    }

    /// One of the durations at random; `None` before the first one.
    pub(super) fn pick(&self, random: &dyn Random) -> Option<Duration> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = u64::from_le_bytes(random.bytes()).checked_rem(ring.durations.len() as u64)?;
        ring.durations.get(usize::try_from(at).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use super::*;

    /// Counts up call by call, so that successive picks go round the ring.
    #[derive(Default)]
    struct Successive(AtomicU64);

    impl Random for Successive {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0.fetch_add(1, Relaxed).to_le_bytes());
        }
    }

    /// The next 64 picks, in milliseconds and sorted, each once.
    fn picked(durations: &Durations) -> Vec<u128> {
        let random = Successive::default();
        let picks = (0..64).filter_map(|_| durations.pick(&random));
        let mut picked: Vec<_> = picks.map(|duration| duration.as_millis()).collect();
        picked.sort_unstable();
        picked.dedup();
        picked
    }

    #[test]
    fn nine_of_ten_durations_are_usual() {
        let durations = Durations::default();
        assert_eq!(durations.usual(), None);
        for (recorded, usual) in [(70, 70), (10, 70), (20, 70)] {
            durations.record(Duration::from_millis(recorded));
            assert_eq!(durations.usual(), Some(Duration::from_millis(usual)));
        }
        (0..64).rev().for_each(|millis| durations.record(Duration::from_millis(millis)));
        assert_eq!(durations.usual(), Some(Duration::from_millis(57)), "the 58th of 64");
    }

    #[test]
    fn any_of_the_last_64_durations_is_picked() {
        let durations = Durations::default();
        assert_eq!(picked(&durations), []);
        let mut recorded = 0..;
        for (count, kept) in
            [(1, 0..1), (2, 0..3), (61, 0..64), (1, 1..65), (62, 63..127), (1, 64..128), (100, 164..228)]
        {
            recorded.by_ref().take(count).for_each(|millis| durations.record(Duration::from_millis(millis)));
            assert_eq!(picked(&durations), kept.collect::<Vec<u128>>());
        }
    }
}
