//! An answer's body on its way out, which says when it is gone.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::ledger::Ticket;

/// How much of an answer an HTTP/2 stream is given at once. What it has been given lies where nobody counts it, until
/// the client lets it be sent.
const PIECE: usize = 4 << 10;

/// What is answered to one request; until it is dropped, the request is under way.
pub(super) struct Answer {
    body: BoxBody<Bytes, io::Error>,
    /// What the body has given and is still to be passed on, piece by piece; `None` where it is passed on as it comes.
    pieces: Option<Bytes>,
    _ticket: Ticket,
}

impl Answer {
    pub(super) fn new(body: BoxBody<Bytes, io::Error>, is_http2: bool, ticket: Ticket) -> Self {
        ticket.answered();
        Self { body, pieces: is_http2.then(Bytes::new), _ticket: ticket }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        let Some(rest) = &mut this.pieces else { return Pin::new(&mut this.body).poll_frame(context) };
        if rest.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_frame(context)).transpose()?.map(Frame::into_data) {
                Some(Ok(data)) => *rest = data,
                Some(Err(trailers)) => return Poll::Ready(Some(Ok(trailers))),
                None => return Poll::Ready(None),
            }
        }
        Poll::Ready(Some(Ok(Frame::data(rest.split_to(rest.len().min(PIECE))))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.as_ref().is_none_or(Bytes::is_empty) && self.body.is_end_stream()
    }

    /// Asked for before the first piece only.
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
