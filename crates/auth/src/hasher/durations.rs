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
    use std::collections::BTreeSet;

    use super::*;
    use crate::random::fake::Counting;

    /// Every duration that can be picked, in milliseconds.
    fn picked(durations: &Durations) -> BTreeSet<u128> {
        let random = Counting::default();
        (0..10_000).filter_map(|_| durations.pick(&random)).map(|duration| duration.as_millis()).collect()
    }

    #[test]
    fn any_of_the_last_64_durations_is_picked() {
        let durations = Durations::default();
        assert_eq!(picked(&durations), BTreeSet::new());
        durations.record(Duration::from_millis(1));
        assert_eq!(picked(&durations), BTreeSet::from([1]));
        for (recorded, kept) in [(2..=3, 1..=3), (4..=64, 1..=64), (65..=65, 2..=65), (66..=200, 137..=200)] {
            recorded.for_each(|millis| durations.record(Duration::from_millis(millis)));
            let picked = picked(&durations);
            assert!(picked.iter().all(|millis| kept.contains(millis)), "{kept:?}: {picked:?}");
            assert!(picked.len() > 1, "{kept:?}: {picked:?}");
        }
    }
}
