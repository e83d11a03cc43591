//! The client's address, through trusted proxies.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use poem::http::HeaderMap;
use poem::{Addr, Request};

/// The proxies whose `X-Forwarded-For` is believed.
#[derive(Debug, Default)]
pub(crate) struct TrustedProxies {
    pub(crate) networks: Vec<IpNet>,
    /// Whether the peer of a Unix socket is a trusted proxy.
    pub(crate) unix_socket: bool,
}

impl TrustedProxies {
    /// Whether a peer is trusted. `None` is the peer of a Unix socket.
    fn contains(&self, peer: Option<IpAddr>) -> bool {
        peer.map_or(self.unix_socket, |address| self.networks.iter().any(|network| network.contains(&address)))
    }
}

/// The client's address: the peer's, or, where the peer is a trusted proxy, the rightmost hop of `X-Forwarded-For` that
/// is not a trusted proxy. Hops further left are chosen by the client and ignored. `None` for a Unix socket whose peer is
/// not trusted, or passes no address.
pub(super) fn client_address(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted_proxies: &TrustedProxies,
) -> Option<IpAddr> {
    let values = headers.get_all("x-forwarded-for").iter();
    // Each hop is read for itself: a byte beyond ASCII, which a client may send, hides no other hop.
    let hops: Vec<&[u8]> = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
    let mut client = peer.map(|address| address.to_canonical());
    for hop in hops.iter().rev() {
        if !trusted_proxies.contains(client) {
            break;
        }
        let Some(address) = parse_hop(hop) else { break };
        client = Some(address.to_canonical());
    }
    client
}

/// A hop as proxies write it: an address, with a port or without, an IPv6 address in brackets or without.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop.trim_ascii()).ok()?;
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse().ok().map(|address: SocketAddr| address.ip()))
}

/// The address at the other end of the connection; `None` on a Unix socket.
pub(crate) fn peer_address(request: &Request) -> Option<IpAddr> {
    match &request.remote_addr().0 {
        Addr::SocketAddr(address) => Some(address.ip()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn trusted_proxies(unix_socket: bool) -> TrustedProxies {
        TrustedProxies { networks: vec!["10.0.0.0/8".parse().unwrap()], unix_socket }
    }

    /// The client's address where 10.0.0.0/8 is the trusted proxy.
    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        client_of_bytes(peer, &forwarded.iter().map(|value| value.as_bytes()).collect::<Vec<_>>())
    }

    fn client_of_bytes(peer: &str, forwarded: &[&[u8]]) -> String {
        let value = |bytes: &&[u8]| ("x-forwarded-for".parse().unwrap(), HeaderValue::from_bytes(bytes).unwrap());
        let headers: HeaderMap = forwarded.iter().map(value).collect();
        client_address(peer.parse().ok(), &headers, &trusted_proxies(false)).unwrap().to_string()
    }

    #[test]
    fn client_cannot_choose_its_address() {
        assert_eq!(client("203.0.113.9", &["1.2.3.4"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["1.2.3.4, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["1.2.3.4", "203.0.113.9, 10.0.0.2"]), "203.0.113.9");
    }

    #[test]
    fn hop_has_a_port_or_brackets_or_none() {
        for (hop, address) in [
            ("203.0.113.9:51234", "203.0.113.9"),
            ("[2001:db8::3]:51234", "2001:db8::3"),
            ("[2001:db8::3]", "2001:db8::3"),
            ("2001:db8::3", "2001:db8::3"),
            ("203.0.113.9:99999", "10.0.0.1"),
            ("[203.0.113.9", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[hop]), address, "{hop}");
        }
        assert_eq!(client("10.0.0.1", &["203.0.113.9:1, 10.0.0.2:2"]), "203.0.113.9");
    }

    #[test]
    fn byte_beyond_ascii_hides_no_other_hop() {
        for forged in ["é", "1.2.3.4é", "\u{a0}1.2.3.4"] {
            let (appended, trusted) = (format!("{forged}, 203.0.113.9"), format!("{forged}, 203.0.113.9, 10.0.0.2"));
            assert_eq!(client_of_bytes("10.0.0.1", &[appended.as_bytes()]), "203.0.113.9", "{forged}");
            assert_eq!(client_of_bytes("10.0.0.1", &[trusted.as_bytes()]), "203.0.113.9", "{forged}");
            assert_eq!(client_of_bytes("10.0.0.1", &[forged.as_bytes(), b"203.0.113.9"]), "203.0.113.9", "{forged}");
        }
        assert_eq!(client_of_bytes("10.0.0.1", &[b"\xff, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(client_of_bytes("10.0.0.1", &[b"1.2.3.4", b"\xff"]), "10.0.0.1", "the proxy's hop is unreadable");
        assert_eq!(client_of_bytes("10.0.0.1", &[b"1.2.3.4, \xff, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn peer_of_unix_socket_passes_the_address_where_it_is_trusted() {
        let client = |is_trusted, forwarded: &'static str| {
            let headers = [("x-forwarded-for".parse().unwrap(), HeaderValue::from_static(forwarded))];
            client_address(None, &headers.into_iter().collect(), &trusted_proxies(is_trusted))
        };
        let passed = Some("203.0.113.9".parse().unwrap());
        assert_eq!(client(true, "1.2.3.4, 203.0.113.9"), passed);
        assert_eq!(client(true, "1.2.3.4, 203.0.113.9, 10.0.0.2"), passed, "a second proxy");
        assert_eq!((client(true, ""), client(true, "unknown")), (None, None));
        assert_eq!(client(false, "203.0.113.9"), None);
    }

    #[test]
    fn proxy_without_a_readable_hop_is_the_client() {
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.9, , 10.0.0.2"]), "10.0.0.2");
    }
}
