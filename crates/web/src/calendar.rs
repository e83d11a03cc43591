//! A party as a calendar event: the `.ics` file, and links that add the event to a web calendar.
//!
//! [`content_line`] writes and folds the lines of the file, and [`links`] the URLs. Both take plain values: which values
//! a visitor may see, such as the address, is decided by the caller.
//!
//! # Time zones
//! Times are UTC (`DTSTART:20261212T180000Z`), and the file has no `VTIMEZONE`. The full zone id is in `X-WR-TIMEZONE`.
//! The reasons:
//! - A UTC instant needs no rule to be read. Outlook ignores a `VTIMEZONE` that it cannot reduce to one transition to
//!   daylight saving time and one back a year (MS-STANOICAL 2.2.47), and then reads local times in the reader's own zone.
//! - A party is one event without recurrence. A zone's rules would only matter for a series.
//!
//! A calendar shows an instant in its reader's zone, which may differ from the party's. The caller therefore puts the local
//! date and time into the description.
//!
//! # Why the file is written here
//! The crate `icalendar` was tried: version 0.17.17 writes lines of 76 octets where the rest of a folded line is exactly 75
//! octets long, and it brings chrono, nom and uuid along. It reads our files in the tests, as does the crate `ical`.

mod content_line;
mod links;

use domain::Timestamp;

use self::content_line::{Lines, plain_text};

pub(crate) use self::links::map_link;

/// The content type of an `.ics` file. RFC 5545, section 8.1, asks for the method.
pub(crate) const CONTENT_TYPE: &str = "text/calendar; charset=utf-8; method=PUBLISH";

/// The program that wrote the file (RFC 5545, section 3.7.3).
const PRODUCT_ID: &str = "-//DinnerParty//DinnerParty//EN";

/// A party as a calendar event, with the texts that its reader may see.
///
/// Texts may contain any character. Line breaks are kept, other control characters are removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CalendarEvent<'a> {
    /// The host of this service's origin, such as `dinner.example.com`. Makes the `UID` globally unique.
    pub(crate) uid_host: &'a str,
    /// The Party ID.
    pub(crate) party: i64,
    /// The revision of the party, from 0. A calendar replaces an event only by one with a higher number.
    pub(crate) sequence: u32,
    /// Whether the party takes place.
    pub(crate) status: CalendarStatus,
    /// When the party begins.
    pub(crate) starts_at: Timestamp,
    /// When the party ends; after `starts_at`.
    pub(crate) ends_at: Timestamp,
    /// The party's IANA time zone, such as `Europe/Berlin`.
    pub(crate) zone: &'a str,
    /// When this file is made: `DTSTAMP`, which RFC 5545, section 3.8.7.2, defines so for a file with a method.
    pub(crate) generated_at: Timestamp,
    /// The title of the event, such as "Mushroom risotto at Marta's".
    pub(crate) summary: &'a str,
    /// Venue, or address, or both. `None` where the reader may see neither.
    pub(crate) location: Option<&'a str>,
    /// The text of the event. The file appends `url` to it, since Google Calendar does not show the property `URL`.
    pub(crate) description: &'a str,
    /// The absolute URL of the party's page.
    pub(crate) url: &'a str,
}

/// Whether a party takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CalendarStatus {
    /// The party takes place.
    Scheduled,
    /// The party takes place, and its reader may come: as one who waits, was invited, or may come (RFC 5545, 3.8.1.11).
    Tentative,
    /// The host cancelled the party. Calendars strike the event out or remove it.
    Cancelled,
}

impl CalendarEvent<'_> {
    /// The `.ics` file (RFC 5545) with this one event.
    ///
    /// The `UID` depends on the Party ID and the host alone: every file of a party replaces the event of an earlier one.
    pub(crate) fn to_ics(&self) -> String {
        let status = match self.status {
            CalendarStatus::Scheduled => "CONFIRMED",
            CalendarStatus::Tentative => "TENTATIVE",
            CalendarStatus::Cancelled => "CANCELLED",
        };
        let description = match plain_text(self.description).trim_end() {
            "" => self.url.to_owned(),
            text => format!("{text}\n\n{}", self.url),
        };
        let mut lines = Lines::default();
        lines.raw("BEGIN", "VCALENDAR");
        lines.raw("VERSION", "2.0");
        lines.text("PRODID", PRODUCT_ID);
        lines.raw("CALSCALE", "GREGORIAN");
        lines.raw("METHOD", "PUBLISH");
        lines.text("X-WR-TIMEZONE", self.zone);
        lines.raw("BEGIN", "VEVENT");
        lines.text("UID", &format!("party-{}@{}", self.party, self.uid_host));
        lines.raw("DTSTAMP", &utc(self.generated_at));
        lines.raw("SEQUENCE", &self.sequence.to_string());
        lines.raw("STATUS", status);
        lines.raw("DTSTART", &utc(self.starts_at));
        lines.raw("DTEND", &utc(self.ends_at));
        lines.text("SUMMARY", self.summary);
        if let Some(location) = self.location {
            lines.text("LOCATION", location);
        }
        lines.text("DESCRIPTION", &description);
        lines.raw("URL", self.url);
        lines.raw("END", "VEVENT");
        lines.raw("END", "VCALENDAR");
        lines.into_file()
    }

    /// The name of the downloaded file: `dinner-party-12.ics`.
    pub(crate) fn file_name(&self) -> String {
        format!("dinner-party-{}.ics", self.party)
    }
}

/// A moment as UTC date and time of RFC 5545, section 3.3.5: `20261212T180000Z`. Milliseconds are cut off.
fn utc(moment: Timestamp) -> String {
    format_utc(moment, "%Y%m%dT%H%M%SZ")
}

/// Formats a moment in UTC. One outside of the years 1970 to 9999, which the store does not hold, becomes 1970.
fn format_utc(moment: Timestamp, format: &str) -> String {
    let after_epoch = |at: &jiff::Timestamp| *at >= jiff::Timestamp::UNIX_EPOCH;
    let at = jiff::Timestamp::from_millisecond(moment.as_millis()).ok().filter(after_epoch);
    at.unwrap_or(jiff::Timestamp::UNIX_EPOCH).strftime(format).to_string()
}

#[cfg(test)]
mod tests;
