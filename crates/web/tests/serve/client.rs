//! A client that sends what it is told to, whole or not, and sees what comes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::{LONG, SOON};

/// One connection.
pub(super) struct Client(pub(super) TcpStream);

/// What came before a connection ended, and how long that took.
#[derive(Debug)]
pub(super) struct End {
    pub(super) text: String,
    pub(super) after: Duration,
}

impl Client {
    pub(super) async fn at(address: SocketAddr) -> Self {
        Self(timeout(SOON, TcpStream::connect(address)).await.unwrap().unwrap())
    }

    /// Sends something and waits for the answer to it.
    pub(super) async fn ask(&mut self, text: &str) -> String {
        self.send(text).await;
        self.answer().await
    }

    pub(super) async fn get(&mut self, path: &str) -> String {
        self.ask(&get(path)).await
    }

    pub(super) async fn send(&mut self, text: &str) {
        timeout(LONG, self.0.write_all(text.as_bytes())).await.unwrap().unwrap();
    }

    /// Sends what may not be taken.
    pub(super) async fn push(&mut self, bytes: &[u8]) -> bool {
        timeout(SOON, self.0.write_all(bytes)).await.is_ok_and(|written| written.is_ok())
    }

    /// One answer, whose body has a length; empty where the connection ended.
    pub(super) async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.unwrap_or("0").parse().unwrap() {
                    return text.into_owned();
                }
            }
            if timeout(SOON, self.0.read_buf(&mut answer)).await.unwrap().unwrap() == 0 {
                return String::new();
            }
        }
    }

    /// Reads until the server closes, and no longer than it has to.
    pub(super) async fn end(&mut self) -> End {
        let (begun, mut text) = (Instant::now(), Vec::new());
        let read = timeout(SOON, self.0.read_to_end(&mut text)).await.unwrap();
        if let Err(error) = read {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
        }
        End { text: String::from_utf8_lossy(&text).into_owned(), after: begun.elapsed() }
    }

    /// Whether nothing comes, and the server keeps the connection, for a while.
    pub(super) async fn is_kept(&mut self, a_while: Duration) -> bool {
        timeout(a_while, self.0.read_u8()).await.is_err()
    }
}

pub(super) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: door\r\n\r\n")
}

/// The head of a form, but for its lengths.
pub(super) fn post(path: &str, fields: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: door\r\n{fields}\r\n\r\n")
}

pub(super) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}
