//! A pseudo-random generator with a fixed seed, so that every run of a tool makes the same choices.

/// Marsaglia's xorshift with 64 bits of state. Not for secrets.
#[derive(Debug, Clone)]
pub struct Xorshift(u64);

impl Default for Xorshift {
    /// The fixed seed.
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl Xorshift {
    /// A number below `limit`; 0 where `limit` is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }

    /// An index into a list of `length` elements; 0 where it is empty.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// A generator with a state of its own, for another task.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(self.below(u64::MAX) | 1) // a state of 0 would stay 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generator_repeats_its_numbers_and_stays_below_limit() {
        let numbers = |mut random: Xorshift| [(); 100].map(|()| random.below(10));
        assert_eq!(numbers(Xorshift::default()), numbers(Xorshift::default()));
        assert!(numbers(Xorshift::default()).iter().all(|number| *number < 10));
        assert_ne!(numbers(Xorshift::default().fork()), numbers(Xorshift::default()));
        assert_eq!((Xorshift::default().below(0), Xorshift::default().index(0)), (0, 0));
    }
}
