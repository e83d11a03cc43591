//! The phases of a party, and when it ends.

use std::time::Duration;

use super::PartyDate;
use crate::Timestamp;

/// Where a party is in time. Derived from the clock, not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The party has not begun.
    Upcoming,
    /// From the start to the end.
    UnderWay,
    /// The party has ended.
    Over,
}

impl Phase {
    /// The phase at `now` of a party from `starts_at` to `ends_at`. At its start a party is under way, at its end it is
    /// over.
    #[must_use]
    pub fn at(now: Timestamp, starts_at: Timestamp, ends_at: Timestamp) -> Self {
        if now < starts_at {
            Self::Upcoming
        } else if now < ends_at {
            Self::UnderWay
        } else {
            Self::Over
        }
    }
}

/// The end of a party: after its start, at most [`PartyEnd::MAX_DURATION`] later, and within the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartyEnd(Timestamp);

/// Why a time is not the end of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartyEndError {
    /// The end is not after the start.
    #[error("a party ends after its start")]
    NotAfterStart,
    /// The end is more than [`PartyEnd::MAX_DURATION`] after the start.
    #[error("a party takes at most 72 hours")]
    TooLate,
}

impl PartyEnd {
    /// The longest a party takes: 72 hours. A list looks for parties under way among those that began that recently.
    pub const MAX_DURATION: Duration = Duration::from_hours(72);

    /// How long a party takes whose host does not say: 5 hours.
    pub const DEFAULT_DURATION: Duration = Duration::from_hours(5);

    /// The last end: 9999-12-30T22:00:00Z, the last time that has a local time in every zone.
    const LAST: Timestamp = Timestamp::from_millis(253_402_207_200_000);

    /// The end of a party whose host does not say.
    #[must_use]
    pub fn default_of(start: &PartyDate) -> Self {
        let end = start.starts_at() + Self::DEFAULT_DURATION;
        Self(end.min(Self::LAST).max(start.starts_at() + Duration::from_millis(1)))
    }

    /// The end that the host chose.
    ///
    /// # Errors
    /// [`PartyEndError`] if it is not after the start, or too long after it.
    pub fn of(start: &PartyDate, end: Timestamp) -> Result<Self, PartyEndError> {
        if end <= start.starts_at() {
            return Err(PartyEndError::NotAfterStart);
        }
        if end > start.starts_at() + Self::MAX_DURATION {
            return Err(PartyEndError::TooLate);
        }
        Ok(Self(end))
    }

    /// The time of the end.
    #[must_use]
    pub fn at(self) -> Timestamp {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::{Zone, parse_date, parse_time};

    fn start(date: &str, time: &str) -> PartyDate {
        let (date, time) = (parse_date(date).unwrap(), parse_time(time).unwrap());
        PartyDate::resolve(date, time, Zone::parse("UTC").unwrap()).unwrap()
    }

    #[test]
    fn phase_changes_at_start_and_end() {
        let phase =
            |now| Phase::at(Timestamp::from_millis(now), Timestamp::from_millis(10), Timestamp::from_millis(20));
        assert_eq!([9, 10, 19, 20].map(phase), [Phase::Upcoming, Phase::UnderWay, Phase::UnderWay, Phase::Over]);
    }

    #[test]
    fn end_is_after_start_and_at_most_72_hours_later() {
        let start = start("2030-01-15", "19:00");
        let end = |minutes: i64| {
            PartyEnd::of(&start, Timestamp::from_millis(start.starts_at().as_millis() + minutes * 60_000))
        };
        assert_eq!(end(0), Err(PartyEndError::NotAfterStart));
        assert_eq!(end(-1), Err(PartyEndError::NotAfterStart));
        assert_eq!(end(1).map(|end| end.at().since(start.starts_at())), Ok(Duration::from_mins(1)));
        assert!(end(72 * 60).is_ok());
        assert_eq!(end(72 * 60 + 1), Err(PartyEndError::TooLate));
    }

    #[test]
    fn default_end_is_5_hours_later_and_before_the_year_10000() {
        let ordinary = start("2030-01-15", "19:00");
        assert_eq!(PartyEnd::default_of(&ordinary).at().since(ordinary.starts_at()), Duration::from_hours(5));
        let last = start("9999-12-30", "21:59");
        let end = PartyEnd::default_of(&last);
        assert_eq!(end.at().since(last.starts_at()), Duration::from_mins(1));
        assert!(last.at_in_same_zone(end.at()).to_string().contains("9999"));
    }
}
