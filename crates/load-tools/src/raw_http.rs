//! A minimal HTTP/1.1 client on a bare socket: for requests that no ordinary client sends, and where it matters which
//! connection a request uses.

use std::io;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::timeouts::INCOMPLETE_REQUEST_TIMEOUT;

/// The `host:port` of an origin such as `http://127.0.0.1:8000`.
#[must_use]
pub fn authority(origin: &str) -> &str {
    origin.trim_start_matches("http://").trim_end_matches('/')
}

/// Sends `GET path` on an open connection and reads the response to its end.
///
/// Returns the status; the connection can be used again unless `close` asked the server to close it.
///
/// # Errors
/// The connection fails or is closed early, or the response has no valid head.
pub async fn get(stream: &mut TcpStream, authority: &str, path: &str, close: bool) -> anyhow::Result<u16> {
    let connection = if close { "Connection: close\r\n" } else { "" };
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\n{connection}\r\n").as_bytes()).await?;
    let mut response = Vec::new();
    loop {
        if let Some((status, true)) = complete(&response)? {
            return Ok(status);
        }
        ensure!(stream.read_buf(&mut response).await? > 0, "the connection was closed within a response");
    }
}

/// The status of a response, once its head is there, and whether its body is complete by its `Content-Length`.
fn complete(response: &[u8]) -> anyhow::Result<Option<(u16, bool)>> {
    let Some(end) = response.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&response[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let is_complete = response.len() - end - 4 >= length.parse()?;
    Ok(Some((status.context("a response without a status")?, is_complete)))
}

/// Sends `request` as it is and nothing more.
///
/// Returns how the connection ended and after how long: the response's status, `closed` without a
/// response, `still open` after [`INCOMPLETE_REQUEST_TIMEOUT`], or `no connection`.
pub async fn send_raw(authority: &str, request: &str) -> (String, Duration) {
    let start = Instant::now();
    let outcome = match timeout(INCOMPLETE_REQUEST_TIMEOUT, send(authority, request)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => "closed".to_owned(),
        Err(_) => "still open".to_owned(),
    };
    (outcome, start.elapsed())
}

async fn send(authority: &str, request: &str) -> io::Result<String> {
    let Ok(mut stream) = TcpStream::connect(authority).await else {
        return Ok("no connection".to_owned());
    };
    stream.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await?;
    let response = String::from_utf8_lossy(&response);
    Ok(response.split(' ').nth(1).unwrap_or("closed").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_is_complete_with_its_last_byte() {
        let response = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(complete(&response[..20]).unwrap(), None, "half a head");
        assert_eq!(complete(&response[..response.len() - 1]).unwrap(), Some((200, false)));
        assert_eq!(complete(response).unwrap(), Some((200, true)));
        assert!(complete(b"nonsense\r\n\r\n").is_err());
    }

    #[test]
    fn authority_is_origin_without_scheme() {
        assert_eq!(authority("http://127.0.0.1:8000/"), "127.0.0.1:8000");
        assert_eq!(authority("127.0.0.1:8000"), "127.0.0.1:8000");
    }
}
