//! Whether one address makes most of the failed log-ins: an attacker, or a proxy that passes no address, behind which all
//! clients share their limits.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;

/// How many failures are looked at together.
const SAMPLE: usize = 100;

/// How many of them one address makes for a warning.
const MOST: usize = 75;

/// A sample that takes longer says nothing about an attack or a crowd.
const SAMPLE_PERIOD: Duration = Duration::from_mins(10);

/// The shortest time between two warnings.
const PAUSE: Duration = Duration::from_hours(1);

/// The addresses of the last failures, at most 100. They are not stored.
#[derive(Debug, Default)]
pub(crate) struct FailureSample(Mutex<Sample>);

#[derive(Debug, Default)]
struct Sample {
    began_at: Option<Timestamp>,
    addresses: Vec<IpAddr>,
    warned_at: Option<Timestamp>,
}

impl FailureSample {
    /// Adds a failure. Returns the address to warn about: of 100 failures in 10 minutes, 75 or more came from it, and the last
    /// warning is an hour ago.
    pub(crate) fn add(&self, address: IpAddr, now: Timestamp) -> Option<IpAddr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(address, now)
    }
}

impl Sample {
    fn add(&mut self, address: IpAddr, now: Timestamp) -> Option<IpAddr> {
        let began_at = *self.began_at.get_or_insert(now);
        if now < began_at || now > began_at + SAMPLE_PERIOD {
            self.begin(now);
        }
        self.addresses.push(address);
        if self.addresses.len() < SAMPLE {
            return None;
        }
        let hits = |address: &IpAddr| self.addresses.iter().filter(|other| *other == address).count();
        let most = self.addresses.iter().copied().max_by_key(hits).filter(|address| hits(address) >= MOST);
        self.begin(now);
        let is_recent = self.warned_at.is_some_and(|warned_at| warned_at <= now && now < warned_at + PAUSE);
        let warned = most.filter(|_| !is_recent)?;
        self.warned_at = Some(now);
        Some(warned)
    }

    fn begin(&mut self, now: Timestamp) {
        self.began_at = Some(now);
        self.addresses.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const START: Timestamp = Timestamp::from_millis(1_900_000_000_000);

    fn client(n: u32) -> IpAddr {
        Ipv4Addr::from_bits(0xcb00_7100 + n).into()
    }

    /// The warnings about failures, one a second.
    fn warnings(sample: &FailureSample, addresses: impl IntoIterator<Item = IpAddr>, start: Timestamp) -> Vec<IpAddr> {
        let times = (0..).map(|seconds| start + Duration::from_secs(seconds));
        addresses.into_iter().zip(times).filter_map(|(address, now)| sample.add(address, now)).collect()
    }

    /// 100 failures: `from_proxy` of the proxy, then each of another address.
    fn failures(from_proxy: u32) -> impl Iterator<Item = IpAddr> {
        (0..100).map(move |n| if n < from_proxy { PROXY } else { client(n) })
    }

    #[test]
    fn three_quarters_of_a_hundred_failures_warn_of_their_address() {
        assert_eq!(warnings(&FailureSample::default(), failures(75), START), [PROXY]);
        assert_eq!(warnings(&FailureSample::default(), failures(74), START).len(), 0);
        let two = (0..100).map(|n| if n % 2 == 0 { PROXY } else { client(1) });
        assert_eq!(warnings(&FailureSample::default(), two, START).len(), 0);
    }

    #[test]
    fn warning_is_repeated_after_an_hour() {
        let sample = FailureSample::default();
        for (minutes, number) in [(0, 1), (30, 0), (59, 0), (63, 1)] {
            let warned = warnings(&sample, failures(100), START + Duration::from_mins(minutes));
            assert_eq!(warned.len(), number, "{minutes}");
        }
    }

    #[test]
    fn slow_failures_and_a_clock_set_back_begin_anew() {
        let sample = FailureSample::default();
        for n in 0..300 {
            assert_eq!(sample.add(PROXY, START + Duration::from_secs(7 * n)), None);
        }
        assert_eq!(sample.add(PROXY, Timestamp::from_millis(0)), None);
        assert_eq!(warnings(&sample, failures(100), Timestamp::from_millis(1)).len(), 1);
    }
}
