//! A connection's socket as hyper gets it: what was read of it already comes first, and what happens is noted in the
//! ledger. No limits here.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::ledger::Ledger;

/// A TCP connection, and the book that is kept on it.
pub(super) struct Socket {
    stream: TcpStream,
    ledger: Arc<Ledger>,
    /// What was read to find out which HTTP it is.
    early: Vec<u8>,
    /// Whether heads are noted as they come: on HTTP/1.
    notes_heads: bool,
    is_blocked: bool,
    ending: Ending,
}

/// How far the end of a connection is.
enum Ending {
    Not,
    /// The last byte is sent; so much of what still comes is thrown away.
    Lingering(usize),
    Done,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, early: Vec<u8>, ledger: Arc<Ledger>, notes_heads: bool) -> Self {
        Self { stream, ledger, early, notes_heads, is_blocked: false, ending: Ending::Not }
    }

    fn note(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Pending if !self.is_blocked => {
                self.is_blocked = true;
                self.ledger.blocked(true);
            }
            Poll::Ready(Ok(count)) if self.is_blocked => self.ledger.took(*count),
            Poll::Pending | Poll::Ready(_) => {}
        }
        written
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if self.early.is_empty() {
            ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        } else {
            let length = self.early.len().min(buffer.remaining());
            buffer.put_slice(&self.early[..length]);
            if length == self.early.len() {
                self.early = Vec::new();
            } else {
                self.early.drain(..length);
            }
        }
        let came = &buffer.filled()[before..];
        if self.notes_heads && !came.is_empty() {
            self.ledger.came(came);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Asked for when all that there is has been written.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_blocked {
            self.is_blocked = false;
            self.ledger.blocked(false);
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Sends the end. Where something was left unread, the system would answer what still comes with a reset, which can
    /// overtake the answer: so a little of it is thrown away before the socket is closed.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            match &mut this.ending {
                Ending::Not => {
                    ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
                    let size = this.ledger.limits().linger_size;
                    this.ending = if this.ledger.linger() { Ending::Lingering(size) } else { Ending::Done };
                }
                Ending::Lingering(left) => {
                    let mut thrown_away = [0; 4096];
                    let mut buffer = ReadBuf::new(&mut thrown_away);
                    let read = ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer));
                    let length = buffer.filled().len();
                    match left.checked_sub(length) {
                        Some(rest) if read.is_ok() && length > 0 => *left = rest,
                        _ => this.ending = Ending::Done,
                    }
                }
                Ending::Done => return Poll::Ready(Ok(())),
            }
        }
    }
}
