//! From hyper's request to Poem's, and back. What the door itself asks of a head is here; nothing of any page.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONNECTION, TRANSFER_ENCODING};
use poem::http::request::Parts;
use poem::http::uri::Scheme;
use poem::http::{self, HeaderValue, StatusCode, Version};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Endpoint, RequestParts};

use super::answer::Answer;
use super::body::Timed;
use super::ledger::{Ledger, Ticket};
use super::limits::Limits;
use super::refusal::refuse;

/// What one connection's requests have in common.
pub(super) struct Service<E> {
    pub(super) endpoint: Arc<E>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
}

impl<E: Endpoint + 'static> Service<E> {
    /// Answers a request. From this call on, not from the first poll on, it is under way.
    pub(super) fn call(
        &self,
        request: http::Request<Incoming>,
    ) -> impl Future<Output = Result<http::Response<Answer>, Infallible>> + Send + use<E> {
        let chunked = request.headers().contains_key(TRANSFER_ENCODING).then(|| request.method());
        let (ticket, is_sound) = self.ledger.begin(chunked);
        let endpoint = Arc::clone(&self.endpoint);
        let (local, remote) = (LocalAddr(Addr::SocketAddr(self.local)), RemoteAddr(Addr::SocketAddr(self.remote)));
        async move {
            let is_http2 = request.version() == Version::HTTP_2;
            let (parts, body) = request.into_parts();
            let refused = refusal(&parts, is_sound, ticket.ledger().limits());
            let body = timed(body, &ticket);
            let mut response = if let Some(status) = refused {
                drop(body);
                refuse(status)
            } else {
                let parts = RequestParts::from((parts, local, remote, Scheme::HTTP));
                let answered = endpoint.get_response(poem::Request::from_parts(parts, body));
                let answered = AssertUnwindSafe(answered).catch_unwind().await;
                answered.unwrap_or_else(|_| refuse(StatusCode::INTERNAL_SERVER_ERROR))
            };
            if !is_http2 && ticket.ledger().has_left_unread() {
                // hyper closes then, but its head may be written by the time it sees that.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            let response: http::Response<BoxBody<Bytes, io::Error>> = response.into();
            Ok(response.map(|body| Answer::new(body, is_http2, ticket)))
        }
    }
}

/// Why a head is refused, if it is.
fn refusal(parts: &Parts, is_sound: bool, limits: &Limits) -> Option<StatusCode> {
    let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len())
        + parts.uri.authority().map_or(0, |authority| authority.as_str().len());
    let fields = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    if target > limits.target_size {
        Some(StatusCode::URI_TOO_LONG)
    } else if target + fields.sum::<usize>() > limits.head_size {
        Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
    } else if !is_sound {
        Some(StatusCode::BAD_REQUEST)
    } else {
        None
    }
}

fn timed(body: Incoming, ticket: &Ticket) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    BoxBody::new(Timed::new(body, Arc::clone(ticket.ledger()))).into()
}
