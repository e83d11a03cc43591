//! The client's address, through trusted proxies.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use poem::http::HeaderMap;
use poem::{Addr, Request};

/// The client's address: the peer's, or, where the peer is a trusted proxy, the rightmost hop of `X-Forwarded-For` that
/// is not a trusted proxy. Hops further left are chosen by the client and ignored.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted_proxies.iter().any(|network| network.contains(&address));
    let values = headers.get_all("x-forwarded-for").iter();
    // Each hop is read for itself: a byte beyond ASCII, which a client may send, hides no other hop.
    let hops: Vec<&[u8]> = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
    let mut client = peer.to_canonical();
    for hop in hops.iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = parse_hop(hop) else { break };
        client = address.to_canonical();
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
pub(super) fn peer_address(request: &Request) -> Option<IpAddr> {
    match &request.remote_addr().0 {
        Addr::SocketAddr(address) => Some(address.ip()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    /// The client's address where 10.0.0.0/8 is the trusted proxy.
    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        client_of_bytes(peer, &forwarded.iter().map(|value| value.as_bytes()).collect::<Vec<_>>())
    }

    fn client_of_bytes(peer: &str, forwarded: &[&[u8]]) -> String {
        let value = |bytes: &&[u8]| ("x-forwarded-for".parse().unwrap(), HeaderValue::from_bytes(bytes).unwrap());
        let headers: HeaderMap = forwarded.iter().map(value).collect();
        client_address(peer.parse().unwrap(), &headers, &["10.0.0.0/8".parse().unwrap()]).to_string()
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
    fn proxy_without_a_readable_hop_is_the_client() {
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.9, , 10.0.0.2"]), "10.0.0.2");
    }
}
