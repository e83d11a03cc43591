//! A connection's socket as hyper gets it: reports what passes to the connection state, and lingers when it is closed.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connection_state::ConnectionState;

/// A byte stream and the state of its connection.
pub(crate) struct Socket<S> {
    stream: S,
    state: Arc<ConnectionState>,
    is_shut_down: bool,
    /// After the end is sent: whether more is likely to come, and is waited for.
    expects_more: bool,
    /// How many bytes of that are discarded at most.
    linger_size: usize,
}

impl<S> Socket<S> {
    pub(crate) fn new(stream: S, state: Arc<ConnectionState>, linger_size: usize) -> Self {
        Self { stream, state, is_shut_down: false, expects_more: false, linger_size }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.state.on_read(&buffer.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, slices))?;
        self.state.on_write(count);
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes only when the stream has taken everything that hyper has.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.state.on_flush();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Lingering close: sends the end (FIN), then discards what still comes. If the socket were closed instead, the system
    /// would reply to unread bytes with a reset, which can reach the client before it has read the response.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.is_shut_down {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            this.is_shut_down = true;
            this.expects_more = this.state.begin_linger();
        }
        let mut discarded = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut discarded);
            match Pin::new(&mut this.stream).poll_read(context, &mut buffer) {
                Poll::Pending if this.expects_more => return Poll::Pending,
                Poll::Ready(Ok(())) if (1..=this.linger_size).contains(&buffer.filled().len()) => {
                    this.linger_size -= buffer.filled().len();
                    this.state.on_discard(buffer.filled().len());
                    this.expects_more = true;
                }
                _ => return Poll::Ready(Ok(())),
            }
        }
    }
}
