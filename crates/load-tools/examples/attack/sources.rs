//! The addresses from which the clients of a flood come.

use std::net::{IpAddr, SocketAddr, TcpListener};

use load_tools::proxy::ProxyKind;

/// The address of the honest client, in a network of its own.
const HONEST: &str = "198.51.100.7";

/// The same behind a proxy: every address of 127.0.0.0/8 is the machine's own, and each counts for itself.
const HONEST_LOOPBACK: &str = "127.2.0.7";

/// Where the attacking connections come from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    OneAddress,
    /// 40 addresses of one /64.
    OneNetwork64,
    /// A /64 of one /48 for each connection.
    OneNetwork48,
    /// A /24 for each connection. A fair share protects nobody from many networks.
    ManyNetworks,
}

impl Source {
    /// The address of a connection, from the ranges for documentation; the one address behind a proxy from the loopback's.
    pub(crate) fn address(self, number: usize, proxy: Option<ProxyKind>) -> String {
        match self {
            Self::OneAddress if proxy.is_some() => "127.1.0.9".to_owned(),
            Self::OneAddress => "203.0.113.9".to_owned(),
            Self::OneNetwork64 => format!("2001:db8:1:2::{:x}", number % 40 + 1),
            Self::OneNetwork48 => format!("2001:db8:1:{number:x}::1"),
            Self::ManyNetworks => format!("10.{}.{}.9", number / 256, number % 256),
        }
    }

    /// The first address that this machine would need for so many connections to a proxy and does not have.
    pub(crate) fn missing_address(self, connections: usize, proxy: ProxyKind) -> Option<String> {
        (0..connections).map(|number| self.address(number, Some(proxy))).find(|address| !is_own(address))
    }
}

/// The address of the honest client.
pub(crate) const fn honest(proxy: Option<ProxyKind>) -> &'static str {
    if proxy.is_some() { HONEST_LOOPBACK } else { HONEST }
}

fn is_own(address: &str) -> bool {
    address.parse().is_ok_and(|address: IpAddr| TcpListener::bind(SocketAddr::new(address, 0)).is_ok())
}
