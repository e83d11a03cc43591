//! One request from its head to its response: validation, memory, the endpoint, or an error response.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;

use futures_util::FutureExt as _;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::CONNECTION;
use hyper::http::HeaderValue;
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};

use crate::body::{RequestBody, buffered_size, response_body};
use crate::connection_state::ConnectionState;
use crate::endpoint::{self, Endpoint};
use crate::error_response::ErrorResponses;
use crate::limits::Limits;
use crate::request_head::{HeadSize, ensure_valid};

/// What the requests of all connections have in common.
pub(crate) struct Service<E> {
    pub(crate) endpoint: E,
    pub(crate) errors: ErrorResponses,
    pub(crate) limits: Limits,
    pub(crate) local: SocketAddr,
}

impl<E: Endpoint> Service<E> {
    /// Responds to one request of a connection.
    pub(crate) async fn respond(
        &self,
        request: Request<Incoming>,
        state: &Arc<ConnectionState>,
        remote: SocketAddr,
    ) -> Response<impl Body<Data = Bytes, Error = io::Error> + use<E>> {
        // A client that does not take a response gets no further one.
        poll_fn(|_| if state.must_wait() { Poll::Pending } else { Poll::Ready(()) }).await;
        let (parts, body) = request.into_parts();
        let is_safe = parts.method.is_safe();
        state.begin_request(!body.is_end_stream());
        let body = RequestBody::new(body, Arc::clone(state));
        let mut response = match self.admit(&parts, &body, state) {
            Ok(()) => {
                let called = AssertUnwindSafe(endpoint::call(&self.endpoint, parts, body, self.local, remote));
                let called = called.catch_unwind().await;
                called.unwrap_or_else(|_| self.errors.response(StatusCode::INTERNAL_SERVER_ERROR))
            }
            Err(status) => {
                drop(body);
                self.errors.response(status)
            }
        };
        let size = buffered_size(response.body());
        if !state.reserve(size) {
            if is_safe {
                response = self.errors.response(StatusCode::SERVICE_UNAVAILABLE);
            } else {
                // The change is stored already: 503 would say that it is not.
                state.overdraw(size);
            }
        }
        if state.has_unread_body() {
            // hyper closes the connection, but may have written the head by the time it sees that.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        state.begin_response();
        response.map(|body| response_body(body, Arc::clone(state)))
    }

    fn admit(&self, parts: &Parts, body: &RequestBody, state: &ConnectionState) -> Result<(), StatusCode> {
        let size = HeadSize::of(parts);
        ensure_valid(parts, &size, &self.limits)?;
        let reservation = size.reservation(&parts.headers, !body.is_end_stream(), &self.limits);
        if state.reserve(reservation) { Ok(()) } else { Err(StatusCode::SERVICE_UNAVAILABLE) }
    }
}
