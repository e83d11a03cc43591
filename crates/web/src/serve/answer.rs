//! An answer's body on its way out, which says when it is gone.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Buf, Bytes, Frame, SizeHint};

use super::ledger::Ticket;

/// What is answered to one request. The request is under way until this and all its pieces are dropped.
pub(super) struct Answer {
    body: BoxBody<Bytes, io::Error>,
    ticket: Arc<Ticket>,
}

/// A piece of an answer, which hyper keeps until the client lets it be sent.
pub(super) struct Piece {
    bytes: Bytes,
    ticket: Arc<Ticket>,
}

impl Answer {
    pub(super) fn new(body: BoxBody<Bytes, io::Error>, ticket: Ticket) -> Self {
        ticket.answered(size(&body));
        Self { body, ticket: Arc::new(ticket) }
    }
}

/// How many bytes an answer has. All of ours are there whole: what is made as it is taken would say less.
pub(super) fn size(body: &BoxBody<Bytes, io::Error>) -> usize {
    usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX)
}

impl Body for Answer {
    type Data = Piece;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Piece>>>> {
        let ticket = Arc::clone(&self.ticket);
        let frame = Pin::new(&mut self.body).poll_frame(context);
        frame.map_ok(|frame| frame.map_data(|bytes| Piece { bytes, ticket }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.ticket.took(count);
    }
}
