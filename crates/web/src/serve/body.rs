//! A request's body against the clock, which is the ledger's. How much of it is taken is for whoever reads it to say.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

use super::ledger::{Ledger, Ticket};

/// A body that comes in time, or ends in [`io::ErrorKind::TimedOut`].
pub(super) struct Timed {
    body: Incoming,
    ledger: Arc<Ledger>,
    /// Its request's.
    number: u64,
    has_ended: bool,
}

impl Timed {
    pub(super) fn new(body: Incoming, ticket: &Ticket) -> Self {
        Self { body, ledger: Arc::clone(ticket.ledger()), number: ticket.number(), has_ended: false }
    }
}

impl Body for Timed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let is_late = match &polled {
            Poll::Ready(Some(Ok(frame))) => self.ledger.body_came(self.number, frame.data_ref().map_or(0, Bytes::len)),
            Poll::Ready(Some(Err(_))) => false,
            Poll::Ready(None) => {
                self.has_ended = true;
                self.ledger.body_is_over(self.number, true);
                false
            }
            Poll::Pending => self.ledger.body_awaited(self.number, context),
        };
        if is_late {
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
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

impl Drop for Timed {
    fn drop(&mut self) {
        if !self.has_ended {
            self.ledger.body_is_over(self.number, self.body.is_end_stream());
        }
    }
}
