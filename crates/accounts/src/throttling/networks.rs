//! The limits of a client's address and of the network around it.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use auth::throttle_key;
use domain::throttle::{Limit, LimitRule, ThrottleKey};

use crate::Caller;

/// How often a network may be counted for each time that one of its addresses may: one address that has used up its limit
/// leaves seven eighths of its network's to its neighbors.
const ADDRESSES_PER_NETWORK: u32 = 8;

/// The address as limits count it: an IPv6 client chooses the last 64 bits of its address (RFC 4291, 2.5.4), and IPv4 in IPv6
/// is IPv4.
fn counted_address(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into()
        }
        other => other,
    }
}

/// The counted address of a caller as a part of a key; empty for a caller without one.
pub(super) fn address_part(caller: &Caller) -> String {
    caller.address.map(|address| counted_address(address).to_string()).unwrap_or_default()
}

/// The limits of a caller's address and network by one rule; none for a caller without an address. Loopback addresses share no
/// network: each counts for itself.
pub(super) fn network_limits(kind: &str, caller: &Caller, limit: u32, period: Duration) -> Vec<Limit> {
    let Some(address) = caller.address.map(counted_address) else { return Vec::new() };
    let window = |key: ThrottleKey, limit| Limit::new(key, LimitRule::Window { limit, period });
    let own = window(throttle_key(kind, &[b"address", address.to_string().as_bytes()]), limit);
    let around = caller.network().filter(|_| !address.is_loopback()).map(|network| {
        window(throttle_key(kind, &[b"network", network.as_bytes()]), limit.saturating_mul(ADDRESSES_PER_NETWORK))
    });
    [own].into_iter().chain(around).collect()
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
    fn all_addresses_of_a_64_count_as_one() {
        assert_eq!(limits("2001:db8:1:2::3"), limits("2001:db8:1:2:ffff::9"));
        assert_eq!(limits("::ffff:203.0.113.9"), limits("203.0.113.9"));
    }

    #[test]
    fn each_loopback_address_counts_for_itself() {
        let [one, other, six] = ["127.0.0.1", "127.0.0.2", "::1"].map(limits);
        assert_eq!((one.len(), six.len()), (1, 1));
        assert_ne!(one, other);
        assert_eq!(network_limits("log-in", &Caller::default(), 30, Duration::from_mins(1)), []);
    }
}
