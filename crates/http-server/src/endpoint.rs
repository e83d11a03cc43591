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

#[cfg(test)]
pub(crate) mod test_endpoint {
    //! An endpoint for unit tests.

    use std::io;
    use std::sync::{Arc, Mutex};

    use poem::error::ReadBodyError;
    use poem::http::StatusCode;
    use poem::{IntoResponse as _, Request, Response, endpoint};

    use super::Endpoint;

    /// The size of the response of `/large`.
    pub(crate) const LARGE: usize = 1 << 20;

    /// The path and the body of each request.
    pub(crate) type Requests = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

    /// Records the path and the body of each request. Responds with its body, `/large` with [`LARGE`] bytes, and `/early`
    /// before it has read the body.
    pub(crate) fn recorder(requests: Requests) -> impl Endpoint + 'static {
        endpoint::make(move |request: Request| {
            let requests = Arc::clone(&requests);
            async move {
                let path = request.uri().path().to_owned();
                if path == "/early" {
                    return Ok(StatusCode::FORBIDDEN.into_response());
                }
                if path == "/large" {
                    return Ok(vec![b'x'; LARGE].into_response());
                }
                match request.into_body().into_bytes_limit(1 << 16).await {
                    Ok(body) => {
                        requests.lock().unwrap().push((path, body.to_vec()));
                        Ok::<Response, poem::Error>(body.into_response())
                    }
                    Err(ReadBodyError::Io(error)) if error.kind() == io::ErrorKind::TimedOut => {
                        Ok(StatusCode::REQUEST_TIMEOUT.into_response())
                    }
                    Err(error) => Err(error.into()),
                }
            }
        })
    }
}
