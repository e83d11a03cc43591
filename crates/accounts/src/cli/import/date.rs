//! The time at which a user registered, as databases and programs write it.

use domain::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Parses `2021-03-04T05:06:07Z`, `2021-03-04 05:06:07.123456+00:00`, the same without an offset, which is UTC, and
/// `2021-03-04`, which is its first moment. `None` if the text is empty.
pub(super) fn parse(text: &str) -> Result<Option<Timestamp>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let with_offset = || text.parse::<jiff::Timestamp>().ok();
    let in_utc = |civil: DateTime| TimeZone::UTC.to_timestamp(civil).ok();
    let civil = || text.parse().ok().and_then(in_utc);
    let day = || text.parse::<Date>().ok().and_then(|day| in_utc(day.into()));
    let parsed = with_offset().or_else(civil).or_else(day);
    let parsed = parsed.ok_or("joined_at is not a date such as 2021-03-04T05:06:07Z")?;
    Ok(Some(Timestamp::from_millis(parsed.as_millisecond())))
}
