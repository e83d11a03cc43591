//! Requests byte by byte, such as no client library sends.

use accounts::test_kit::{TestClient, TestResponse, TestServer};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Sends bytes and reads until the server closes. `HOST` stands for its address.
pub(crate) async fn raw(server: &TestServer, request: impl AsRef<[u8]>) -> Answer {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let (from, to) = (b"HOST".as_slice(), server.address().to_string().into_bytes());
    let mut request = request.as_ref().to_vec();
    if let Some(at) = request.windows(from.len()).position(|found| found == from) {
        request.splice(at..at + from.len(), to);
    }
    // A refusal may come, and the connection close, before all is sent.
    let _ = stream.write_all(&request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A form sent as a browser sends it from one of our pages: no token is needed where `Sec-Fetch-Site` says so.
pub(crate) async fn browser_post(visitor: &TestClient, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    let request = visitor.request(Method::POST, path).header("sec-fetch-site", "same-origin");
    visitor.send(request.form(fields)).await
}
