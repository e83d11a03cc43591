//! The accept loop: as many connections as there are slots, and no client is lost when the system runs out of descriptors.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::capacity::{Capacity, ConnectionSlot, LogInterval};
use crate::timeouts::ACCEPT_RETRY_DELAY;

/// The listener.
pub(crate) struct Acceptor {
    listener: TcpListener,
    failures: LogInterval,
}

impl Acceptor {
    pub(crate) fn new(listener: TcpListener) -> Self {
        Self { listener, failures: LogInterval::default() }
    }

    /// Accepts a client, then waits for a slot for it: that a client waits is known only from a connection that is accepted
    /// beyond the limit.
    pub(crate) async fn next(&self, capacity: &Arc<Capacity>) -> (TcpStream, SocketAddr, ConnectionSlot) {
        let (stream, remote) = self.accept(capacity).await;
        (stream, remote, capacity.connection_slot().await)
    }

    /// While the system has no descriptor (`EMFILE`), the client waits in the listen backlog, idle connections yield, and
    /// accept is tried again after a pause.
    async fn accept(&self, capacity: &Capacity) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(client) => return client,
                Err(error) if is_by_client(&error) => {}
                Err(error) => {
                    if self.failures.is_due() {
                        tracing::error!(%error, "cannot accept connections");
                    }
                    capacity.saturate();
                    sleep(ACCEPT_RETRY_DELAY).await;
                }
            }
        }
    }
}

/// Whether accept failed only because the client has left already.
fn is_by_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
