//! The share of the hash queue that a request belongs to: its class, and the networks of its client.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::ClientNetwork;

/// The share of the hash queue that a request belongs to: a class, an outer network, and an inner network inside it.
///
/// Requests of one share are served first come first served. Shares take turns (`docs/adr/0016-throttling.md`): first the
/// two classes, then the networks of a class ([`ClientNetwork`]). One class are the requests of browsers that are known to the account that
/// they log in to, the other one are all others.
///
/// A client cannot leave its share by changing the rest of its address, and a neighbor of an attacker has a share of
/// its own inside the outer network.
///
/// ```
/// use accounts_auth::Share;
///
/// let share = |address: &str| address.parse().map(Share::of);
/// assert_eq!(share("2001:db8::1")?, share("2001:db8::ffff")?);
/// assert_ne!(share("192.0.2.1")?, share("192.0.2.2")?);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub(crate) class: Class,
    /// `None` for a call without an address.
    network: Option<ClientNetwork>,
}

/// A class of requests. Each has half of the queue's turns while both have requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Log-ins of browsers that are known to the account.
    KnownBrowser,
    /// All other requests.
    Other,
}

impl Share {
    /// The share of all calls without an address, such as those of a maintenance command.
    pub const LOCAL: Self = Self { class: Class::Other, network: None };

    /// The share of a client's address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self { class: Class::Other, network: Some(ClientNetwork::of(address)) }
    }

    /// The share of a known browser in the same networks: for a log-in to an account that has logged in with the browser.
    #[must_use]
    pub const fn with_known_browser(self) -> Self {
        Self { class: Class::KnownBrowser, ..self }
    }

    pub(crate) fn outer(self) -> Option<IpNet> {
        self.network.map(ClientNetwork::outer)
    }

    pub(crate) fn inner(self) -> Option<IpNet> {
        self.network.map(ClientNetwork::inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(address: &str) -> Share {
        Share::of(address.parse().unwrap())
    }

    #[test]
    fn known_browser_changes_the_class_and_no_network() {
        let (known, other) = (share("192.0.2.1").with_known_browser(), share("192.0.2.1"));
        assert_ne!(known, other);
        assert_eq!((known.outer(), known.inner()), (other.outer(), other.inner()));
    }

    #[test]
    fn no_address_has_the_local_share() {
        for address in ["0.0.0.0", "127.0.0.1", "::", "::1", "255.255.255.255"] {
            assert_ne!(share(address), Share::LOCAL, "{address}");
        }
    }
}
