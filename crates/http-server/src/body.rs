//! The bodies of a request and of its response, which report to the connection state.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::BodyExt as _;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

use crate::connection_state::ConnectionState;

/// The body that an endpoint responds with.
pub(crate) type EndpointBody = BoxBody<Bytes, io::Error>;

/// A request body that comes in time or ends in [`io::ErrorKind::TimedOut`]. How much of it is read is for the endpoint to
/// decide.
pub(crate) struct RequestBody {
    body: Incoming,
    state: Arc<ConnectionState>,
    has_ended: bool,
}

impl RequestBody {
    pub(crate) fn new(body: Incoming, state: Arc<ConnectionState>) -> Self {
        let has_ended = body.is_end_stream();
        Self { body, state, has_ended }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => self.state.on_body_bytes(frame.data_ref().map_or(0, Bytes::len)),
            Poll::Pending if self.state.wait_for_body(context.waker()) => {
                return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
            }
            Poll::Ready(_) | Poll::Pending => {}
        }
        if matches!(polled, Poll::Ready(None)) || self.body.is_end_stream() {
            self.has_ended = true;
            self.state.end_body(true);
        }
        polled.map_err(io::Error::other)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if !self.has_ended {
            self.state.end_body(false);
        }
    }
}

/// Reports when hyper has all of a response: it drops the body then.
struct ResponseEnd(Arc<ConnectionState>);

impl Drop for ResponseEnd {
    fn drop(&mut self) {
        self.0.end_response();
    }
}

/// A response body that reports its end.
pub(crate) fn response_body(
    body: EndpointBody,
    state: Arc<ConnectionState>,
) -> impl Body<Data = Bytes, Error = io::Error> {
    let end = ResponseEnd(state);
    body.map_err(move |error| {
        let _ = &end; // dropped with this closure
        error
    })
}

/// How many bytes a body buffers. A body that is made while it is sent reports fewer than it sends.
pub(crate) fn buffered_size(body: &EndpointBody) -> usize {
    usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX)
}
