//! The cost of a password hash: a number of rounds within bounds.

/// Rounds of PBKDF2-HMAC-SHA256 for new hashes. The rounds of a stored hash are in its PHC string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost(u32);

/// Why a number of rounds is not a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// Fewer than [`Cost::MIN_ROUNDS`].
    #[error("a password hash takes at least {} rounds, not {_0}", Cost::MIN_ROUNDS)]
    TooFewRounds(u32),
    /// More than [`Cost::MAX_ROUNDS`].
    #[error("a password hash takes at most {} rounds, not {_0}", Cost::MAX_ROUNDS)]
    TooManyRounds(u32),
}

impl Cost {
    /// The minimum of OWASP's Password Storage Cheat Sheet for PBKDF2-HMAC-SHA256.
    pub const MIN_ROUNDS: u32 = 600_000;
    /// The maximum for new and for stored hashes: about 1.5 s of one core.
    pub const MAX_ROUNDS: u32 = 10_000_000;
    /// 600,000 rounds: about 90 ms of one core.
    pub const DEFAULT: Self = Self(Self::MIN_ROUNDS);

    /// A cost of that many rounds.
    ///
    /// # Errors
    /// [`CostError`] outside [`Cost::MIN_ROUNDS`] to [`Cost::MAX_ROUNDS`].
    pub const fn from_rounds(rounds: u32) -> Result<Self, CostError> {
        match rounds {
            ..Self::MIN_ROUNDS => Err(CostError::TooFewRounds(rounds)),
            Self::MIN_ROUNDS..=Self::MAX_ROUNDS => Ok(Self(rounds)),
            _ => Err(CostError::TooManyRounds(rounds)),
        }
    }

    /// 1,000 rounds, below the minimum: keeps tests fast.
    #[cfg(any(test, feature = "test-kit"))]
    #[must_use]
    pub const fn for_tests() -> Self {
        Self(1_000)
    }

    /// The number of rounds.
    #[must_use]
    pub const fn rounds(self) -> u32 {
        self.0
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_outside_bounds_is_rejected_with_one_line() {
        assert_eq!(Cost::from_rounds(600_000), Ok(Cost::DEFAULT));
        assert_eq!(Cost::from_rounds(10_000_000).map(Cost::rounds), Ok(10_000_000));
        assert_eq!(Cost::from_rounds(599_999), Err(CostError::TooFewRounds(599_999)));
        let error = Cost::from_rounds(10_000_001).unwrap_err().to_string();
        assert_eq!(error, "a password hash takes at most 10000000 rounds, not 10000001");
    }
}
