//! A minimal HTTP/1.1 client on a bare socket: for requests that no ordinary client sends, and where it matters which
//! connection a request uses.

use std::io;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
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
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\n{connection}\r\n");
    Ok(exchange(stream, &request).await?.status)
}

/// A complete response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawResponse {
    /// The status.
    pub status: u16,
    head: String,
}

impl RawResponse {
    /// The values of all headers of a name, which is in lower case.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.filter(move |(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The cookies that it sets, as the next request sends them: `name=value; …`.
    #[must_use]
    pub fn cookies(&self) -> String {
        let pairs = self.headers("set-cookie").filter_map(|cookie| cookie.split(';').next());
        pairs.collect::<Vec<_>>().join("; ")
    }
}

/// Sends a request on an open connection and reads the response to its end, by its `Content-Length`.
///
/// # Errors
/// Like [`get`].
pub async fn exchange<S>(stream: &mut S, request: &str) -> anyhow::Result<RawResponse>
where
    S: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    loop {
        if let Some((response, true)) = complete(&bytes)? {
            return Ok(response);
        }
        ensure!(stream.read_buf(&mut bytes).await? > 0, "the connection was closed within a response");
    }
}

/// A form of the site itself, as a request. `headers` are whole lines, each with its end.
#[must_use]
pub fn form_request(authority: &str, path: &str, headers: &str, fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value)));
    let body = pairs.collect::<Vec<_>>().join("&");
    let form = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded";
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: {authority}\r\n{form}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

/// All bytes but ASCII letters and digits as `%XX`.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(encode).collect()
}

/// A response, once its head is there, and whether its body is complete by its `Content-Length`.
fn complete(response: &[u8]) -> anyhow::Result<Option<(RawResponse, bool)>> {
    let Some(end) = response.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&response[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let parsed = RawResponse { status: status.context("a response without a status")?, head };
    let length = parsed.headers("content-length").next().unwrap_or("0").parse()?;
    let is_complete = response.len() - end - 4 >= length;
    Ok(Some((parsed, is_complete)))
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
        let status = |bytes| complete(bytes).unwrap().map(|(response, is_complete)| (response.status, is_complete));
        assert_eq!(status(&response[..20]), None, "half a head");
        assert_eq!(status(&response[..response.len() - 1]), Some((200, false)));
        assert_eq!(status(response), Some((200, true)));
        assert!(complete(b"nonsense\r\n\r\n").is_err());
    }

    #[test]
    fn response_has_its_headers_and_cookies() {
        let response = b"HTTP/1.1 303 See Other\r\nLocation: /\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\n\r\n";
        let (response, _) = complete(response).unwrap().unwrap();
        assert_eq!(response.headers("location").collect::<Vec<_>>(), ["/"]);
        assert_eq!(response.cookies(), "a=1; b=2");
    }

    #[test]
    fn form_is_encoded_with_its_length() {
        let request = form_request("h:1", "/login", "Cookie: a=1\r\n", &[("email", "a@b.c"), ("password", "x é")]);
        assert!(request.starts_with("POST /login HTTP/1.1\r\nHost: h:1\r\n"));
        let body = "email=a%40b%2Ec&password=x%20%C3%A9";
        assert!(request.ends_with(&format!("Cookie: a=1\r\nContent-Length: {}\r\n\r\n{body}", body.len())));
    }

    #[test]
    fn authority_is_origin_without_scheme() {
        assert_eq!(authority("http://127.0.0.1:8000/"), "127.0.0.1:8000");
        assert_eq!(authority("127.0.0.1:8000"), "127.0.0.1:8000");
    }
}
