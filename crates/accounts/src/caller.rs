//! The caller of a use case: the client's address and browser. Limits count by the address, and a session keeps the network.

use std::net::IpAddr;

use auth::{ClientNetwork, Share};
use domain::event::{OperatorName, Origin, RequestId};
use domain::session::Device;

/// The most code points of a `User-Agent` that a session keeps.
const MAX_USER_AGENT: usize = 255;

/// The client that asks for something. The pages of [`crate::web`] make one of each request; a service with an HTTP side of
/// its own makes one of its requests; a command or a test has none: [`Caller::default`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The IP address of the client, behind trusted proxies. Without one no limit by network applies.
    pub address: Option<IpAddr>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The id of the request, by which the log lines of an event are found.
    pub request_id: Option<RequestId>,
    /// The operator, where the caller is a command.
    pub operator: Option<OperatorName>,
}

impl Caller {
    /// A caller at an address, with an unknown browser.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        Self { address: Some(address), ..Self::default() }
    }

    /// An operator: a command.
    #[must_use]
    pub fn operator(name: OperatorName) -> Self {
        Self { operator: Some(name), ..Self::default() }
    }

    /// What an event keeps of the caller.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { network: self.network(), request: self.request_id.clone(), operator: self.operator.clone() }
    }

    /// The network of the address: IPv4 /24, IPv6 /48, a loopback address itself. A user recognizes a log-in by it, and it does
    /// not identify a host.
    #[must_use]
    pub fn network(&self) -> Option<String> {
        self.networks().map(|networks| networks.outer().to_string())
    }

    /// The networks that limits count by; `None` without an address.
    pub(crate) fn networks(&self) -> Option<ClientNetwork> {
        self.address.map(ClientNetwork::of)
    }

    /// The share of the hash queue that the caller waits in.
    pub(crate) fn share(&self) -> Share {
        self.address.map_or(Share::LOCAL, Share::of)
    }

    /// What a session keeps of the caller: the network, and at most 255 code points of the `User-Agent`.
    #[must_use]
    pub fn device(&self) -> Device {
        let user_agent = self.user_agent.as_ref().map(|text| text.chars().take(MAX_USER_AGENT).collect());
        Device { network: self.network(), user_agent }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn network_hides_the_host_part() {
        let network = |address: &str| Caller::at(address.parse().unwrap()).network();
        assert_eq!(network("203.0.113.9").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(network("2001:db8:1:2::3").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(Caller::default().network(), None);
    }

    #[test]
    fn callers_without_an_address_have_one_share() {
        assert_eq!(Caller::default().share(), Share::LOCAL);
        let address = Ipv4Addr::LOCALHOST.into();
        assert_eq!(Caller::at(address).share(), Share::of(address));
    }

    #[test]
    fn device_keeps_network_and_start_of_the_user_agent() {
        let user_agent = Some("é".repeat(MAX_USER_AGENT + 1));
        let caller = Caller { user_agent, ..Caller::at(Ipv4Addr::LOCALHOST.into()) };
        let device = caller.device();
        assert_eq!(device.network.as_deref(), Some("127.0.0.1/32"));
        assert_eq!(device.user_agent, Some("é".repeat(MAX_USER_AGENT)));
        assert_eq!(Caller::default().device(), Device::default());
    }
}
