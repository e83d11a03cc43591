//! Lets clients in: as many at once as there is room for, and none is lost where the system runs out of descriptors.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

use super::places::Places;

/// How long to wait before a connection is asked for again that the system could not give.
const PAUSE: Duration = Duration::from_millis(100);

/// How often that is told.
const COMPLAINT: Duration = Duration::from_secs(10);

/// The listener, and what it complained of last.
pub(super) struct Accept {
    listener: TcpListener,
    complained: Option<Instant>,
}

impl Accept {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, complained: None }
    }

    /// The next client. While the system has no descriptor for it, it waits in the backlog, and those that are idle are
    /// asked to go.
    pub(super) async fn next(&mut self, places: &Places) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(client) => return client,
                Err(error) if is_of_the_client(&error) => {}
                Err(error) => {
                    if self.complained.is_none_or(|at| at.elapsed() >= COMPLAINT) {
                        self.complained = Some(Instant::now());
                        tracing::error!(%error, "no connection can be accepted for now");
                    }
                    places.crowd();
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Whether it is only that the client has left before it was let in.
fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
