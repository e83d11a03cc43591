//! A form that does not arrive in time, behind the program's own HTTP server: a page in the layout.

use std::time::Duration;

use http_server::{Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::common::TestApp;

#[tokio::test]
async fn slow_body_gets_408_in_the_layout() {
    let app = TestApp::on_sqlite().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut limits = Limits::default();
    limits.timeouts.body.total = Duration::from_millis(400);
    let serving = Server::new(listener).limits(limits).serve(app.endpoint(), std::future::pending());
    let server = tokio::spawn(serving);
    for length in ["Content-Length: 60000", "Transfer-Encoding: chunked"] {
        let mut client = TcpStream::connect(address).await.unwrap();
        let head =
            format!("POST /login HTTP/1.1\r\nHost: {address}\r\nSec-Fetch-Site: same-origin\r\n{length}\r\n\r\n");
        client.write_all(head.as_bytes()).await.unwrap();
        let mut page = String::new();
        timeout(Duration::from_secs(8), client.read_to_string(&mut page)).await.unwrap().unwrap();
        assert!(page.starts_with("HTTP/1.1 408 "), "{length}: {page}");
        for text in ["did not arrive in time", "DinnerParty", "connection: close", "content-security-policy: "] {
            assert!(page.contains(text), "{length}: {text}: {page}");
        }
        assert!(page.contains("x-request-id: "), "{length}: {page}");
    }
    server.abort();
}
