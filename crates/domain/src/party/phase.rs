//! The phases of a party, and when it ends.

use std::time::Duration;

use jiff::civil::{Date, Time};

use super::{PartyDate, PartyDateError};
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
    /// The end is more than [`PartyEnd::MAX_DURATION`] after the start, or after the year 9999.
    #[error("a party takes at most 72 hours")]
    TooLate,
    /// The local time does not exist: clocks in that time zone are set forward over it.
    #[error("clocks there skip that time")]
    Gap,
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
        if end > start.starts_at() + Self::MAX_DURATION || end > Self::LAST {
            return Err(PartyEndError::TooLate);
        }
        Ok(Self(end))
    }

    /// The end at a local date and time in the zone of the start. Without a date it is the first such time after the
    /// start: on the same day, or after midnight on the next one. The time of the start itself is no end.
    ///
    /// A local time that occurs twice, when clocks are set back, is the first one after the start.
    ///
    /// # Errors
    /// [`PartyEndError`] if clocks skip the local time, or if the end is not after the start or too long after it.
    pub fn at_local(start: &PartyDate, date: Option<Date>, time: Time) -> Result<Self, PartyEndError> {
        let (first_day, begins) = start.local_date_and_time();
        match date {
            Some(date) => Self::on(start, date, time),
            None if time == begins => Err(PartyEndError::NotAfterStart),
            None if time > begins => Self::on(start, first_day, time),
            // Clocks that are set back between the two show an earlier time on the same day.
            None => Self::on(start, first_day, time).or_else(|_| {
                let next_day = first_day.tomorrow().map_err(|_| PartyEndError::TooLate)?;
                Self::on(start, next_day, time)
            }),
        }
    }

    /// The end at the first occurrence of a local date and time after the start.
    fn on(start: &PartyDate, date: Date, time: Time) -> Result<Self, PartyEndError> {
        let [earlier, later] = PartyDate::occurrences(date, time, start.zone()).map_err(|error| match error {
            PartyDateError::Gap => PartyEndError::Gap,
            _ => PartyEndError::TooLate,
        })?;
        Self::of(start, if earlier > start.starts_at() { earlier } else { later })
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
    fn end_without_date_is_the_next_such_time() {
        let start = start("2030-01-15", "19:00");
        let hours = |date: &str, time| {
            let date = (!date.is_empty()).then(|| parse_date(date).unwrap());
            let end = PartyEnd::at_local(&start, date, parse_time(time).unwrap());
            end.map(|end| end.at().since(start.starts_at()).as_secs() / 3600)
        };
        assert_eq!(hours("", "23:00"), Ok(4));
        assert_eq!(hours("", "01:00"), Ok(6));
        assert_eq!(hours("", "18:59"), Ok(23));
        assert_eq!(hours("", "19:00"), Err(PartyEndError::NotAfterStart));
        assert_eq!(hours("2030-01-15", "23:00"), Ok(4));
        assert_eq!(hours("2030-01-18", "19:00"), Ok(72));
        assert_eq!(hours("2030-01-18", "20:00"), Err(PartyEndError::TooLate));
        assert_eq!(hours("2030-01-15", "18:00"), Err(PartyEndError::NotAfterStart));
        assert_eq!(hours("2030-01-14", "23:00"), Err(PartyEndError::NotAfterStart));
    }

    #[test]
    fn end_follows_the_clocks_of_the_zone() {
        let (date, time) = (parse_date("2030-03-30").unwrap(), parse_time("19:00").unwrap());
        let start = PartyDate::resolve(date, time, Zone::parse("Europe/Berlin").unwrap()).unwrap();
        let end = |time| PartyEnd::at_local(&start, None, parse_time(time).unwrap());
        assert_eq!(end("02:30"), Err(PartyEndError::Gap));
        assert_eq!(end("03:00").map(|end| end.at().since(start.starts_at())), Ok(Duration::from_hours(7)));
        let last = super::tests::start("9999-12-30", "21:59");
        assert_eq!(PartyEnd::at_local(&last, None, parse_time("21:00").unwrap()), Err(PartyEndError::TooLate));
        assert!(PartyEnd::at_local(&last, None, parse_time("22:00").unwrap()).is_ok());
    }

    #[test]
    fn end_in_the_repeated_hour_is_the_first_one_after_the_start() {
        for (zone, day) in [("Europe/Berlin", "2026-10-25"), ("America/New_York", "2026-11-01")] {
            let hour = if zone == "Europe/Berlin" { 2 } else { 1 }; // the hour that the clocks show twice
            let at = |hour: i32, minute: i32| parse_time(&format!("{hour:02}:{minute:02}")).unwrap();
            let day = parse_date(day).unwrap();
            let zone = Zone::parse(zone).unwrap();
            let resolve = |time| PartyDate::resolve(day, time, zone.clone()).unwrap();
            let start = resolve(at(hour, 30));
            let minutes = |date, time| {
                PartyEnd::at_local(&start, date, time).map(|end| end.at().since(start.starts_at()).as_secs() / 60)
            };
            for date in [None, Some(day)] {
                assert_eq!(minutes(date, at(hour, 15)), Ok(45), "{zone:?}: the second time");
                assert_eq!(minutes(date, at(hour, 0)), Ok(30), "{zone:?}: as the clocks are set back");
                assert_eq!(minutes(date, at(hour, 45)), Ok(15), "{zone:?}: the first time");
                assert_eq!(minutes(date, at(hour + 1, 0)), Ok(90), "{zone:?}");
            }
            assert_eq!(minutes(None, at(hour, 30)), Err(PartyEndError::NotAfterStart));
            assert_eq!(minutes(None, at(hour - 1, 59)), Ok(24 * 60 + 29), "{zone:?}: on the next day");
            assert_eq!(minutes(Some(day), at(hour - 1, 59)), Err(PartyEndError::NotAfterStart));
            let end = PartyEnd::at_local(&resolve(at(hour - 1, 0)), None, at(hour, 30)).unwrap();
            assert_eq!(end.at(), start.starts_at(), "{zone:?}: the first time");
        }
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
