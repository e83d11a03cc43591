//! The settings of throttling, with their defaults and ranges.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::BuildError;

/// How many attempts are allowed before a caller waits: see [`crate::Builder::throttling`].
///
/// Every attempt is counted before its password is hashed. An attempt that is refused counts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttling {
    pub(crate) free_failures: u32,
    pub(crate) longest_wait: Duration,
    pub(crate) failures_per_minute: u32,
    pub(crate) failures_per_account: u32,
    pub(crate) registrations_per_hour: u32,
}

/// The ranges of the settings. Their upper ends keep a limit a limit.
const FREE_FAILURES: RangeInclusive<u32> = 1..=20;
const LONGEST_WAIT_SECS: RangeInclusive<u64> = 60..=86_400;
const FAILURES_PER_MINUTE: RangeInclusive<u32> = 5..=10_000;
const FAILURES_PER_ACCOUNT: RangeInclusive<u32> = 10..=100;
const REGISTRATIONS_PER_HOUR: RangeInclusive<u32> = 1..=100_000;

impl Default for Throttling {
    fn default() -> Self {
        Self {
            free_failures: 5,
            longest_wait: Duration::from_mins(15),
            failures_per_minute: 30,
            failures_per_account: 100,
            registrations_per_hour: 60,
        }
    }
}

impl Throttling {
    /// How many wrong passwords one address may send for one e-mail address or username before it waits, 1 to 20. Default: 5.
    /// The wait then doubles with each: 1, 2, 4 … seconds.
    #[must_use]
    pub const fn free_failures(self, free_failures: u32) -> Self {
        Self { free_failures, ..self }
    }

    /// The longest wait after a wrong password, 1 minute to 1 day. Default: 15 minutes.
    #[must_use]
    pub const fn longest_wait(self, longest_wait: Duration) -> Self {
        Self { longest_wait, ..self }
    }

    /// How many log-ins of one address may fail in a minute, 5 to 10,000. Default: 30. Its whole network (IPv4 /24, IPv6 /48)
    /// may fail eight times as often. Raise it where many people share one address.
    #[must_use]
    pub const fn failures_per_minute(self, failures_per_minute: u32) -> Self {
        Self { failures_per_minute, ..self }
    }

    /// After how many failures of unknown browsers without a pause of 24 hours an account responds to unknown browsers as to a
    /// wrong password, 10 to 100. Default: 100.
    ///
    /// NIST SP 800-63B-4 (3.2.2) allows 100 for an account. Each network that the user has logged in from has as many of its own,
    /// so that strangers elsewhere do not use up the owner's: a guesser inside such a network has them beside those of strangers.
    #[must_use]
    pub const fn failures_per_account(self, failures_per_account: u32) -> Self {
        Self { failures_per_account, ..self }
    }

    /// How many accounts one address may register in an hour, 1 to 100,000. Default: 60. Its whole network may register eight
    /// times as many.
    #[must_use]
    pub const fn registrations_per_hour(self, registrations_per_hour: u32) -> Self {
        Self { registrations_per_hour, ..self }
    }

    /// Rejects a setting outside its range.
    pub(crate) fn ensure_valid(&self) -> Result<(), BuildError> {
        let counts = [
            ("free failures", self.free_failures, FREE_FAILURES),
            ("failures per minute", self.failures_per_minute, FAILURES_PER_MINUTE),
            ("failures per account", self.failures_per_account, FAILURES_PER_ACCOUNT),
            ("registrations per hour", self.registrations_per_hour, REGISTRATIONS_PER_HOUR),
        ];
        if let Some((name, count, range)) = counts.into_iter().find(|(_, count, range)| !range.contains(count)) {
            return Err(BuildError::Throttling { name, count, min: *range.start(), max: *range.end() });
        }
        if !LONGEST_WAIT_SECS.contains(&self.longest_wait.as_secs()) {
            return Err(BuildError::LongestWait(self.longest_wait));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number as the guide writes it: 10,000.
    fn written(number: u32) -> String {
        if number < 10_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
    }

    #[test]
    fn guide_has_the_default_and_the_range_of_each_limit() {
        let guide = include_str!("../../../../docs/EMBEDDING.md");
        let default = Throttling::default();
        for (name, default, range) in [
            ("free_failures", default.free_failures, FREE_FAILURES),
            ("failures_per_minute", default.failures_per_minute, FAILURES_PER_MINUTE),
            ("failures_per_account", default.failures_per_account, FAILURES_PER_ACCOUNT),
            ("registrations_per_hour", default.registrations_per_hour, REGISTRATIONS_PER_HOUR),
        ] {
            let row = guide.lines().find(|line| line.contains(&format!("`Throttling::{name}`"))).unwrap_or_default();
            let end = format!(" | {default} | {} to {} |", written(*range.start()), written(*range.end()));
            assert!(row.ends_with(&end), "{name}: {row:?} does not end in {end:?}");
        }
        assert_eq!((default.longest_wait, LONGEST_WAIT_SECS), (Duration::from_mins(15), 60..=86_400));
        assert!(guide.contains("a wrong password | 15 minutes | 1 minute to 1 day |"));
    }

    #[test]
    fn setting_outside_its_range_is_rejected() {
        let default = Throttling::default();
        assert!(default.ensure_valid().is_ok());
        for (settings, message) in [
            (default.free_failures(0), "0 free failures are outside 1 to 20"),
            (default.failures_per_minute(4), "4 failures per minute are outside 5 to 10000"),
            (default.failures_per_account(101), "101 failures per account are outside 10 to 100"),
            (default.registrations_per_hour(0), "0 registrations per hour are outside 1 to 100000"),
            (default.longest_wait(Duration::from_secs(59)), "a longest wait of 59s is outside 1 min to 1 d"),
        ] {
            assert_eq!(settings.ensure_valid().unwrap_err().to_string(), message);
        }
    }
}
