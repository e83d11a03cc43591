//! The limits of a client's address and of the network around it.

use std::time::Duration;

use auth::throttle_key;
use domain::throttle::{Limit, LimitRule};
use ipnet::IpNet;

use crate::Caller;

/// How often a network may be counted for each time that one of its addresses may: one address that has used up its limit
/// leaves seven eighths of its network's to its neighbors.
const ADDRESSES_PER_NETWORK: u32 = 8;

/// The inner network of a caller as a part of a key; empty for a caller without an address.
pub(super) fn address_part(caller: &Caller) -> String {
    caller.networks().map(|networks| networks.inner().to_string()).unwrap_or_default()
}

/// The limits of a caller's inner and outer network by one rule; none for a caller without an address. A loopback address has
/// no outer network.
pub(super) fn network_limits(kind: &str, caller: &Caller, limit: u32, period: Duration) -> Vec<Limit> {
    let Some(networks) = caller.networks() else { return Vec::new() };
    let window = |level: &[u8], network: IpNet, limit| {
        let key = throttle_key(kind, &[level, network.to_string().as_bytes()]);
        Limit::new(key, LimitRule::Window { limit, period })
    };
    let (inner, outer) = (networks.inner(), networks.outer());
    let around = || window(b"network", outer, limit.saturating_mul(ADDRESSES_PER_NETWORK));
    [window(b"address", inner, limit)].into_iter().chain((outer != inner).then(around)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(address: &str) -> Vec<Limit> {
        network_limits("log-in", &Caller::at(address.parse().unwrap()), 30, Duration::from_mins(1))
    }

    #[test]
    fn neighbors_share_the_network_and_not_the_address() {
        for (one, neighbor, stranger) in
            [("203.0.113.9", "203.0.113.10", "203.0.114.9"), ("2001:db8:1:2::3", "2001:db8:1:3::3", "2001:db8:2:2::3")]
        {
            let [one, neighbor, stranger] = [one, neighbor, stranger].map(limits);
            assert_ne!(one[0], neighbor[0]);
            assert_eq!(one[1], neighbor[1]);
            assert!(one.iter().all(|limit| !stranger.contains(limit)));
            assert!(matches!(one[1].rule, LimitRule::Window { limit: 240, .. }));
        }
    }

    #[test]
    fn each_loopback_address_counts_for_itself() {
        let [one, other, six] = ["127.0.0.1", "127.0.0.2", "::1"].map(limits);
        assert_eq!((one.len(), six.len()), (1, 1));
        assert_ne!(one, other);
        assert_eq!(network_limits("log-in", &Caller::default(), 30, Duration::from_mins(1)), []);
    }
}
