//! Poem's endpoint behind the server: the only place that names Poem.

#[cfg(feature = "compression")]
mod gzip;

use std::net::SocketAddr;

use http_body_util::combinators::BoxBody;
use hyper::Response;
use hyper::body::Body as _;
use hyper::http::request::Parts;
use hyper::http::uri::Scheme;
pub(crate) use poem::Endpoint;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Request, RequestParts};

#[cfg(feature = "compression")]
pub use self::gzip::Gzip;
use crate::body::{EndpointBody, RequestBody};

/// Passes a request to an endpoint.
pub(crate) async fn call(
    endpoint: &impl Endpoint,
    parts: Parts,
    body: RequestBody,
    local: SocketAddr,
    remote: SocketAddr,
) -> Response<EndpointBody> {
    let (local, remote) = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(remote)));
    let parts = RequestParts::from((parts, local, remote, Scheme::HTTP));
    let body = if body.is_end_stream() { Body::empty() } else { Body::from(BoxBody::new(body)) };
    endpoint.get_response(Request::from_parts(parts, body)).await.into()
}
