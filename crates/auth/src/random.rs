//! Chance as an argument. The system's random source is not here: it is named once, where a program starts.

/// Where random bytes come from.
///
/// A source either fills every byte with unpredictable data or panics: there is no weaker answer to fall back to, and
/// no caller could do anything better with an error than to stop.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random + '_ {
    /// `N` fresh bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

#[cfg(test)]
pub(crate) mod fake {
    //! A source that tests can foretell.

    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

    use super::Random;

    /// Counts: each byte is one more than the last, so no two fills of one source begin alike.
    #[derive(Default)]
    pub(crate) struct Counting(AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, Relaxed));
        }
    }

    #[test]
    fn bytes_are_asked_of_the_source_each_time() {
        let random: &dyn Random = &Counting::default();
        assert_eq!((random.bytes(), random.bytes()), ([0, 1, 2], [3, 4, 5]));
    }
}
