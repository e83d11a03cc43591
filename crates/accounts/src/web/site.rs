//! Where this service is reached: which requests are for it, which come from its own pages, and whether cookies are
//! safe from the wire.

use std::net::IpAddr;

use poem::http::{Uri, header};
use poem::{Addr, Request};
use url::{Host, Url};

/// How people reach the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Site {
    /// On this very machine only: by `localhost`, `127.0.0.1` or `[::1]`, over plain HTTP.
    Loopback,
    /// Under one origin. It is plain HTTP only where the embedder allowed that by name.
    Origin(url::Origin),
    /// In a closed network over plain HTTP, which the embedder allowed by name; reached by an address, since a
    /// name may be anybody's.
    Network,
}

impl Site {
    /// Whether cookies travel over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        matches!(self, Self::Origin(url::Origin::Tuple(scheme, ..)) if scheme == "https")
    }

    /// Whether a request is meant for us. Without a proxy the name counts, or any page of the web could reach us through
    /// a name of its own that leads here (DNS rebinding): on loopback, in a closed network (by address only) and under a
    /// plain origin. Behind an https origin the proxy has seen to it.
    pub(super) fn is_meant(&self, request: &Request) -> bool {
        match self {
            Self::Origin(_) if self.is_secure() => true,
            Self::Origin(ours) => named(request).is_some_and(|named| named == *ours),
            Self::Network => {
                host(request).is_some_and(|host| !matches!(host, Host::Domain(name) if name != "localhost"))
            }
            Self::Loopback => host(request).is_some_and(|host| is_loopback(&host)),
        }
    }

    /// Whether an `Origin` header names our own pages.
    pub(super) fn is_ours(&self, origin: &str, request: &Request) -> bool {
        let Ok(url) = Url::parse(origin) else { return false };
        if url.origin().ascii_serialization() != origin {
            return false; // more than an origin, or not as browsers write one
        }
        match self {
            Self::Origin(ours) => url.origin() == *ours,
            Self::Loopback => {
                let loopback = url.host().is_some_and(|host| is_loopback(&host.to_owned()));
                url.scheme() == "http" && loopback && url.port_or_known_default() == port(request)
            }
            Self::Network => named(request).is_some_and(|named| named == url.origin()),
        }
    }
}

/// Whether somebody passed the request on. On loopback, where no proxy was told of, that is a mistake worth finding: its
/// visitors would get cookies without `Secure`.
pub(super) fn came_by_proxy(request: &Request) -> bool {
    let marks = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];
    marks.iter().any(|mark| request.headers().contains_key(*mark))
}

/// The plain origin that a request names by its `Host`.
fn named(request: &Request) -> Option<url::Origin> {
    Some(Url::parse(&format!("http://{}", only_host(request)?)).ok()?.origin())
}

/// The port that a request came in by: cookies ignore ports, so services on one machine need names of their own.
pub(super) fn port(request: &Request) -> Option<u16> {
    match &request.local_addr().0 {
        Addr::SocketAddr(address) => Some(address.port()),
        _ => None,
    }
}

/// The host that the request names: in its target (HTTP/2) or in its `Host`.
fn host(request: &Request) -> Option<Host> {
    let authority = match request.original_uri().authority() {
        Some(authority) => authority.as_str().to_owned(),
        None => only_host(request)?.to_owned(),
    };
    let authority = Uri::try_from(authority).ok()?;
    let host = authority.host()?;
    // Most often an address: that needs none of what is done for a name.
    host.parse().map(Host::Ipv4).or_else(|_| Host::parse(host)).ok()
}

/// The `Host` header where there is one: of two nobody knows which one counts for whom (RFC 9112, 3.2).
fn only_host(request: &Request) -> Option<&str> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then_some(host)
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}
