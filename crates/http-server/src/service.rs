//! The request service: takes one request from its head to its response, by validation, the memory budget and the endpoint.

use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::CONNECTION;
use hyper::http::HeaderValue;
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};

use crate::body::{EndpointBody, RequestBody, buffered_size, response_body};
use crate::connection_state::ConnectionState;
use crate::endpoint::{self, Endpoint};
use crate::error_response::ErrorResponses;
use crate::limits::Limits;
use crate::request_head::{HeadSize, ensure_valid};

/// Serves the requests of all connections: the endpoint, the error responses and the limits.
pub(crate) struct RequestService<E> {
    pub(crate) endpoint: E,
    pub(crate) errors: ErrorResponses,
    pub(crate) limits: Limits,
    pub(crate) local: SocketAddr,
}

impl<E: Endpoint> RequestService<E> {
    /// Responds to one request of a connection.
    pub(crate) async fn respond(
        &self,
        request: Request<Incoming>,
        state: &Arc<ConnectionState>,
        remote: SocketAddr,
    ) -> Response<impl Body<Data = Bytes, Error = io::Error> + use<E>> {
        let (parts, body) = request.into_parts();
        state.begin_request(if body.is_end_stream() { Some(0) } else { body.size_hint().exact() });
        let body = RequestBody::new(body, Arc::clone(state));
        let mut response = match self.admit(&parts, &body, state) {
            Ok(()) => self.call_endpoint(parts, body, state, remote).await,
            Err(status) => {
                drop(body); // now it counts as unread
                self.errors.response(status)
            }
        };
        if state.has_unread_body() {
            // hyper closes the connection, but may have written the head by the time it sees that.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        state.begin_response();
        response.map(|body| response_body(body, Arc::clone(state)))
    }

    /// Checks the head of a request and reserves memory for it.
    fn admit(&self, parts: &Parts, body: &RequestBody, state: &ConnectionState) -> Result<(), StatusCode> {
        let size = HeadSize::of(parts);
        ensure_valid(parts, &size, &self.limits)?;
        let reservation = size.reservation(&parts.headers, !body.is_end_stream(), &self.limits);
        if state.reserve(reservation, false) { Ok(()) } else { Err(StatusCode::SERVICE_UNAVAILABLE) }
    }

    /// Calls the endpoint and reserves memory for its response. An unsafe request may have changed something, unless it was
    /// refused (4xx): its response is sent in any case, since a 503 would say that nothing is stored.
    async fn call_endpoint(
        &self,
        parts: Parts,
        body: RequestBody,
        state: &ConnectionState,
        remote: SocketAddr,
    ) -> Response<EndpointBody> {
        let is_unsafe = !parts.method.is_safe();
        let response = AssertUnwindSafe(endpoint::call(&self.endpoint, parts, body, self.local, remote));
        let response = response.catch_unwind().await;
        let response = response.unwrap_or_else(|_| self.errors.response(StatusCode::INTERNAL_SERVER_ERROR));
        let may_overdraw = is_unsafe && !response.status().is_client_error();
        if state.reserve(buffered_size(response.body()), may_overdraw) {
            response
        } else {
            self.errors.response(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}
