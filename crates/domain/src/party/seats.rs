//! The seats at a table, and the heads that take them.

use std::fmt;

use crate::invisible::normalize_token;

/// The number of seats at a table, including that of the host: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seats(u32);

/// Why a text is not a number of seats or of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeatsError {
    /// The text is empty.
    #[error("a number is required")]
    Empty,
    /// The text is not an integer in ASCII digits.
    #[error("that is not a whole number")]
    NotANumber,
    /// The number is less than the least or greater than the greatest.
    #[error("the number is out of range")]
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
        whole_number(typed).and_then(|n| Self::new(n).ok_or(SeatsError::OutOfRange))
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

/// The number of people of one RSVP: the guest and the companions, 1 to [`Heads::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Heads(u32);

impl Heads {
    /// The guest without companions.
    pub const ONE: Self = Self(1);

    /// The greatest number: 10, a guest and 9 companions.
    pub const MAX: u32 = 10;

    /// Wraps a number of people. `None` outside of 1 to [`Heads::MAX`].
    #[must_use]
    pub const fn new(heads: u32) -> Option<Self> {
        if heads >= 1 && heads <= Self::MAX { Some(Self(heads)) } else { None }
    }

    /// The number of people, including the guest.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Parses a number of people as typed.
    ///
    /// # Errors
    /// The first rule of [`SeatsError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, SeatsError> {
        whole_number(typed).and_then(|n| Self::new(n).ok_or(SeatsError::OutOfRange))
    }

    /// Parses the most companions of a guest as typed: 0 to [`Heads::MAX`] - 1.
    ///
    /// # Errors
    /// The first rule of [`SeatsError`] that the text breaks.
    pub fn parse_max_companions(typed: &str) -> Result<u32, SeatsError> {
        whole_number(typed).and_then(|n| if n < Self::MAX { Ok(n) } else { Err(SeatsError::OutOfRange) })
    }

    /// The number of companions.
    #[must_use]
    pub const fn companions(self) -> u32 {
        self.0 - 1
    }
}

/// Parses a whole number as typed. One that is negative or above `u32::MAX` is out of range.
fn whole_number(typed: &str) -> Result<u32, SeatsError> {
    let typed = normalize_token(typed);
    if typed.is_empty() {
        return Err(SeatsError::Empty);
    }
    let digits = typed.strip_prefix('-').unwrap_or(&typed);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.is_empty() {
        return Err(SeatsError::NotANumber);
    }
    ascii_digits(&typed).and_then(|n| u32::try_from(n).ok()).ok_or(SeatsError::OutOfRange)
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

    #[test]
    fn heads_are_1_to_10_and_companions_0_to_9() {
        use SeatsError::{Empty, NotANumber, OutOfRange};
        for (typed, heads, companions) in [
            ("0", Err(OutOfRange), Ok(0)),
            ("1", Ok(Heads::ONE), Ok(1)),
            (" 9 ", Ok(Heads(9)), Ok(9)),
            ("10", Ok(Heads(10)), Err(OutOfRange)),
            ("11", Err(OutOfRange), Err(OutOfRange)),
            ("-5", Err(OutOfRange), Err(OutOfRange)),
            ("1180591620717411303424", Err(OutOfRange), Err(OutOfRange)), // 2^70
            ("1.5", Err(NotANumber), Err(NotANumber)),
            ("two", Err(NotANumber), Err(NotANumber)),
            ("", Err(Empty), Err(Empty)),
        ] {
            assert_eq!((Heads::parse(typed), Heads::parse_max_companions(typed)), (heads, companions), "{typed:?}");
        }
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
