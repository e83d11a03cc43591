//! The ring of a list row: how much of a table is taken, without names. The row has the same facts as text.

use domain::party::PartySummary;

use super::MAX_PLATES;

/// A ring of `segments`, of which `taken` are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ring {
    /// Filled segments: 1 to `segments`.
    pub(crate) taken: u32,
    /// All segments: 1 to [`MAX_PLATES`].
    pub(crate) segments: u32,
}

impl Ring {
    /// One segment per seat up to [`MAX_PLATES`] seats. The ring of a larger table is scaled down to as many segments, and
    /// is full only when the table is.
    pub(crate) fn of(party: &PartySummary) -> Self {
        Self::new(party.taken, party.seats.get())
    }

    /// The same for plain numbers; `seats` is at least 1.
    pub(crate) fn new(taken: u32, seats: u32) -> Self {
        let taken = taken.min(seats);
        if seats <= MAX_PLATES {
            return Self { taken, segments: seats };
        }
        Self { taken: (taken * MAX_PLATES / seats).max(1), segments: MAX_PLATES }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ring_is_full_only_if_the_table_is() {
        for seats in 1..=1000 {
            for taken in [1, seats / 3, seats - 1, seats].map(|taken| taken.max(1)) {
                let ring = Ring::new(taken, seats);
                assert!((1..=ring.segments).contains(&ring.taken), "{taken} of {seats}");
                assert_eq!(ring.segments, seats.min(24), "{taken} of {seats}");
                assert_eq!(ring.taken == ring.segments, taken == seats, "{taken} of {seats}");
            }
        }
        assert_eq!(Ring::new(5, 8), Ring { taken: 5, segments: 8 });
        assert_eq!(Ring::new(250, 1000), Ring { taken: 6, segments: 24 });
    }
}
