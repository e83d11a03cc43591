//! Responses that the client does not read.

use tokio::io::AsyncReadExt;
use tokio::time::{Instant, sleep, timeout};

use accounts_http_server::Limits;

use super::client::{Client, form, get};
use super::{DEADLINE, EMPTY_BODY, LARGE, PAGE, SHORT, TestServer, unlimited, with_timeouts};

#[tokio::test]
async fn unread_response_ends_with_the_write_timeout() {
    let mut limits = Limits { connections: 1, ..with_timeouts(|timeouts| timeouts.write.total = SHORT) };
    limits.saturated_timeouts.write.total = SHORT;
    let server = TestServer::start(limits).await;
    let mut slow = Client::connect(server.address).await;
    slow.send(&get("/large")).await;
    let mut next = Client::connect(server.address).await;
    assert!(next.get("/").await.ends_with(EMPTY_BODY), "the slot is free again");
    assert!(slow.end().await.text.len() < LARGE);
}

#[tokio::test]
async fn unread_response_waits_for_its_client_without_saturation() {
    let server = TestServer::start(unlimited()).await;
    let mut client = Client::connect(server.address).await;
    client.send(&get("/large")).await;
    sleep(2 * SHORT).await;
    client.0.read_exact(&mut vec![0; LARGE]).await.unwrap();
}

#[tokio::test]
async fn large_response_is_read_whole() {
    let server = TestServer::start(with_timeouts(|timeouts| timeouts.write.total = DEADLINE)).await;
    let mut client = Client::connect(server.address).await;
    client.send(&get("/large").replace("Host", "Connection: close\r\nHost")).await;
    let end = client.end().await;
    assert_eq!(end.text.split_once("\r\n\r\n").unwrap().1.len(), LARGE);
}

#[tokio::test]
async fn pipelined_request_waits_until_the_last_response_is_taken() {
    let server = TestServer::start(unlimited()).await;
    let mut client = Client::connect(server.address).await;
    client.send(&(get("/large") + &get("/page") + &form("/", 5))).await;
    sleep(SHORT).await;
    assert_eq!(server.requests.begun(), 1);
    let mut rest = vec![0; LARGE + PAGE];
    client.0.read_exact(&mut rest).await.unwrap();
    while !rest.ends_with(b"5 bytes") {
        assert!(client.0.read_buf(&mut rest).await.unwrap() > 0);
    }
    assert_eq!(server.requests.begun(), 3);
}

#[tokio::test]
async fn client_that_reads_no_response_is_served_no_further() {
    let server = TestServer::start(unlimited()).await;
    for request in [get("/"), get("/").replace("GET", "HEAD"), form("/", 1)] {
        let begun = server.requests.begun();
        let mut client = Client::connect(server.address).await;
        let many = request.repeat(1_000);
        let mut sent = 0;
        while timeout(SHORT, client.try_send(many.as_bytes())).await == Ok(true) {
            sent += 1_000;
            assert!(sent < 1_000_000, "no backpressure after {sent} requests: {request}");
        }
        let mut count = 0;
        let stalled = Instant::now();
        while count != server.requests.begun() {
            assert!(stalled.elapsed() < DEADLINE, "requests are still begun: {request}");
            count = server.requests.begun();
            sleep(SHORT).await;
        }
        assert!(count > begun + 1_000, "{count} requests: {request}");
    }
}
