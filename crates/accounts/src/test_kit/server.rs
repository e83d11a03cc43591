//! A test server: a service on a real socket, for the time of a test.

use std::io;
use std::net::SocketAddr;

use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, Server};
use tokio::task::JoinHandle;

/// A service that runs on a free port of 127.0.0.1. It stops when it is dropped.
pub struct TestServer {
    address: SocketAddr,
    running: JoinHandle<io::Result<()>>,
}

impl TestServer {
    /// Starts a service on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(service: impl Endpoint + 'static) -> io::Result<Self> {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
        let address = acceptor.local_addr().first().and_then(|address| address.as_socket_addr().copied());
        let address = address.ok_or_else(|| io::Error::other("the socket has no address"))?;
        let running = tokio::spawn(Server::new_with_acceptor(acceptor).run(service));
        Ok(Self { address, running })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a page.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.running.abort();
    }
}
