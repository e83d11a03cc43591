//! Whether one address makes most of the failed log-ins: an attacker, or a proxy that passes no address, behind which all
//! clients share their limits.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;

/// How many failures are looked at together.
const SAMPLE: u32 = 100;

/// A sample that takes longer says nothing about an attack or a crowd.
const SAMPLE_PERIOD: Duration = Duration::from_mins(10);

/// The shortest time between two warnings.
const PAUSE: Duration = Duration::from_hours(1);

/// Counts failures by address: each address that is not the candidate takes one from the candidate's lead (Boyer and Moore's
/// majority vote), so that one address is stored however many there are.
#[derive(Debug, Default)]
pub(crate) struct Concentration(Mutex<Sample>);

#[derive(Debug, Default)]
struct Sample {
    began_at: Option<Timestamp>,
    failures: u32,
    candidate: Option<IpAddr>,
    lead: u32,
    quiet_until: Option<Timestamp>,
}

impl Concentration {
    /// Adds a failure. Returns whether to warn: of 100 failures in 10 minutes, 75 or more came from this address, and the last
    /// warning is an hour ago.
    pub(crate) fn add(&self, address: IpAddr, now: Timestamp) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(address, now)
    }
}

impl Sample {
    fn add(&mut self, address: IpAddr, now: Timestamp) -> bool {
        let is_stale = self.began_at.is_none_or(|began_at| now < began_at || now > began_at + SAMPLE_PERIOD);
        if is_stale || self.failures >= SAMPLE {
            *self = Self { began_at: Some(now), quiet_until: self.quiet_until, ..Self::default() };
        }
        self.failures += 1;
        if self.lead == 0 {
            self.candidate = Some(address);
        }
        self.lead = if self.candidate == Some(address) { self.lead + 1 } else { self.lead - 1 };
        let is_most = self.failures == SAMPLE && self.lead >= SAMPLE / 2;
        let warns = is_most && self.quiet_until.is_none_or(|until| now >= until || now + PAUSE < until);
        if warns {
            self.quiet_until = Some(now + PAUSE);
        }
        warns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn client(n: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(0xcb00_7100 + n).into()
    }

    /// The number of warnings about 100 failures, of which `from_proxy` come from one address.
    fn warnings(concentration: &Concentration, from_proxy: u32, start: Timestamp) -> usize {
        let address = |n| if n * from_proxy / 100 < (n + 1) * from_proxy / 100 { PROXY } else { client(n) };
        (0..100).filter(|n| concentration.add(address(*n), start + Duration::from_secs(u64::from(*n)))).count()
    }

    #[test]
    fn three_quarters_of_a_hundred_failures_warn_once_an_hour() {
        let start = Timestamp::from_millis(0);
        let concentration = Concentration::default();
        assert_eq!(warnings(&concentration, 100, start), 1);
        assert_eq!(warnings(&concentration, 100, start + Duration::from_mins(30)), 0);
        assert_eq!(warnings(&concentration, 75, start + Duration::from_mins(90)), 1);
        assert_eq!(warnings(&Concentration::default(), 74, start), 0);
    }

    #[test]
    fn slow_failures_and_a_clock_set_back_begin_anew() {
        let (start, concentration) = (Timestamp::from_millis(10_000_000), Concentration::default());
        for n in 0..300 {
            assert!(!concentration.add(PROXY, start + Duration::from_secs(7 * n)));
        }
        assert!(!concentration.add(PROXY, Timestamp::from_millis(0)));
        assert_eq!(warnings(&concentration, 100, Timestamp::from_millis(1)), 1);
    }
}
