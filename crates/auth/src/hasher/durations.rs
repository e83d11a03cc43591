//! How long recent verifications took, so that one can be imitated without hashing.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Random;

/// How many durations are kept: enough to show the spread under the present load, and few enough to follow its changes.
const KEPT: usize = 64;

/// The durations of the last [`KEPT`] verifications.
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

    /// One of the durations at random; `None` before the first verification.
    ///
    /// A median would be constant, and would so differ from verifications.
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
