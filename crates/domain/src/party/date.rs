//! The beginning of a party: the host's local date and time in a time zone.
//!
//! The timestamp is derived from them, for sorting.

mod words;

use std::fmt;

use jiff::Zoned;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use self::words::{DayAndMonth, HourAndMinute, weekday};
use super::{PartyEnd, Zone};
use crate::Timestamp;
use crate::invisible::normalize_token;

/// A local date and time in a time zone, and the timestamp of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyDate {
    local: DateTime,
    zone: Zone,
    starts_at: Timestamp,
}

/// Why a text is not a date, a time or a time zone, or why the three have no timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartyDateError {
    /// The text is not a date of the form `YYYY-MM-DD`.
    #[error("that is not a date")]
    Date,
    /// The text is not a time of the form `HH:MM`.
    #[error("that is not a time")]
    Time,
    /// The text is not the name of a time zone in the IANA database.
    #[error("that is not a time zone")]
    Zone,
    /// The date is so close to the end of year 9999 that it has no timestamp.
    #[error("that date is too late")]
    TooLate,
    /// The local time does not exist: clocks in that time zone are set forward over it.
    #[error("clocks there skip that time")]
    Gap,
}

/// Parses a date as the date field of a browser sends it: `2030-01-15`.
///
/// # Errors
/// [`PartyDateError::Date`] for any other text, and for the year 0.
pub fn parse_date(typed: &str) -> Result<Date, PartyDateError> {
    let typed = normalize_token(typed);
    if !typed.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err(PartyDateError::Date);
    }
    Date::strptime("%Y-%m-%d", &typed).ok().filter(|date| date.year() > 0).ok_or(PartyDateError::Date)
}

/// Formats the date of a timestamp in UTC: "14 March 2026".
#[must_use]
pub fn format_utc_date(timestamp: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(timestamp.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    TimeZone::UTC.to_datetime(at).strftime("%-d %B %Y").to_string()
}

/// Parses a time as the time field of a browser sends it: `19:00`, or `19:00:00`. Seconds are dropped.
///
/// # Errors
/// [`PartyDateError::Time`] for any other text.
pub fn parse_time(typed: &str) -> Result<Time, PartyDateError> {
    let typed = normalize_token(typed);
    let time = Time::strptime("%H:%M", &typed).or_else(|_| Time::strptime("%H:%M:%S", &typed));
    time.map(|time| jiff::civil::time(time.hour(), time.minute(), 0, 0)).map_err(|_| PartyDateError::Time)
}

impl PartyDate {
    /// Derives the timestamp of a local date and time.
    ///
    /// A local time that occurs twice, when clocks are set back, is the earlier one.
    ///
    /// # Errors
    /// [`PartyDateError::Gap`] if clocks skip the local time, [`PartyDateError::TooLate`] if the date is out of range.
    /// [`PartyDateError::Zone`] if there is no data for the time zone.
    pub fn resolve(date: Date, time: Time, zone: Zone) -> Result<Self, PartyDateError> {
        let [starts_at, _] = Self::occurrences(date, time, &zone)?;
        Ok(Self { local: date.to_datetime(time), zone, starts_at })
    }

    /// The timestamps of a local date and time: the earlier and the later one where clocks show it twice, else the same one
    /// two times.
    ///
    /// # Errors
    /// As [`PartyDate::resolve`].
    pub(super) fn occurrences(date: Date, time: Time, zone: &Zone) -> Result<[Timestamp; 2], PartyDateError> {
        let zoned = zone.rules()?.into_ambiguous_zoned(date.to_datetime(time));
        if matches!(zoned.offset(), AmbiguousOffset::Gap { .. }) {
            return Err(PartyDateError::Gap);
        }
        let timestamp = |zoned: Zoned| Timestamp::from_millis(zoned.timestamp().as_millisecond());
        let too_late = |_| PartyDateError::TooLate;
        let earlier = zoned.clone().earlier().map(timestamp).map_err(too_late)?;
        Ok([earlier, zoned.later().map(timestamp).map_err(too_late)?])
    }

    /// Takes the stored parts: the text of [`PartyDate::local`], the time zone and the timestamp.
    ///
    /// # Errors
    /// [`PartyDateError::Date`] if `local` is not a text of [`PartyDate::local`].
    pub fn from_stored(local: &str, zone: Zone, starts_at: Timestamp) -> Result<Self, PartyDateError> {
        Ok(Self { local: local.parse().map_err(|_| PartyDateError::Date)?, zone, starts_at })
    }

    /// The local date and time, as ISO 8601 without an offset.
    #[must_use]
    pub fn local(&self) -> String {
        self.local.to_string()
    }

    /// The local date and time.
    #[must_use]
    pub fn local_date_and_time(&self) -> (Date, Time) {
        (self.local.date(), self.local.time())
    }

    /// The time zone.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Whether the timestamp is the one that this program's time zone data derives from the local time.
    ///
    /// A timestamp that was stored by another version of the program may differ.
    #[must_use]
    pub fn matches_zone_data(&self) -> bool {
        Self::resolve(self.local.date(), self.local.time(), self.zone.clone()).as_ref() == Ok(self)
    }

    /// Whether the party has begun. From then on it is past and accepts no RSVP.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        now >= self.starts_at
    }

    /// The local date and time of another timestamp, in the same time zone.
    #[must_use]
    pub fn at_in_same_zone(&self, timestamp: Timestamp) -> Self {
        let tz = self.zone.rules().unwrap_or(TimeZone::UTC);
        let local =
            jiff::Timestamp::from_millisecond(timestamp.as_millis()).map_or(self.local, |at| tz.to_datetime(at));
        Self { local, zone: self.zone.clone(), starts_at: timestamp }
    }

    /// The number of calendar days from `now` until the party, in its time zone. 0 on the day itself, negative after
    /// it.
    #[must_use]
    pub fn days_until(&self, now: Timestamp) -> i32 {
        let today = self.at_in_same_zone(now).local.date();
        self.local.date().since(today).map_or(0, |span| span.get_days())
    }

    /// The date for cards and previews, without year and zone: "Saturday 14 March, 19:00".
    #[must_use]
    pub fn short(&self) -> impl fmt::Display {
        ShortDate(self.local)
    }

    /// The start and the end for pages: "Saturday 14 March 2026, 19:00 to 23:00 (Berlin time)". An end on another day has
    /// its weekday: "19:00 to Sunday 01:00". An end whose clock time is not later, since clocks are set back before it, says so:
    /// "02:30 to 02:15, after the clocks go back". The end of a party whose host does not say is "about Sunday 00:00".
    #[must_use]
    pub fn until(&self, ends_at: Timestamp) -> impl fmt::Display {
        let is_default = PartyEnd::default_of(self).at() == ends_at;
        DateRange { start: self, end: self.at_in_same_zone(ends_at).local, is_default }
    }

    /// The time at which the party begins.
    #[must_use]
    pub fn starts_at(&self) -> Timestamp {
        self.starts_at
    }
}

/// Formats the date for pages and messages: "Saturday 14 March 2026, 19:00 (Berlin time)".
impl fmt::Display for PartyDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        LongDate(self.local).fmt(f)?;
        f.write_str(" (")?;
        self.zone.label().fmt(f)?;
        f.write_str(")")
    }
}

/// Displays a start and an end as [`PartyDate::until`] describes it.
struct DateRange<'a> {
    start: &'a PartyDate,
    end: DateTime,
    is_default: bool,
}

impl fmt::Display for DateRange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PartyDate { local, zone, .. } = self.start;
        let about = if self.is_default { "about " } else { "" };
        write!(f, "{} to {about}", LongDate(*local))?;
        if self.end.date() != local.date() {
            write!(f, "{} ", weekday(self.end.date()))?;
        }
        let repeated = if self.end <= *local { ", after the clocks go back" } else { "" };
        write!(f, "{}{repeated} ({})", HourAndMinute(self.end.time()), zone.label())
    }
}

/// Displays a date with its year: "Saturday 14 March 2026, 19:00".
struct LongDate(DateTime);

impl fmt::Display for LongDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DayAndMonth(self.0.date()).fmt(f)?;
        write!(f, " {:04}, ", self.0.year())?;
        HourAndMinute(self.0.time()).fmt(f)
    }
}

/// Displays a [`PartyDate`] as [`PartyDate::short`] describes it.
struct ShortDate(DateTime);

impl fmt::Display for ShortDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DayAndMonth(self.0.date()).fmt(f)?;
        f.write_str(", ")?;
        HourAndMinute(self.0.time()).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn resolve(date: &str, time: &str, zone: &str) -> Result<PartyDate, PartyDateError> {
        PartyDate::resolve(parse_date(date)?, parse_time(time)?, Zone::parse(zone)?)
    }

    #[test]
    fn date_has_weekday_month_and_zone() {
        let date = resolve("2026-03-14", "19:00", "europe/berlin").unwrap();
        assert_eq!(date.to_string(), "Saturday 14 March 2026, 19:00 (Berlin time)");
        assert_eq!(date.short().to_string(), "Saturday 14 March, 19:00");
        assert_eq!(date.starts_at(), Timestamp::from_millis(1_773_511_200_000)); // 18:00 UTC
        let zone = Zone::from_stored("Europe/Berlin").unwrap();
        assert_eq!(PartyDate::from_stored(&date.local(), zone, date.starts_at()), Ok(date));
    }

    #[test]
    fn end_on_another_day_has_its_weekday() {
        let date = resolve("2026-03-14", "19:00", "Europe/Berlin").unwrap();
        let until =
            |time: &str, day: &str| date.until(resolve(day, time, "Europe/Berlin").unwrap().starts_at()).to_string();
        assert_eq!(until("23:00", "2026-03-14"), "Saturday 14 March 2026, 19:00 to 23:00 (Berlin time)");
        assert_eq!(until("01:00", "2026-03-15"), "Saturday 14 March 2026, 19:00 to Sunday 01:00 (Berlin time)");
        assert_eq!(until("00:00", "2026-03-15"), "Saturday 14 March 2026, 19:00 to about Sunday 00:00 (Berlin time)");
        let date = resolve("2026-10-24", "22:00", "Europe/Berlin").unwrap(); // the clocks are set back that night
        let end = date.starts_at() + std::time::Duration::from_hours(5);
        assert_eq!(date.until(end).to_string(), "Saturday 24 October 2026, 22:00 to about Sunday 02:00 (Berlin time)");
        let date = resolve("2026-10-25", "02:30", "Europe/Berlin").unwrap();
        let end = date.starts_at() + std::time::Duration::from_mins(45);
        let text = "Sunday 25 October 2026, 02:30 to 02:15, after the clocks go back (Berlin time)";
        assert_eq!(date.until(end).to_string(), text);
    }

    #[test]
    fn skipped_local_time_is_rejected() {
        assert_eq!(resolve("2026-03-29", "02:30", "Europe/Berlin"), Err(PartyDateError::Gap));
        assert!(resolve("2026-03-29", "03:00", "Europe/Berlin").is_ok());
        assert_eq!(resolve("2011-12-30", "12:00", "Pacific/Apia"), Err(PartyDateError::Gap)); // a whole day was skipped
    }

    #[test]
    fn last_days_of_year_9999_are_rejected() {
        for (date, time, zone) in [("9999-12-31", "23:59", "America/New_York"), ("9999-12-31", "12:00", "UTC")] {
            assert_eq!(resolve(date, time, zone), Err(PartyDateError::TooLate));
        }
        let last = resolve("9999-12-30", "00:00", "UTC").unwrap();
        assert_eq!(last.to_string(), "Thursday 30 December 9999, 00:00 (UTC)");
    }

    #[test]
    fn ambiguous_local_time_is_the_earlier_one() {
        let date = resolve("2026-10-25", "02:30", "Europe/Berlin").unwrap();
        assert_eq!(date.starts_at(), Timestamp::from_millis(1_792_888_200_000)); // 00:30 UTC, summer time still
    }

    #[test]
    fn days_until_counts_in_time_zone_of_party() {
        let date = resolve("2026-03-14", "00:30", "Asia/Tokyo").unwrap();
        let days =
            |hours: i64| date.days_until(Timestamp::from_millis(date.starts_at().as_millis() - hours * 3_600_000));
        assert_eq!([0, 1, 24, 25, 70 * 24, -24].map(days), [0, 1, 1, 2, 70, -1]);
    }

    #[test]
    fn invalid_date_or_time_is_rejected() {
        for date in
            ["", "2026-02-29", "2026-13-01", "14.03.2026", "-001-01-01", "0000-01-01", "٢٠٢٦-٠٣-١٤", "99999-01-01"]
        {
            assert_eq!(parse_date(date), Err(PartyDateError::Date), "{date:?}");
        }
        for time in ["", "24:00", "19:60", "7pm", "19", "19:00\0"] {
            assert_eq!(parse_time(time), Err(PartyDateError::Time), "{time:?}");
        }
        for (date, time) in
            [("２０２６-０３-１４", "１９：００"), ("\u{200b}2026-03-14\u{feff}", "\u{202a}19:00\u{202c}")]
        {
            assert_eq!(resolve(date, time, "Europe/Berlin"), resolve("2026-03-14", "19:00", "Europe/Berlin"));
        }
        assert_eq!(parse_time("19:00:30"), parse_time("19:00"));
    }

    proptest! {
        #[test]
        fn resolved_timestamp_has_that_local_time(
            (year, month, day) in (1950i16..2200, 1i8..=12, 1i8..=28), (hour, minute) in (0i8..24, 0i8..60),
            zone in prop::sample::select(Zone::names().collect::<Vec<_>>()),
        ) {
            let (date, time) = (jiff::civil::date(year, month, day), jiff::civil::time(hour, minute, 0, 0));
            let Ok(zone) = Zone::parse(&zone) else { return Ok(()) };
            let tz = zone.rules().unwrap();
            match PartyDate::resolve(date, time, zone) {
                Ok(found) => {
                    let instant = jiff::Timestamp::from_millisecond(found.starts_at().as_millis()).unwrap();
                    prop_assert_eq!(tz.to_datetime(instant), date.to_datetime(time));
                    // The earlier of two: one second before, the local time is not later.
                    let before = tz.to_datetime(instant - jiff::SignedDuration::from_secs(1));
                    prop_assert!(before < date.to_datetime(time) || !tz.to_ambiguous_timestamp(before).is_ambiguous());
                }
                Err(error) => {
                    prop_assert_eq!(error, PartyDateError::Gap);
                    prop_assert!(tz.to_ambiguous_timestamp(date.to_datetime(time)).is_ambiguous());
                }
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = (parse_date(&text), parse_time(&text), Zone::parse(&text));
        }
    }
}
