//! Times of the commands: printed in RFC 3339 and UTC, and typed as a time, a day or a span.

use std::time::Duration;

use domain::Timestamp;

/// A time in RFC 3339, in UTC and to the second, such as `2026-11-30T18:00:00Z`.
pub(super) fn rfc3339(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.as_millis())
        .map_or_else(|_| format!("{} ms", time.as_millis()), |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Since when events are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    At(Timestamp),
    Ago(Duration),
}

impl Since {
    /// Parses a time in RFC 3339, a day in UTC, or a number with `m`, `h` or `d`.
    pub(super) fn parse(typed: &str) -> Result<Self, String> {
        let error =
            || "a time such as 2026-11-30T18:00:00Z, a day such as 2026-11-30, or a span such as 30m, 12h or 7d";
        if let Some(span) = span(typed) {
            return Ok(Self::Ago(span));
        }
        let time = typed.parse::<jiff::Timestamp>().or_else(|_| format!("{typed}T00:00:00Z").parse());
        let time = time.map_err(|_| error().to_owned())?;
        Ok(Self::At(Timestamp::from_millis(time.as_millisecond())))
    }

    /// The time, seen from `now`.
    pub(super) fn time(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::Ago(span) => now - span,
        }
    }
}

/// `30m`, `12h` or `7d`.
fn span(typed: &str) -> Option<Duration> {
    let (number, unit) = typed.split_at_checked(typed.len().checked_sub(1)?)?;
    let seconds = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = number.parse().ok().filter(|_| is_number)?;
    Some(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_printed_in_utc_to_the_second() {
        assert_eq!(rfc3339(Timestamp::from_millis(1_767_225_600_999)), "2026-01-01T00:00:00Z");
        assert_eq!(rfc3339(Timestamp::from_millis(i64::MAX)), "9223372036854775807 ms");
    }

    #[test]
    fn since_is_a_time_a_day_or_a_span() {
        let now = Timestamp::from_millis(1_767_225_600_000);
        let since = |typed| Since::parse(typed).map(|since| since.time(now).as_millis());
        assert_eq!(since("2026-01-01"), Ok(1_767_225_600_000));
        assert_eq!(since("2026-01-01T01:00:00+01:00"), Ok(1_767_225_600_000));
        assert_eq!(since("30m"), Ok(1_767_225_600_000 - 1_800_000));
        assert_eq!(since("12h"), Ok(1_767_225_600_000 - 43_200_000));
        assert_eq!(since("7d"), Ok(1_767_225_600_000 - 604_800_000));
        for typed in ["", "d", "-7d", "7", "7w", "yesterday", "2026-13-01", "+7d", "é", "7é"] {
            assert!(since(typed).is_err(), "{typed}");
        }
    }
}
