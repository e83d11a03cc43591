//! Whether one address makes most of the failed log-ins: an attacker, or a proxy that passes no address, behind which all
//! clients share their limits.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use auth::ClientNetwork;
use domain::Timestamp;

/// How many failures are looked at together.
const SAMPLE: usize = 100;

/// How many of them one address makes for a warning.
const MOST: usize = 75;

/// A sample that takes longer says nothing about an attack or a crowd.
const SAMPLE_PERIOD: Duration = Duration::from_mins(10);

/// The shortest time between two warnings.
const PAUSE: Duration = Duration::from_hours(1);

/// The clients of the last failures, at most 100. They are not stored.
#[derive(Debug, Default)]
pub(crate) struct FailureSample(Mutex<Sample>);

#[derive(Debug, Default)]
struct Sample {
    began_at: Option<Timestamp>,
    clients: Vec<ClientNetwork>,
    warned_at: Option<Timestamp>,
}

impl FailureSample {
    /// Adds a failure. Returns the client to warn about: of 100 failures in 10 minutes, 75 or more came from its inner network, and the
    /// last warning is an hour ago.
    pub(crate) fn add(&self, client: ClientNetwork, now: Timestamp) -> Option<ClientNetwork> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(client, now)
    }
}

impl Sample {
    fn add(&mut self, client: ClientNetwork, now: Timestamp) -> Option<ClientNetwork> {
        let began_at = *self.began_at.get_or_insert(now);
        if now < began_at || now > began_at + SAMPLE_PERIOD {
            self.begin(now);
        }
        self.clients.push(client);
        if self.clients.len() < SAMPLE {
            return None;
        }
        let hits = |client: &ClientNetwork| self.clients.iter().filter(|other| *other == client).count();
        let most = self.clients.iter().copied().max_by_key(hits).filter(|client| hits(client) >= MOST);
        self.begin(now);
        let is_recent = self.warned_at.is_some_and(|warned_at| warned_at <= now && now < warned_at + PAUSE);
        let warned = most.filter(|_| !is_recent)?;
        self.warned_at = Some(now);
        Some(warned)
    }

    fn begin(&mut self, now: Timestamp) {
        self.began_at = Some(now);
        self.clients.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const START: Timestamp = Timestamp::from_millis(1_900_000_000_000);

    fn client(n: u32) -> IpAddr {
        Ipv4Addr::from_bits(0xcb00_7100 + n).into()
    }

    /// The warnings about failures, one a second.
    fn warnings(
        sample: &FailureSample,
        addresses: impl IntoIterator<Item = IpAddr>,
        start: Timestamp,
    ) -> Vec<ClientNetwork> {
        let times = (0..).map(|seconds| start + Duration::from_secs(seconds));
        addresses
            .into_iter()
            .zip(times)
            .filter_map(|(address, now)| sample.add(ClientNetwork::of(address), now))
            .collect()
    }

    /// 100 failures: `from_proxy` of the proxy, then each of another address.
    fn failures(from_proxy: u32) -> impl Iterator<Item = IpAddr> {
        (0..100).map(move |n| if n < from_proxy { PROXY } else { client(n) })
    }

    #[test]
    fn three_quarters_of_a_hundred_failures_warn_of_their_address() {
        assert_eq!(warnings(&FailureSample::default(), failures(75), START), [ClientNetwork::of(PROXY)]);
        assert_eq!(warnings(&FailureSample::default(), failures(74), START).len(), 0);
        let two = (0..100).map(|n| if n % 2 == 0 { PROXY } else { client(1) });
        assert_eq!(warnings(&FailureSample::default(), two, START).len(), 0);
    }

    #[test]
    fn addresses_of_one_64_are_one_client() {
        let addresses = (0..100).map(|n| IpAddr::from([0x2001, 0xdb8, 1, 2, 0, 0, 0, n]));
        let warned = warnings(&FailureSample::default(), addresses, START);
        assert_eq!(warned.len(), 1);
        assert_eq!(warned[0].inner().to_string(), "2001:db8:1:2::/64");
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
    fn sample_is_of_ten_minutes_and_of_one_run_of_the_clock() {
        let warns = |times: [Timestamp; 100]| {
            let sample = FailureSample::default();
            times.into_iter().any(|now| sample.add(ClientNetwork::of(PROXY), now).is_some())
        };
        assert!(warns([START; 100]));
        let end = |millis| START + SAMPLE_PERIOD + Duration::from_millis(millis);
        assert!(warns(std::array::from_fn(|n| if n < 99 { START } else { end(0) })));
        assert!(!warns(std::array::from_fn(|n| if n < 99 { START } else { end(1) })));
        assert!(!warns(std::array::from_fn(|n| if n < 60 { START } else { Timestamp::from_millis(0) })));
    }

    #[test]
    fn slow_failures_and_a_clock_set_back_begin_anew() {
        let sample = FailureSample::default();
        for n in 0..300 {
            assert_eq!(sample.add(ClientNetwork::of(PROXY), START + Duration::from_secs(7 * n)), None);
        }
        assert_eq!(sample.add(ClientNetwork::of(PROXY), Timestamp::from_millis(0)), None);
        assert_eq!(warnings(&sample, failures(100), Timestamp::from_millis(1)).len(), 1);
    }
}
