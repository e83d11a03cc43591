//! The random source as an argument.
//!
//! The operating system's source is not here: the program names it once, at its start.

use std::sync::Arc;

/// A source of random bytes.
///
/// An implementation fills every byte with unpredictable data, or panics. There is no weaker fallback, and a caller
/// could only stop on an error.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

impl<R: Random + ?Sized> Random for Arc<R> {
    fn fill(&self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

impl dyn Random + '_ {
    /// Returns `N` fresh bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

#[cfg(test)]
pub(crate) mod fake {
    //! A random source that tests can predict.

    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

    use super::Random;

    /// Counts up byte by byte, so that successive fills differ.
    #[derive(Default)]
    pub(crate) struct Counting(AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, Relaxed));
        }
    }

    #[test]
    fn shared_source_is_the_source() {
        let shared = Arc::new(Counting::default());
        let random: &dyn Random = &Arc::clone(&shared);
        assert_eq!((random.bytes(), (&*shared as &dyn Random).bytes()), ([0, 1, 2], [3, 4, 5]));
    }

    #[test]
    fn each_call_returns_fresh_bytes() {
        let random: &dyn Random = &Counting::default();
        assert_eq!((random.bytes(), random.bytes()), ([0, 1, 2], [3, 4, 5]));
    }
}
