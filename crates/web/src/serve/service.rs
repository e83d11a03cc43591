//! From hyper's request to Poem's, and back. What the door itself asks of a head is in
//! [`super::scrutiny`]; nothing of any page is here.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONNECTION, TRANSFER_ENCODING};
use poem::http::uri::Scheme;
use poem::http::{self, HeaderValue, StatusCode, Version};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Endpoint, RequestParts};

use super::answer::{self, Answer};
use super::body::Timed;
use super::ledger::{Ledger, Ticket};
use super::refusal::refuse;
use super::scrutiny;

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
        let (parts, body) = request.into_parts();
        let chunked = parts.headers.contains_key(TRANSFER_ENCODING).then_some(&parts.method);
        let sizes = scrutiny::sizes(&parts);
        let (ticket, is_sound) = self.ledger.begin(chunked, !body.is_end_stream(), scrutiny::weight(&parts, sizes.1));
        let endpoint = Arc::clone(&self.endpoint);
        let (local, remote) = (LocalAddr(Addr::SocketAddr(self.local)), RemoteAddr(Addr::SocketAddr(self.remote)));
        async move {
            let ledger = Arc::clone(ticket.ledger());
            let is_http2 = parts.version == Version::HTTP_2;
            let changes_nothing = parts.method.is_safe();
            let refused = scrutiny::refusal(&parts, sizes, is_sound, ledger.limits());
            let refused = refused.or_else(|| (!ledger.has_room()).then_some(StatusCode::SERVICE_UNAVAILABLE));
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
            if !is_http2 && ledger.has_left_unread() {
                // hyper closes then, but its head may be written by the time it sees that.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            let mut response: http::Response<BoxBody<Bytes, io::Error>> = response.into();
            // What may have been changed is told: it was let in, and "come again" would say that nothing was.
            if changes_nothing && !ledger.has_room_for(answer::size(response.body())) {
                response = refuse(StatusCode::SERVICE_UNAVAILABLE).into();
            }
            Ok(response.map(|body| Answer::new(body, ticket)))
        }
    }
}

fn timed(body: Incoming, ticket: &Ticket) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    BoxBody::new(Timed::new(body, ticket)).into()
}
