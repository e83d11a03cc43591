//! The RSVP deadline: the time from which no guest claims a seat.

use super::PartyDate;
use crate::Timestamp;

/// The RSVP deadline of a party: its start, or a time before it that the host chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RsvpDeadline(Timestamp);

/// The deadline is after the start of the party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("RSVPs close before the party begins")]
pub struct AfterStart;

impl RsvpDeadline {
    /// The deadline of a party whose host does not say: its start.
    #[must_use]
    pub fn default_of(start: &PartyDate) -> Self {
        Self(start.starts_at())
    }

    /// The deadline that the host chose. It may be in the past: then RSVPs are closed.
    ///
    /// # Errors
    /// [`AfterStart`]
    pub fn of(start: &PartyDate, deadline: Timestamp) -> Result<Self, AfterStart> {
        if deadline > start.starts_at() { Err(AfterStart) } else { Ok(Self(deadline)) }
    }

    /// The time of the deadline.
    #[must_use]
    pub fn at(self) -> Timestamp {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::{Zone, parse_date, parse_time};

    #[test]
    fn deadline_is_not_after_the_start() {
        let (date, time) = (parse_date("2030-01-15").unwrap(), parse_time("19:00").unwrap());
        let start = PartyDate::resolve(date, time, Zone::parse("UTC").unwrap()).unwrap();
        let at = |offset| Timestamp::from_millis(start.starts_at().as_millis() + offset);
        assert_eq!(RsvpDeadline::of(&start, at(0)), Ok(RsvpDeadline::default_of(&start)));
        assert_eq!(RsvpDeadline::of(&start, at(-1)).map(RsvpDeadline::at), Ok(at(-1)));
        assert_eq!(RsvpDeadline::of(&start, at(1)), Err(AfterStart));
    }
}
