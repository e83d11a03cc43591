//! When a party begins. The host's local date and time with their zone are the truth; the moment is derived for sorting.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use crate::Timestamp;

/// The zone files that ride in the binary, so that a machine's own (or their absence) change nothing.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Their names, so that a row is read without reading a zone file.
static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| Zone::names().collect());

/// The date and time on the host's wall, and the moment that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyDate {
    local: DateTime,
    zone: Zone,
    starts_at: Timestamp,
}

/// The IANA name of a time zone, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(String);

/// Why a text is no date, time or zone, or why the three name no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartyDateError {
    /// Not a day of the calendar, as `YYYY-MM-DD`.
    #[error("that is not a date")]
    Date,
    /// Not a time of day, as `HH:MM`.
    #[error("that is not a time")]
    Time,
    /// Not a zone of the IANA database.
    #[error("that is not a time zone")]
    Zone,
    /// The clocks in that zone skip that time: it is set forward over it.
    #[error("clocks there skip that time")]
    Gap,
}

impl Zone {
    /// Reads a zone's name as somebody typed it, in whatever case.
    ///
    /// # Errors
    /// [`PartyDateError::Zone`] where the IANA database has none of that name.
    pub fn parse(typed: &str) -> Result<Self, PartyDateError> {
        let zone = ZONES.get(typed.trim()).map_err(|_| PartyDateError::Zone)?;
        zone.iana_name().map(|name| Self(name.to_owned())).ok_or(PartyDateError::Zone)
    }

    /// A name that was parsed before it was stored.
    ///
    /// # Errors
    /// [`PartyDateError::Zone`] where the IANA database has none that is spelled so.
    pub fn from_stored(name: String) -> Result<Self, PartyDateError> {
        if NAMES.contains(&name) { Ok(Self(name)) } else { Err(PartyDateError::Zone) }
    }

    /// The names of all zones there are, in order.
    pub fn names() -> impl Iterator<Item = String> {
        ZONES.available().map(|name| name.to_string())
    }

    /// The IANA name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a day of the calendar, as a browser's date field sends it: `2030-01-15`.
///
/// # Errors
/// [`PartyDateError::Date`]
pub fn parse_date(typed: &str) -> Result<Date, PartyDateError> {
    let typed = typed.trim();
    if !typed.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err(PartyDateError::Date);
    }
    Date::strptime("%Y-%m-%d", typed).ok().filter(|date| date.year() > 0).ok_or(PartyDateError::Date)
}

/// The day that a moment falls on in UTC: "14 March 2026".
#[must_use]
pub fn format_utc_date(moment: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    TimeZone::UTC.to_datetime(at).strftime("%-d %B %Y").to_string()
}

/// Reads a time of day, as a browser's time field sends it: `19:00`, at times `19:00:00`. Seconds are dropped.
///
/// # Errors
/// [`PartyDateError::Time`]
pub fn parse_time(typed: &str) -> Result<Time, PartyDateError> {
    let typed = typed.trim();
    let time = Time::strptime("%H:%M", typed).or_else(|_| Time::strptime("%H:%M:%S", typed));
    time.map(|time| jiff::civil::time(time.hour(), time.minute(), 0, 0)).map_err(|_| PartyDateError::Time)
}

impl PartyDate {
    /// Finds the moment: in a fold (clocks set back) the earlier of the two.
    ///
    /// # Errors
    /// [`PartyDateError::Gap`] where clocks skip that time, [`PartyDateError::Zone`] where there is no such zone,
    /// [`PartyDateError::Date`] past the end of the calendar.
    pub fn resolve(date: Date, time: Time, zone: Zone) -> Result<Self, PartyDateError> {
        let local = date.to_datetime(time);
        let moment = ZONES.get(&zone.0).map_err(|_| PartyDateError::Zone)?.into_ambiguous_zoned(local);
        if matches!(moment.offset(), AmbiguousOffset::Gap { .. }) {
            return Err(PartyDateError::Gap);
        }
        let moment = moment.earlier().map_err(|_| PartyDateError::Date)?.timestamp();
        Ok(Self { local, zone, starts_at: Timestamp::from_millis(moment.as_millisecond()) })
    }

    /// Puts together what a store kept apart: [`PartyDate::local`], the zone, and the moment.
    ///
    /// # Errors
    /// [`PartyDateError::Date`] where `local` is not what [`PartyDate::local`] gave.
    pub fn from_stored(local: &str, zone: Zone, starts_at: Timestamp) -> Result<Self, PartyDateError> {
        Ok(Self { local: local.parse().map_err(|_| PartyDateError::Date)?, zone, starts_at })
    }

    /// The date and time on the host's wall, as ISO 8601 without an offset.
    #[must_use]
    pub fn local(&self) -> String {
        self.local.to_string()
    }

    /// The host's zone.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Whether the moment is the one that the zone files in this program find for the time on the wall. Those that were used
    /// when it was stored may have known other rules.
    #[must_use]
    pub fn matches_zone_data(&self) -> bool {
        Self::resolve(self.local.date(), self.local.time(), self.zone.clone()).as_ref() == Ok(self)
    }

    /// Whether it is past: an evening that has begun takes no answers.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        now >= self.starts_at
    }

    /// What the wall shows at another moment.
    #[must_use]
    pub fn at_in_same_zone(&self, moment: Timestamp) -> Self {
        let tz = ZONES.get(&self.zone.0).unwrap_or(TimeZone::UTC);
        let local = jiff::Timestamp::from_millisecond(moment.as_millis()).map_or(self.local, |at| tz.to_datetime(at));
        Self { local, zone: self.zone.clone(), starts_at: moment }
    }

    /// How many days of the calendar it is away at `now`, on its own wall: 0 on the day itself, negative after it.
    #[must_use]
    pub fn days_until(&self, now: Timestamp) -> i32 {
        let today = self.at_in_same_zone(now).local.date();
        self.local.date().since(today).map_or(0, |span| span.get_days())
    }

    /// The moment it begins.
    #[must_use]
    pub fn starts_at(&self) -> Timestamp {
        self.starts_at
    }
}

/// "Saturday 14 March 2026, 19:00 (Europe/Berlin)": the one way a date is written, everywhere.
impl fmt::Display for PartyDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.local.strftime("%A %-d %B %Y, %H:%M"), self.zone.0)
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
    fn a_date_reads_as_people_say_it() {
        let date = resolve("2026-03-14", "19:00", "europe/berlin").unwrap();
        assert_eq!(date.to_string(), "Saturday 14 March 2026, 19:00 (Europe/Berlin)");
        assert_eq!(date.starts_at(), Timestamp::from_millis(1_773_511_200_000)); // 18:00 UTC
        let zone = Zone::from_stored("Europe/Berlin".into()).unwrap();
        assert_eq!(PartyDate::from_stored(&date.local(), zone, date.starts_at()), Ok(date));
    }

    #[test]
    fn every_zone_that_can_be_typed_can_be_stored() {
        for name in Zone::names() {
            let Ok(zone) = Zone::parse(&name.to_lowercase()) else { continue };
            assert_eq!(Zone::from_stored(zone.as_str().to_owned()), Ok(zone));
        }
        for name in ["", "europe/berlin", "Europe/Atlantis"] {
            assert_eq!(Zone::from_stored(name.to_owned()), Err(PartyDateError::Zone), "{name}");
        }
    }

    #[test]
    fn a_time_that_clocks_skip_is_refused() {
        assert_eq!(resolve("2026-03-29", "02:30", "Europe/Berlin"), Err(PartyDateError::Gap));
        assert!(resolve("2026-03-29", "03:00", "Europe/Berlin").is_ok());
        assert_eq!(resolve("2011-12-30", "12:00", "Pacific/Apia"), Err(PartyDateError::Gap)); // a whole day was skipped
    }

    #[test]
    fn a_time_that_comes_twice_is_the_earlier_one() {
        let date = resolve("2026-10-25", "02:30", "Europe/Berlin").unwrap();
        assert_eq!(date.starts_at(), Timestamp::from_millis(1_792_888_200_000)); // 00:30 UTC, summer time still
    }

    #[test]
    fn days_are_counted_on_the_hosts_wall() {
        let date = resolve("2026-03-14", "00:30", "Asia/Tokyo").unwrap();
        let days =
            |hours: i64| date.days_until(Timestamp::from_millis(date.starts_at().as_millis() - hours * 3_600_000));
        assert_eq!([0, 1, 24, 25, 70 * 24, -24].map(days), [0, 1, 1, 2, 70, -1]);
    }

    #[test]
    fn what_is_no_date_time_or_zone_is_refused() {
        for date in
            ["", "2026-02-29", "2026-13-01", "14.03.2026", "-001-01-01", "0000-01-01", "２０２６-03-14", "99999-01-01"]
        {
            assert_eq!(parse_date(date), Err(PartyDateError::Date), "{date:?}");
        }
        for time in ["", "24:00", "19:60", "7pm", "19", "19:00\0"] {
            assert_eq!(parse_time(time), Err(PartyDateError::Time), "{time:?}");
        }
        for zone in ["", "Berlin", "Europe/Atlantis", "../etc/passwd", "UTC0", "Europe/Berlin\0"] {
            assert_eq!(Zone::parse(zone), Err(PartyDateError::Zone), "{zone:?}");
        }
        assert_eq!(parse_time("19:00:30"), parse_time("19:00"));
    }

    proptest! {
        #[test]
        fn what_was_resolved_is_on_the_wall_at_that_moment(
            (year, month, day) in (1950i16..2200, 1i8..=12, 1i8..=28), (hour, minute) in (0i8..24, 0i8..60),
            zone in prop::sample::select(Zone::names().collect::<Vec<_>>()),
        ) {
            let (date, time) = (jiff::civil::date(year, month, day), jiff::civil::time(hour, minute, 0, 0));
            let Ok(zone) = Zone::parse(&zone) else { return Ok(()) };
            let tz = ZONES.get(zone.as_str()).unwrap();
            match PartyDate::resolve(date, time, zone) {
                Ok(found) => {
                    let moment = jiff::Timestamp::from_millisecond(found.starts_at().as_millis()).unwrap();
                    prop_assert_eq!(tz.to_datetime(moment), date.to_datetime(time));
                    // The earlier of two: an hour before, the wall shows no later time.
                    let before = tz.to_datetime(moment - jiff::SignedDuration::from_secs(1));
                    prop_assert!(before < date.to_datetime(time) || !tz.to_ambiguous_timestamp(before).is_ambiguous());
                }
                Err(error) => prop_assert_eq!((error, tz.to_ambiguous_timestamp(date.to_datetime(time)).is_ambiguous()), (PartyDateError::Gap, true)),
            }
        }

        #[test]
        fn any_text_is_a_date_a_time_a_zone_or_refused(text in any::<String>()) {
            let _ = (parse_date(&text), parse_time(&text), Zone::parse(&text));
        }
    }
}
