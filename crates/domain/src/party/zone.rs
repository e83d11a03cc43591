//! Time zones: their names in the IANA database, and how a date names them.

mod former_names;

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use self::former_names::FORMER_NAMES;
use super::PartyDateError;
use crate::Timestamp;
use crate::invisible::normalize_token;

/// The time zone database in the binary. The one of the operating system, or its absence, makes no difference.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Each name in the database with its current one, so that parsing a stored name loads no zone data.
static CURRENT_NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let names = DATABASE.available().map(|name| name.to_string());
    names.map(|name| (name.clone(), current_name(&name).to_owned())).collect()
});

/// States of the United States with several zones. Some of their cities have a namesake elsewhere, so the state is
/// named too.
const STATES: [&str; 3] = ["Indiana", "Kentucky", "North_Dakota"];

/// Names in the database that stand for no place and no offset: `Factory` is for a computer whose zone is not set yet, and its
/// abbreviation is "-00". No party is hosted there, but a stored name is still read.
const PLACEHOLDERS: [&str; 1] = ["Factory"];

/// The current name of a time zone in the IANA database, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(&'static str);

impl Zone {
    /// Parses a name as typed, in any case and with spaces for underscores. A former name is replaced by the current one:
    /// `Europe/Kiev` by `Europe/Kyiv`.
    ///
    /// # Errors
    /// [`PartyDateError::Zone`] if the IANA database has no such name, or has it as a placeholder only.
    pub fn parse(typed: &str) -> Result<Self, PartyDateError> {
        let name = normalize_token(typed).replace(' ', "_");
        let zone = DATABASE.get(&name).map_err(|_| PartyDateError::Zone)?;
        let name = zone.iana_name().filter(|name| !PLACEHOLDERS.contains(name)).ok_or(PartyDateError::Zone)?;
        Self::find(name)
    }

    /// Takes a stored name, which was parsed before it was stored. It is replaced by the current one if IANA has renamed
    /// the zone since.
    ///
    /// # Errors
    /// [`PartyDateError::Zone`] if the IANA database has no name of that spelling.
    pub fn from_stored(name: impl AsRef<str>) -> Result<Self, PartyDateError> {
        Self::find(name.as_ref())
    }

    fn find(name: &str) -> Result<Self, PartyDateError> {
        CURRENT_NAMES.get(name).map(|current| Self(current)).ok_or(PartyDateError::Zone)
    }

    /// The current names of all time zones, sorted without regard to case.
    pub fn names() -> impl Iterator<Item = String> {
        let is_current = |name: &String| current_name(name) == name && !PLACEHOLDERS.contains(&name.as_str());
        DATABASE.available().map(|name| name.to_string()).filter(is_current)
    }

    /// The former names of a time zone, by its current name.
    pub fn former_names(current: &str) -> impl Iterator<Item = &'static str> {
        FORMER_NAMES.iter().filter(move |(_, name)| *name == current).map(|(former, _)| *former)
    }

    /// The local date of a timestamp in this time zone.
    #[must_use]
    pub fn date_at(&self, timestamp: Timestamp) -> Date {
        let rules = self.rules().unwrap_or(TimeZone::UTC);
        let at = jiff::Timestamp::from_millisecond(timestamp.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        rules.to_datetime(at).date()
    }

    /// The IANA name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0
    }

    /// The zone as a date names it: "Berlin time", "Knox, Indiana time"; the IANA name if it names no city.
    #[must_use]
    pub fn label(&self) -> impl fmt::Display {
        ZoneLabel(self.0)
    }

    /// The rules of the zone.
    pub(super) fn rules(&self) -> Result<TimeZone, PartyDateError> {
        DATABASE.get(self.0).map_err(|_| PartyDateError::Zone)
    }
}

/// Returns the current name for a former one, and any other text as it is.
fn current_name(name: &str) -> &str {
    match FORMER_NAMES.binary_search_by_key(&name, |(former, _)| former) {
        Ok(at) => FORMER_NAMES[at].1,
        Err(_) => name,
    }
}

/// Displays a [`Zone`] as [`Zone::label`] describes it.
struct ZoneLabel(&'static str);

impl fmt::Display for ZoneLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((_, place)) = self.0.split_once('/').filter(|(area, _)| *area != "Etc") else {
            return f.write_str(self.0);
        };
        let (state, city) = place.rsplit_once('/').unwrap_or(("", place));
        write_words(city, f)?;
        if STATES.contains(&state) {
            f.write_str(", ")?;
            write_words(state, f)?;
        }
        f.write_str(" time")
    }
}

/// Writes a part of an IANA name, whose words are separated by underscores.
fn write_words(part: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (position, word) in part.split('_').enumerate() {
        if position > 0 {
            f.write_str(" ")?;
        }
        f.write_str(word)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn zone_is_named_by_its_city() {
        for (name, label) in [
            ("Europe/Berlin", "Berlin time"),
            ("America/New_York", "New York time"),
            ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
            ("America/Port-au-Prince", "Port-au-Prince time"),
            ("America/Indiana/Knox", "Knox, Indiana time"),
            ("America/Kentucky/Louisville", "Louisville, Kentucky time"),
            ("America/North_Dakota/New_Salem", "New Salem, North Dakota time"),
            ("UTC", "UTC"),
            ("GMT", "GMT"),
            ("Etc/GMT+5", "Etc/GMT+5"),
            ("EST5EDT", "EST5EDT"),
        ] {
            assert_eq!(Zone::parse(name).unwrap().label().to_string(), label);
        }
    }

    #[test]
    fn former_name_is_replaced_by_the_current_one() {
        for (former, current) in [
            ("Europe/Kiev", "Europe/Kyiv"),
            ("asia/calcutta", "Asia/Kolkata"),
            ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("US/Pacific", "America/Los_Angeles"),
            ("Japan", "Asia/Tokyo"),
            ("Etc/UTC", "UTC"),
            ("Zulu", "UTC"),
        ] {
            assert_eq!(Zone::parse(former).unwrap().as_str(), current);
        }
        assert_eq!(Zone::from_stored("Europe/Kiev").unwrap().as_str(), "Europe/Kyiv");
        assert_eq!(Zone::former_names("Europe/Kyiv").collect::<Vec<_>>(), ["Europe/Kiev"]);
    }

    /// Since 2022 the data of Oslo is that of Berlin. Belfast never was a name for London.
    #[test]
    fn place_that_shares_the_data_of_another_keeps_its_name() {
        for name in
            ["Europe/Oslo", "Europe/Amsterdam", "Atlantic/Reykjavik", "Asia/Kuala_Lumpur", "Europe/Belfast", "EST"]
        {
            assert_eq!(Zone::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn typed_zone_ignores_case_spaces_and_invisible_characters() {
        for typed in ["europe/berlin", " Europe/Berlin\u{200b}", "\u{feff}Europe/Berlin", "Ｅｕｒｏｐｅ／Ｂｅｒｌｉｎ"]
        {
            assert_eq!(Zone::parse(typed).map(|zone| zone.0), Ok("Europe/Berlin"), "{typed:?}");
        }
        assert_eq!(Zone::parse("America/New York").map(|zone| zone.0), Ok("America/New_York"));
        for typed in ["", "Berlin", "Europe/Atlantis", "../etc/passwd", "UTC0", "Europe/Berlin\0", "Etc/Unknown"] {
            assert_eq!(Zone::parse(typed), Err(PartyDateError::Zone), "{typed:?}");
        }
    }

    #[test]
    fn placeholder_is_no_zone_but_is_read_from_store() {
        let at = jiff::Timestamp::from_second(1_767_225_600).unwrap(); // 2026-01-01
        for name in DATABASE.available().map(|name| name.to_string()) {
            let rules = DATABASE.get(&name).unwrap();
            let is_placeholder = rules.to_offset_info(at).abbreviation() == "-00";
            assert_eq!(Zone::parse(&name).is_err(), is_placeholder, "{name}");
            assert!(Zone::from_stored(&name).is_ok(), "{name}");
        }
        for typed in ["Factory", "factory", "FACTORY ", "posixrules", "localtime", "posix/Europe/Berlin", "leapseconds"]
        {
            assert_eq!(Zone::parse(typed), Err(PartyDateError::Zone), "{typed}");
        }
        assert!(Zone::names().all(|name| name != "Factory"));
    }

    #[test]
    fn date_at_is_the_day_in_that_zone() {
        let newyear = Timestamp::from_millis(1_767_225_600_000); // 2026-01-01T00:00:00Z
        for (zone, date) in [("UTC", "2026-01-01"), ("America/New_York", "2025-12-31"), ("Asia/Tokyo", "2026-01-01")] {
            assert_eq!(Zone::parse(zone).unwrap().date_at(newyear).to_string(), date, "{zone}");
        }
    }

    #[test]
    fn each_zone_has_one_current_name() {
        assert!(FORMER_NAMES.is_sorted());
        for (former, current) in FORMER_NAMES {
            assert_eq!(current_name(current), *current, "{former} leads to a former name");
            assert!(DATABASE.get(former).is_ok() && DATABASE.get(current).is_ok(), "{former} {current}");
            assert!(Zone::names().all(|name| name != *former), "{former} is listed");
        }
        assert!(Zone::names().is_sorted_by_key(|name| name.to_lowercase()));
    }

    #[test]
    fn parsed_zone_is_accepted_from_store() {
        for name in Zone::names() {
            let Ok(zone) = Zone::parse(&name.to_lowercase()) else { continue };
            assert_eq!(Zone::from_stored(zone.as_str()), Ok(zone));
        }
        for name in ["", "europe/berlin", "Europe/Atlantis"] {
            assert_eq!(Zone::from_stored(name), Err(PartyDateError::Zone), "{name}");
        }
    }

    proptest! {
        /// A stored local time keeps its timestamp when its zone is renamed.
        #[test]
        fn former_name_and_current_one_have_the_same_rules(
            (former, current) in prop::sample::select(FORMER_NAMES), second in 0i64..4_000_000_000,
        ) {
            let at = jiff::Timestamp::from_second(second).unwrap();
            let offset = |name: &str| DATABASE.get(name).unwrap().to_offset(at);
            prop_assert_eq!(offset(former), offset(current), "{} {}", former, current);
        }
    }
}
