//! Raw requests, which no client library sends.

use accounts::test_kit::{TestClient, TestResponse, TestServer};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A response as text.
#[derive(Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl RawResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Sends bytes and reads until the server closes the connection. The first `HOST` is replaced by its address.
pub(crate) async fn raw(server: &TestServer, request: impl AsRef<[u8]>) -> RawResponse {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let (placeholder, host) = (b"HOST".as_slice(), server.address().to_string().into_bytes());
    let mut request = request.as_ref().to_vec();
    if let Some(at) = request.windows(placeholder.len()).position(|found| found == placeholder) {
        request.splice(at..at + placeholder.len(), host);
    }
    // The server may respond and close the connection before the whole request is sent.
    let _ = stream.write_all(&request).await;
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    let text = String::from_utf8_lossy(&response);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    RawResponse { status, head: head.to_owned(), body: body.to_owned() }
}

/// Posts a form without a token, with the `Sec-Fetch-Site` that a browser sends from a page of the same origin.
pub(crate) async fn browser_post(visitor: &TestClient, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    let request = visitor.request(Method::POST, path).header("sec-fetch-site", "same-origin");
    visitor.send(request.form(fields)).await
}
