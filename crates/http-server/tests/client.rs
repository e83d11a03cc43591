//! A client that sends bytes, whole requests or not, and reads what comes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::{DEADLINE, LONG};

/// One connection.
pub(super) struct Client(pub(super) TcpStream);

/// What came before a connection was closed, and how long that took.
#[derive(Debug)]
pub(super) struct End {
    pub(super) text: String,
    pub(super) after: Duration,
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        Self(timeout(DEADLINE, TcpStream::connect(address)).await.unwrap().unwrap())
    }

    /// Sends a request and reads its response.
    pub(super) async fn exchange(&mut self, request: &str) -> String {
        self.send(request).await;
        self.response().await
    }

    pub(super) async fn get(&mut self, path: &str) -> String {
        self.exchange(&get(path)).await
    }

    pub(super) async fn send(&mut self, text: &str) {
        timeout(LONG, self.0.write_all(text.as_bytes())).await.unwrap().unwrap();
    }

    /// Sends bytes that the server may not take. Returns whether it took them.
    pub(super) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        timeout(DEADLINE, self.0.write_all(bytes)).await.is_ok_and(|written| written.is_ok())
    }

    /// Reads one response with a length. It is empty where the connection was closed.
    pub(super) async fn response(&mut self) -> String {
        let mut response = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&response);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.unwrap_or("0").parse().unwrap() {
                    return text.into_owned();
                }
            }
            if timeout(DEADLINE, self.0.read_buf(&mut response)).await.unwrap().unwrap() == 0 {
                return String::new();
            }
        }
    }

    /// Reads until the server closes the connection.
    pub(super) async fn end(&mut self) -> End {
        let (begun, mut text) = (Instant::now(), Vec::new());
        let read = timeout(DEADLINE, self.0.read_to_end(&mut text)).await.unwrap();
        if let Err(error) = read {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
        }
        End { text: String::from_utf8_lossy(&text).into_owned(), after: begun.elapsed() }
    }

    /// Whether the connection stays open for that long, and no byte comes.
    pub(super) async fn stays_open(&mut self, duration: Duration) -> bool {
        timeout(duration, self.0.read_u8()).await.is_err()
    }
}

pub(super) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// The head of a form with the fields that give its length.
pub(super) fn post(path: &str, fields: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n")
}

/// A whole form.
pub(super) fn form(path: &str, length: usize) -> String {
    post(path, &format!("Content-Length: {length}")) + &"x".repeat(length)
}

pub(super) fn status(response: &str) -> &str {
    response.split(' ').nth(1).unwrap_or("none")
}
