//! The share of the hash queue that a request belongs to: its class, and the networks of its client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The share of the hash queue that a request belongs to: a class, an outer network, and an inner network inside it.
///
/// Requests of one share are served first come first served. Shares take turns (`docs/adr/0016-throttling.md`): first the
/// two classes, then the networks of a class. One class are the requests of browsers that are known to the account that
/// they log in to, the other one are all others.
///
/// | address | outer network | inner network |
/// | --- | --- | --- |
/// | IPv4, and IPv4 in IPv6 (`::ffff:192.0.2.1`) | /24 | /32, the address |
/// | IPv6 | /48 | /64, which one customer has |
///
/// A client cannot leave its share by changing the rest of its address, and a neighbor of an attacker has a share of
/// its own inside the outer network.
///
/// ```
/// use auth::Share;
///
/// let share = |address: &str| address.parse().map(Share::of);
/// assert_eq!(share("2001:db8::1")?, share("2001:db8::ffff")?);
/// assert_ne!(share("192.0.2.1")?, share("192.0.2.2")?);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub(crate) class: Class,
    pub(crate) outer: Network,
    pub(crate) inner: Network,
}

/// A class of requests. Each has half of the queue's turns while both have requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Log-ins of browsers that are known to the account.
    KnownBrowser,
    /// All other requests.
    Other,
}

/// The first bits of an address; the other bits are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Network {
    /// No address.
    Local,
    V4(u32),
    /// The first 64 bits.
    V6(u64),
}

impl Share {
    /// The share of all calls without an address, such as those of a maintenance command.
    pub const LOCAL: Self = Self { class: Class::Other, outer: Network::Local, inner: Network::Local };

    /// The share of a client's address.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    /// The share of a known browser in the same networks: for a log-in to an account that has logged in with the browser.
    #[must_use]
    pub const fn with_known_browser(self) -> Self {
        Self { class: Class::KnownBrowser, ..self }
    }

    const fn of_v4(address: Ipv4Addr) -> Self {
        let bits = address.to_bits();
        Self { class: Class::Other, outer: Network::V4(bits & (u32::MAX << 8)), inner: Network::V4(bits) }
    }

    const fn of_v6(address: Ipv6Addr) -> Self {
        let bits = (address.to_bits() >> 64) as u64;
        Self { class: Class::Other, outer: Network::V6(bits & (u64::MAX << 16)), inner: Network::V6(bits) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(address: &str) -> Share {
        Share::of(address.parse().unwrap())
    }

    #[test]
    fn share_is_nested_networks_of_address() {
        for (one, other, same_outer, same_inner) in [
            ("192.0.2.1", "192.0.2.1", true, true),
            ("192.0.2.1", "::ffff:192.0.2.1", true, true),
            ("192.0.2.0", "192.0.2.255", true, false),
            ("192.0.2.255", "192.0.3.0", false, false),
            ("127.0.0.1", "127.0.0.2", true, false),
            ("2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff", true, true),
            ("2001:db8:1:2::", "2001:db8:1:3::", true, false),
            ("2001:db8:1::", "2001:db8:1:ffff::", true, false),
            ("2001:db8:1::", "2001:db8:2::", false, false),
            ("0.0.0.0", "::", false, false),
            ("::", "0:0:0:1::", true, false),
        ] {
            let (left, right) = (share(one), share(other));
            assert_eq!(
                (left.outer == right.outer, left.inner == right.inner),
                (same_outer, same_inner),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn known_browser_changes_the_class_and_no_network() {
        let (known, other) = (share("192.0.2.1").with_known_browser(), share("192.0.2.1"));
        assert_ne!(known, other);
        assert_eq!((known.outer, known.inner), (other.outer, other.inner));
    }

    #[test]
    fn no_address_has_the_local_share() {
        for address in ["0.0.0.0", "127.0.0.1", "::", "::1", "255.255.255.255"] {
            assert_ne!(share(address), Share::LOCAL, "{address}");
        }
    }
}
