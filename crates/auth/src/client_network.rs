//! The networks of a client's address. No other code maps an address to a network.

use std::net::IpAddr;

use ipnet::IpNet;

/// The two networks of a client, one inside the other.
///
/// Limits count by them, the hash queue serves them in turn, and a session keeps the outer one
/// (`docs/adr/0016-throttling.md`):
///
/// | address | inner network | outer network |
/// | --- | --- | --- |
/// | loopback | the address | the address |
/// | IPv4, and IPv4 in IPv6 (`::ffff:192.0.2.1`, RFC 4291, 2.5.5.2) | /32, the address | /24 |
/// | IPv6 | /64, in which a client chooses the rest of its address (RFC 4291, 2.5.4) | /48 |
///
/// A network is written as in RFC 4632, such as `192.0.2.0/24`.
///
/// ```
/// use accounts_auth::ClientNetwork;
///
/// let client = ClientNetwork::of("2001:db8:1:2::3".parse()?);
/// assert_eq!(client.inner().to_string(), "2001:db8:1:2::/64");
/// assert_eq!(client.outer().to_string(), "2001:db8:1::/48");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientNetwork {
    inner: IpNet,
    outer: IpNet,
}

impl ClientNetwork {
    /// The networks of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let (inner, outer) = match address {
            _ if address.is_loopback() => return Self { inner: address.into(), outer: address.into() },
            IpAddr::V4(_) => (32, 24),
            IpAddr::V6(_) => (64, 48),
        };
        let network = |prefix| IpNet::new_assert(address, prefix).trunc();
        Self { inner: network(inner), outer: network(outer) }
    }

    /// The smallest network that clients cannot choose within: a single IPv4 address or an IPv6 /64.
    #[must_use]
    pub fn inner(self) -> IpNet {
        self.inner
    }

    /// The network around it: an IPv4 /24 or an IPv6 /48. A loopback address has none, and is its own.
    #[must_use]
    pub fn outer(self) -> IpNet {
        self.outer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_in_two_nested_networks() {
        for (address, inner, outer) in [
            ("192.0.2.1", "192.0.2.1/32", "192.0.2.0/24"),
            ("192.0.2.255", "192.0.2.255/32", "192.0.2.0/24"),
            ("192.0.3.0", "192.0.3.0/32", "192.0.3.0/24"),
            ("::ffff:192.0.2.1", "192.0.2.1/32", "192.0.2.0/24"),
            ("::ffff:c000:201", "192.0.2.1/32", "192.0.2.0/24"),
            ("0.0.0.0", "0.0.0.0/32", "0.0.0.0/24"),
            ("255.255.255.255", "255.255.255.255/32", "255.255.255.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1:2::/64", "2001:db8:1::/48"),
            ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64", "2001:db8:1::/48"),
            ("2001:db8:1:ffff::", "2001:db8:1:ffff::/64", "2001:db8:1::/48"),
            ("2001:db8:2::", "2001:db8:2::/64", "2001:db8:2::/48"),
            ("::", "::/64", "::/48"),
            ("::2", "::/64", "::/48"),
            ("127.0.0.1", "127.0.0.1/32", "127.0.0.1/32"),
            ("127.0.0.2", "127.0.0.2/32", "127.0.0.2/32"),
            ("127.255.255.255", "127.255.255.255/32", "127.255.255.255/32"),
            ("::ffff:127.0.0.1", "127.0.0.1/32", "127.0.0.1/32"),
            ("::1", "::1/128", "::1/128"),
        ] {
            let network = ClientNetwork::of(address.parse().unwrap());
            assert_eq!((&*network.inner().to_string(), &*network.outer().to_string()), (inner, outer), "{address}");
        }
    }
}
