//! An HTTP/1.1 server for Poem endpoints, on hyper. It limits connections, memory, the size of a request head, and the time
//! that a client may take for each part of an exchange, and it shuts down gracefully.
//!
//! ```no_run
//! use accounts_http_server::{Limits, Server, shutdown_signal};
//!
//! # async fn serve(endpoint: impl poem::Endpoint + 'static) -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
//! Server::new(listener).limits(Limits::for_this_process()).serve(endpoint, shutdown_signal()?).await
//! # }
//! ```
//!
//! TLS and HTTP/2 are for a proxy. Why it exists beside Poem's server, and what its limits cost, is in
//! `docs/adr/0009-http-server.md`.
//!
//! [`Limits`] has every number that can be set. A task per connection (`connection`) drives hyper over a `socket` that
//! reports what passes to the `connection_state`. From that state follows the deadline of the connection, which has one
//! timer. `capacity` counts connection slots and memory for all connections, and publishes the server state.

mod accept;
mod body;
mod capacity;
#[cfg(feature = "compression")]
pub mod compression;
mod connection;
mod connection_state;
#[cfg(feature = "compression")]
mod content_coding;
mod endpoint;
mod error_response;
#[cfg(test)]
mod fuzz;
mod limits;
mod memory_budget;
mod next_head;
mod request_head;
mod service;
mod shutdown;
mod socket;
mod timeouts;

use std::io;
use std::pin::pin;
use std::sync::Arc;

use hyper::header::{HeaderName, HeaderValue};
use tokio::net::TcpListener;

use self::accept::Acceptor;
use self::capacity::Capacity;
use self::connection::ConnectionHandler;
use self::endpoint::Endpoint;
use self::error_response::ErrorResponses;
pub use self::limits::Limits;
use self::service::RequestService;
pub use self::shutdown::shutdown_signal;
pub use self::timeouts::{Timeouts, TransferTimeout};

/// A server on a bound socket.
pub struct Server {
    listener: TcpListener,
    limits: Limits,
    error_headers: Vec<(HeaderName, HeaderValue)>,
}

impl Server {
    /// A server with the default limits.
    #[must_use]
    pub fn new(listener: TcpListener) -> Self {
        Self { listener, limits: Limits::default(), error_headers: Vec::new() }
    }

    /// Chooses the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds header fields to the responses that the server itself gives (400, 414, 431, 500, 501 and 503), such as the
    /// security headers of every other response.
    #[must_use]
    pub fn error_headers(mut self, headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Self {
        self.error_headers.extend(headers);
        self
    }

    /// Serves until `shutdown` resolves, then shuts down gracefully: it accepts no more connections, closes those without a request under way,
    /// finishes the requests under way, and aborts what is still open after [`Limits::drain`].
    ///
    /// # Errors
    /// The listener has no address.
    pub async fn serve(self, endpoint: impl Endpoint + 'static, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let (limits, local) = (self.limits, self.listener.local_addr()?);
        let capacity = Capacity::new(&limits);
        let service = RequestService { endpoint, errors: ErrorResponses::new(self.error_headers), limits, local };
        let handler = Arc::new(ConnectionHandler::new(service, Arc::clone(&capacity)));
        let acceptor = Acceptor::new(self.listener);
        let mut shutdown = pin!(shutdown);
        loop {
            let (stream, remote, slot) = tokio::select! {
                biased;
                () = &mut shutdown => break,
                next = acceptor.next(&capacity) => next,
            };
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "client left before its first byte");
                continue;
            }
            let handler = Arc::clone(&handler);
            tokio::spawn(async move {
                handler.serve(stream, remote).await;
                drop(slot);
            });
        }
        drop(acceptor);
        capacity.drain(&limits).await;
        Ok(())
    }
}
