//! What a hash costs. Passwords are not here, only the number and its bounds.

/// How many rounds of PBKDF2-HMAC-SHA256 a new hash takes; what stored hashes took is in their PHC strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost(u32);

/// Why a number of rounds is not a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// Fewer than [`Cost::FLOOR`].
    #[error("a password hash takes at least {} rounds, not {_0}", Cost::FLOOR)]
    TooCheap(u32),
    /// More than [`Cost::CEILING`].
    #[error("a password hash takes at most {} rounds, not {_0}", Cost::CEILING)]
    TooDear(u32),
}

impl Cost {
    /// The least: what OWASP's Password Storage Cheat Sheet asks of PBKDF2-HMAC-SHA256.
    pub const FLOOR: u32 = 600_000;
    /// The most, in what is chosen and in what is stored: some 1.5 s of a core.
    pub const CEILING: u32 = 10_000_000;
    /// 600,000 rounds: some 90 ms of a core.
    pub const DEFAULT: Self = Self(Self::FLOOR);

    /// A cost of that many rounds.
    ///
    /// # Errors
    /// [`CostError`] outside [`Cost::FLOOR`] to [`Cost::CEILING`].
    pub const fn rounds(rounds: u32) -> Result<Self, CostError> {
        match rounds {
            ..Self::FLOOR => Err(CostError::TooCheap(rounds)),
            Self::FLOOR..=Self::CEILING => Ok(Self(rounds)),
            _ => Err(CostError::TooDear(rounds)),
        }
    }

    /// 1,000 rounds, so that tests take no time.
    #[cfg(any(test, feature = "test-kit"))]
    #[must_use]
    pub const fn for_tests() -> Self {
        Self(1_000)
    }

    /// The number of rounds.
    #[must_use]
    pub const fn get(self) -> u32 {
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
    fn a_cost_outside_its_bounds_is_refused_with_one_line() {
        assert_eq!(Cost::rounds(600_000), Ok(Cost::DEFAULT));
        assert_eq!(Cost::rounds(10_000_000).map(Cost::get), Ok(10_000_000));
        assert_eq!(Cost::rounds(599_999), Err(CostError::TooCheap(599_999)));
        let told = Cost::rounds(10_000_001).unwrap_err().to_string();
        assert_eq!(told, "a password hash takes at most 10000000 rounds, not 10000001");
    }
}
