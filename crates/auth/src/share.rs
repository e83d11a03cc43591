//! The share of the hash queue that a request belongs to: the networks of its client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The share of the hash queue that a request belongs to: an outer network, and an inner network inside it.
///
/// Requests of one share are served first come first served. Shares take turns (`docs/adr/0016-throttling.md`):
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
    pub(crate) outer: Network,
    pub(crate) inner: Network,
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
    pub const LOCAL: Self = Self { outer: Network::Local, inner: Network::Local };

    /// The share of a client's address.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    const fn of_v4(address: Ipv4Addr) -> Self {
        let bits = address.to_bits();
        Self { outer: Network::V4(bits & (u32::MAX << 8)), inner: Network::V4(bits) }
    }

    const fn of_v6(address: Ipv6Addr) -> Self {
        let bits = (address.to_bits() >> 64) as u64;
        Self { outer: Network::V6(bits & (u64::MAX << 16)), inner: Network::V6(bits) }
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
    fn no_address_has_the_local_share() {
        for address in ["0.0.0.0", "127.0.0.1", "::", "::1", "255.255.255.255"] {
            assert_ne!(share(address), Share::LOCAL, "{address}");
        }
    }
}
