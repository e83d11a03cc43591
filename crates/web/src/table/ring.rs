//! The ring of a list's row: how much of a table is taken, small and without names. The row says the same in words.

use domain::party::PartySummary;

use super::MOST_PLATES;

/// Taken pieces of a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ring {
    pub(crate) taken: u32,
    pub(crate) of: u32,
}

impl Ring {
    /// A piece for each seat, while they can be told apart. A larger table's is as nearly right as it can be, and full
    /// only when the table is.
    pub(crate) fn of(party: &PartySummary) -> Self {
        Self::new(party.taken, party.seats.get())
    }

    fn new(taken: u32, seats: u32) -> Self {
        let taken = taken.min(seats);
        if seats <= MOST_PLATES {
            return Self { taken, of: seats };
        }
        Self { taken: (taken * MOST_PLATES / seats).max(1), of: MOST_PLATES }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_has_a_piece_for_each_seat_and_is_full_only_when_the_table_is() {
        for seats in 1..=1000 {
            for taken in [1, seats / 3, seats - 1, seats].map(|taken| taken.max(1)) {
                let ring = Ring::new(taken, seats);
                assert!((1..=ring.of).contains(&ring.taken) && ring.of == seats.min(24), "{taken} of {seats}");
                assert_eq!(ring.taken == ring.of, taken == seats, "{taken} of {seats}");
            }
        }
        assert_eq!(Ring::new(5, 8), Ring { taken: 5, of: 8 });
        assert_eq!(Ring::new(250, 1000), Ring { taken: 6, of: 24 });
    }
}
