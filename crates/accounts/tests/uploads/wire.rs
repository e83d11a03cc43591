//! Uploads on the wire, served by `http-server`: what is read, in which order, and until when.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http_server::{Limits, Server};
use poem::EndpointExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{Calls, LIMIT, PHOTO, body, part, photo, routes, settings};
use crate::common::Service;

/// A service of the test, once more behind `http-server`.
struct OnTheWire {
    address: SocketAddr,
    running: JoinHandle<std::io::Result<()>>,
    service: Service,
    calls: Calls,
}

impl Drop for OnTheWire {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl OnTheWire {
    async fn start(set: impl FnOnce(accounts::Builder) -> accounts::Builder) -> Self {
        let calls = Calls::default();
        let service = Service::with_pages(|builder| set(settings(builder)), routes(&calls)).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = service.accounts.routes(routes(&calls)).unwrap().boxed();
        let limits = Limits { body_size: service.accounts.body_limit(), ..Limits::default() };
        let running = tokio::spawn(Server::new(listener).limits(limits).serve(app, std::future::pending()));
        Self { address, running, service, calls }
    }

    /// The cookies of a browser that is logged in as ada, under the names of this server's port.
    async fn cookies(&self) -> String {
        let ada = self.service.ada().await;
        ada.cookies()
            .replace(&format!("-{}=", self.service.server.address().port()), &format!("-{}=", self.address.port()))
    }

    fn head(&self, cookies: &str, length: impl std::fmt::Display) -> String {
        let kind = "Content-Type: multipart/form-data; boundary=XX";
        let host = format!("Host: {}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookies}", self.address);
        format!("POST /trips/1/photo HTTP/1.1\r\n{host}\r\n{kind}\r\n{length}\r\n\r\n")
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

/// Reads until a text has come.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut response = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&response).contains(text) {
            assert!(stream.read_buf(&mut response).await.unwrap() > 0, "{}", String::from_utf8_lossy(&response));
        }
    };
    timeout(Duration::from_secs(20), read).await.unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn guest_gets_the_response_before_the_body_and_may_send_all_of_it() {
    let wire = OnTheWire::start(|builder| builder).await;
    let mut guest = wire.connect().await;
    let upload = body(&[photo(PHOTO)]);
    guest.write_all(wire.head("", format!("Content-Length: {}", upload.len())).as_bytes()).await.unwrap();
    let response = read_until(&mut guest, "\r\n\r\n").await;
    assert!(response.starts_with("HTTP/1.1 303") && response.contains("connection: close"), "{response}");
    // As a browser does, which reads the response once it has sent all.
    for piece in upload.chunks(100_000) {
        guest.write_all(piece).await.unwrap();
        sleep(Duration::from_millis(5)).await;
    }
    let mut rest = Vec::new();
    guest.read_to_end(&mut rest).await.unwrap(); // no reset
    assert_eq!(wire.calls(), 0);
}

#[tokio::test]
async fn curl_that_waits_for_100_continue_sends_nothing_of_a_refused_upload() {
    let wire = OnTheWire::start(|builder| builder).await;
    let mut guest = wire.connect().await;
    let head = wire.head("", "Content-Length: 2000000\r\nExpect: 100-continue");
    guest.write_all(head.as_bytes()).await.unwrap();
    assert!(read_until(&mut guest, "\r\n\r\n").await.starts_with("HTTP/1.1 303"));
}

#[tokio::test]
async fn chunked_upload_above_the_limit_is_413_and_is_drained() {
    let wire = OnTheWire::start(|builder| builder).await;
    let (cookies, mut ada) = (wire.cookies().await, wire.connect().await);
    ada.write_all(wire.head(&cookies, "Transfer-Encoding: chunked").as_bytes()).await.unwrap();
    let upload = body(&[photo(LIMIT + 500_000)]);
    for piece in upload.chunks(100_000) {
        ada.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await.unwrap();
        ada.write_all(&[piece, b"\r\n"].concat()).await.unwrap();
    }
    let response = read_until(&mut ada, "Please choose a smaller file.").await;
    assert!(response.starts_with("HTTP/1.1 413"), "{response}");
    assert_eq!(wire.calls(), 0);
}

#[tokio::test]
async fn wrong_token_is_refused_before_the_file_is_read() {
    let wire = OnTheWire::start(|builder| builder).await;
    let (cookies, mut ada) = (wire.cookies().await, wire.connect().await);
    ada.write_all(wire.head(&cookies, "Content-Length: 2000000").as_bytes()).await.unwrap();
    // The first piece of the body, with the token and the begin of a file. No more of it ever comes.
    ada.write_all(&[part("csrf_token", "", "stale"), photo(20_000)].concat()).await.unwrap();
    let response = read_until(&mut ada, "please choose it again").await;
    assert!(response.starts_with("HTTP/1.1 403"), "{response}");
    assert_eq!(wire.calls(), 0);
}

#[tokio::test]
async fn upload_that_is_cut_off_reaches_no_handler() {
    let wire = OnTheWire::start(|builder| builder).await;
    let cookies = wire.cookies().await;
    let upload = body(&[photo(PHOTO)]);
    for length in [0, 100, 1_000_000, upload.len() - 1] {
        let mut ada = wire.connect().await;
        ada.write_all(wire.head(&cookies, format!("Content-Length: {}", upload.len())).as_bytes()).await.unwrap();
        ada.write_all(&upload[..length]).await.unwrap();
        ada.shutdown().await.unwrap();
        let mut response = Vec::new();
        let _ = ada.read_to_end(&mut response).await;
        assert!(!response.starts_with(b"HTTP/1.1 200"), "{length}");
    }
    assert_eq!(wire.calls(), 0);
}

#[tokio::test]
async fn connection_is_used_again_after_an_upload() {
    let wire = OnTheWire::start(|builder| builder).await;
    let (cookies, mut ada) = (wire.cookies().await, wire.connect().await);
    let epilogue = [body(&[photo(300_000)]), vec![b' '; 40_000]].concat();
    for _ in 0..2 {
        ada.write_all(wire.head(&cookies, format!("Content-Length: {}", epilogue.len())).as_bytes()).await.unwrap();
        ada.write_all(&epilogue).await.unwrap();
        let response = read_until(&mut ada, "</html>").await;
        assert!(response.contains("lisbon.png 300000") && !response.contains("connection: close"), "{response}");
    }
}

#[tokio::test]
async fn time_of_the_upload_is_not_the_handlers() {
    let wire = OnTheWire::start(|builder| builder.handler_timeout(Duration::from_millis(300))).await;
    let (cookies, mut ada) = (wire.cookies().await, wire.connect().await);
    let upload = body(&[photo(300_000)]);
    ada.write_all(wire.head(&cookies, format!("Content-Length: {}", upload.len())).as_bytes()).await.unwrap();
    for piece in upload.chunks(50_000) {
        sleep(Duration::from_millis(100)).await;
        ada.write_all(piece).await.unwrap();
    }
    assert!(read_until(&mut ada, "</html>").await.contains("lisbon.png 300000"));
}
