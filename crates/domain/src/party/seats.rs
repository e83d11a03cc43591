//! The seats at a table, and the heads that take them.

use std::fmt;

use crate::invisible::normalize_token;

/// The number of seats at a table, including that of the host: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seats(u32);

/// Why a text is not a number of seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeatsError {
    /// The text is empty.
    #[error("the number of seats is required")]
    Empty,
    /// The text is not an integer in ASCII digits.
    #[error("seats are a whole number")]
    NotANumber,
    /// The number is less than 1 or greater than [`Seats::MAX`].
    #[error("a table has 1 to {} seats", Seats::MAX)]
    OutOfRange,
}

impl Seats {
    /// The greatest number: 1,000 seats. It bounds the time of a page and of a commit.
    pub const MAX: u32 = 1000;

    /// Parses a number of seats as typed.
    ///
    /// # Errors
    /// The first rule of [`SeatsError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, SeatsError> {
        let typed = normalize_token(typed);
        if typed.is_empty() {
            return Err(SeatsError::Empty);
        }
        let digits = typed.strip_prefix('-').unwrap_or(&typed);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.is_empty() {
            return Err(SeatsError::NotANumber);
        }
        ascii_digits(&typed).and_then(|n| Self::new(u32::try_from(n).ok()?)).ok_or(SeatsError::OutOfRange)
    }

    /// Wraps a number of seats. `None` outside of 1 to [`Seats::MAX`].
    #[must_use]
    pub const fn new(seats: u32) -> Option<Self> {
        if seats >= 1 && seats <= Self::MAX { Some(Self(seats)) } else { None }
    }

    /// The number of seats.
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

/// The number of people of one RSVP: the guest and the companions, 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heads(u32);

impl Heads {
    /// The guest without companions.
    pub const ONE: Self = Self(1);

    /// Wraps a number of people. `None` outside of 1 to [`Seats::MAX`].
    #[must_use]
    pub const fn new(heads: u32) -> Option<Self> {
        if heads >= 1 && heads <= Seats::MAX { Some(Self(heads)) } else { None }
    }

    /// The number of people, including the guest.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number of companions.
    #[must_use]
    pub const fn companions(self) -> u32 {
        self.0 - 1
    }
}

/// Parses ASCII digits.
///
/// `None` for any other text, such as a sign or digits of another script, and for a number above `i64::MAX`.
pub(super) fn ascii_digits(typed: &str) -> Option<i64> {
    if typed.bytes().all(|byte| byte.is_ascii_digit()) { typed.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn invalid_seats_are_rejected_with_their_rule() {
        use SeatsError::{Empty, NotANumber, OutOfRange};
        for typed in [" 8 ", "８", "8\u{200b}", "\u{feff}8", "\u{202a}8\u{202c}"] {
            assert_eq!(Seats::parse(typed), Ok(Seats(8)), "{typed:?}");
        }
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
        fn seats_are_exactly_1_to_1000(n in any::<i64>()) {
            let seats = Seats::parse(&n.to_string());
            prop_assert_eq!(seats.map(|s| i64::from(s.get())).ok(), (1..=1000).contains(&n).then_some(n));
        }

        #[test]
        fn parsed_seats_parse_to_themselves(text in any::<String>()) {
            if let Ok(seats) = Seats::parse(&text) {
                prop_assert_eq!(Seats::parse(&seats.to_string()), Ok(seats));
            }
        }
    }
}
