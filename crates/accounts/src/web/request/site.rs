//! The site: under which hosts and origins the service is reached, and whether its cookies travel over TLS.

use std::net::{IpAddr, SocketAddrV4};

use poem::http::{Uri, header};
use poem::{Addr, Request};
use url::{Host, Url};

/// Header fields that a proxy adds.
const FORWARDING_HEADERS: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// How clients reach the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Site {
    /// On this machine only: as `localhost`, `127.0.0.1` or `[::1]`, over plain HTTP.
    Loopback,
    /// Under one origin. A plain HTTP origin needs [`crate::Builder::allow_plain_http`].
    Origin(url::Origin),
    /// In a closed network over plain HTTP, by IP address. Needs [`crate::Builder::allow_plain_http`].
    Network,
}

impl Site {
    /// The origin of the settings.
    pub(crate) fn own_origin(&self) -> Option<String> {
        match self {
            Self::Origin(own) => Some(own.ascii_serialization()),
            Self::Loopback | Self::Network => None,
        }
    }

    /// Whether cookies travel over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        matches!(self, Self::Origin(url::Origin::Tuple(scheme, ..)) if scheme == "https")
    }

    /// The port of the origin, where it is not the default one of its scheme.
    pub(crate) fn unusual_port(&self) -> Option<u16> {
        match self {
            Self::Origin(url::Origin::Tuple(scheme, _, port)) => {
                let default = if scheme == "https" { 443 } else { 80 };
                (*port != default).then_some(*port)
            }
            _ => None,
        }
    }

    /// Whether the host of a request is one of ours.
    ///
    /// Any page of the web can point a name of its own at this service (DNS rebinding). So without TLS the host is
    /// compared: on loopback, in a closed network (addresses only) and under a plain origin. Under an https origin the
    /// proxy compares it.
    pub(crate) fn is_allowed_host(&self, request: &Request) -> bool {
        match self {
            Self::Origin(_) if self.is_secure() => true,
            Self::Origin(own) => plain_origin(request).is_some_and(|origin| origin == *own),
            Self::Loopback | Self::Network => host_and_port(request).is_some_and(|(host, _)| self.is_own(&host)),
        }
    }

    /// Whether the service is reached by this host, where it has no origin.
    fn is_own(&self, host: &Host) -> bool {
        match self {
            Self::Origin(_) => false,
            Self::Network => !matches!(host, Host::Domain(name) if !is_localhost(name)),
            Self::Loopback => is_loopback(host),
        }
    }

    /// The origin under which the client reached the service: the one of the settings, else that of the request's host.
    /// `None` where the host is not ours.
    pub(super) fn origin(&self, request: &Request) -> Option<String> {
        match self {
            Self::Origin(own) => Some(own.ascii_serialization()),
            Self::Loopback | Self::Network => {
                let (host, port) = host_and_port(request)?;
                let is_ours = self.is_own(&host);
                is_ours.then(|| url::Origin::Tuple("http".to_owned(), host, port.unwrap_or(80)).ascii_serialization())
            }
        }
    }

    /// Whether the value of an `Origin` header is the origin of our own pages.
    pub(super) fn is_own_origin(&self, origin: &str, request: &Request) -> bool {
        let Ok(url) = Url::parse(origin) else { return false };
        if url.origin().ascii_serialization() != origin {
            return false; // more than an origin, or not serialized as browsers do
        }
        match self {
            Self::Origin(own) => without_trailing_dot(url.origin()) == *own,
            Self::Loopback => {
                let is_loopback = url.host().is_some_and(|host| is_loopback(&host.to_owned()));
                url.scheme() == "http" && is_loopback && url.port_or_known_default() == local_port(request)
            }
            Self::Network => plain_origin(request).is_some_and(|origin| origin == without_trailing_dot(url.origin())),
        }
    }
}

/// Whether a proxy passed the request on. A loopback service without a trusted proxy refuses such requests: its cookies
/// would reach the proxy's visitors without `Secure`.
pub(crate) fn has_forwarding_headers(request: &Request) -> bool {
    FORWARDING_HEADERS.iter().any(|name| request.headers().contains_key(*name))
}

/// The local port of the connection.
pub(crate) fn local_port(request: &Request) -> Option<u16> {
    match &request.local_addr().0 {
        Addr::SocketAddr(address) => Some(address.port()),
        _ => None,
    }
}

/// The http origin with the host and port of the `Host` header.
fn plain_origin(request: &Request) -> Option<url::Origin> {
    Some(without_trailing_dot(Url::parse(&format!("http://{}", host_header(request)?)).ok()?.origin()))
}

/// The origin with its host's name as people write it: `dinner.lan.` is the absolute form of `dinner.lan` (RFC 1034, 3.1).
fn without_trailing_dot(origin: url::Origin) -> url::Origin {
    match origin {
        url::Origin::Tuple(scheme, Host::Domain(name), port) => {
            let name = name.strip_suffix('.').map_or_else(|| name.clone(), ToOwned::to_owned);
            url::Origin::Tuple(scheme, Host::Domain(name), port)
        }
        other => other,
    }
}

/// The host and port in the request target, or where the target has none, in the `Host` header.
fn host_and_port(request: &Request) -> Option<(Host, Option<u16>)> {
    let authority = authority(request)?;
    // Most hosts are IPv4 addresses, which need no IDNA processing.
    if let Ok(address) = authority.parse::<SocketAddrV4>() {
        return Some((Host::Ipv4(*address.ip()), Some(address.port())));
    }
    let authority = Uri::try_from(authority).ok()?;
    Some((Host::parse(authority.host()?).ok()?, authority.port_u16()))
}

/// The text of the host and port in the request target, or where the target has none, in the `Host` header.
fn authority(request: &Request) -> Option<&str> {
    let target = request.original_uri().authority();
    target.map(poem::http::uri::Authority::as_str).or_else(|| host_header(request))
}

/// The value of the `Host` header; `None` where there are several (RFC 9112, 3.2).
fn host_header(request: &Request) -> Option<&str> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then_some(host)
}

fn is_localhost(name: &str) -> bool {
    matches!(name, "localhost" | "localhost.")
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => is_localhost(name),
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}
