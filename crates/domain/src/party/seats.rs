//! Seats at a table, and heads that take them.

use std::fmt;

/// Seats at a table, the host's included: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seats(u32);

/// Why a text is no number of seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeatsError {
    /// Nothing was typed.
    #[error("the number of seats is required")]
    Empty,
    /// Not a whole number in ASCII digits.
    #[error("seats are a whole number")]
    NotANumber,
    /// Fewer than 1 or more than [`Seats::MAX`].
    #[error("a table has 1 to {} seats", Seats::MAX)]
    OutOfRange,
}

impl Seats {
    /// The largest table: 1,000 seats, so that no table makes a page or a commit slow.
    pub const MAX: u32 = 1000;

    /// Reads a number of seats as somebody typed it.
    ///
    /// # Errors
    /// The first rule of [`SeatsError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, SeatsError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(SeatsError::Empty);
        }
        let digits = typed.strip_prefix('-').unwrap_or(typed);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.is_empty() {
            return Err(SeatsError::NotANumber);
        }
        ascii_digits(typed).and_then(|n| Self::new(u32::try_from(n).ok()?)).ok_or(SeatsError::OutOfRange)
    }

    /// That many seats, or `None` when a table cannot have them.
    #[must_use]
    pub const fn new(seats: u32) -> Option<Self> {
        if seats >= 1 && seats <= Self::MAX { Some(Self(seats)) } else { None }
    }

    /// How many.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Seats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// People that one answer speaks for: the guest and their companions. At least 1, at most a table's 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heads(u32);

impl Heads {
    /// The guest alone.
    pub const ONE: Self = Self(1);

    /// That many people, or `None` when no table seats them.
    #[must_use]
    pub const fn new(heads: u32) -> Option<Self> {
        if heads >= 1 && heads <= Seats::MAX { Some(Self(heads)) } else { None }
    }

    /// How many, the guest included.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// How many come with the guest.
    #[must_use]
    pub const fn companions(self) -> u32 {
        self.0 - 1
    }
}

/// The number in a run of ASCII digits; `None` for anything else (a sign, another script's digits, too many of them).
pub(super) fn ascii_digits(typed: &str) -> Option<i64> {
    if typed.bytes().all(|byte| byte.is_ascii_digit()) { typed.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seats_are_read_or_refused_with_their_reason() {
        use SeatsError::{Empty, NotANumber, OutOfRange};
        assert_eq!(Seats::parse(" 8 "), Ok(Seats(8)));
        assert_eq!(Seats::parse("1000"), Ok(Seats(1000)));
        for typed in ["0", "1001", "-3", "99999999999999999999999"] {
            assert_eq!(Seats::parse(typed), Err(OutOfRange), "{typed:?}");
        }
        for typed in ["eight", "1.5", "٨", "8 8", "+8", "-", "8\0"] {
            assert_eq!(Seats::parse(typed), Err(NotANumber), "{typed:?}");
        }
        assert_eq!(Seats::parse(" "), Err(Empty));
    }

    proptest! {
        #[test]
        fn exactly_1_to_1000_are_seats(n in any::<i64>()) {
            let seats = Seats::parse(&n.to_string());
            prop_assert_eq!(seats.map(|s| i64::from(s.get())).ok(), (1..=1000).contains(&n).then_some(n));
        }

        #[test]
        fn any_text_is_seats_or_refused(text in any::<String>()) {
            if let Ok(seats) = Seats::parse(&text) {
                prop_assert_eq!(Seats::parse(&seats.to_string()), Ok(seats));
            }
        }
    }
}
