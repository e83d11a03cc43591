//! Request bodies that come slowly, never, or without end.

use std::time::Duration;

use accounts_http_server::{Limits, TransferTimeout};
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep};

use super::client::{Client, post, status};
use super::{DEADLINE, LONG, SHORT, TestServer, with_timeouts};

/// Sends a byte now and then until a response or the end comes. Returns how many were sent.
async fn trickle(client: &mut Client) -> usize {
    for sent in 0..200 {
        if !client.stays_open(SHORT / 8).await {
            return sent;
        }
        if !client.try_send(b"x").await {
            return sent;
        }
    }
    panic!("the connection stays open");
}

#[tokio::test]
async fn silent_body_gets_the_endpoints_408_and_closes() {
    let server = TestServer::start(with_timeouts(|timeouts| timeouts.body.total = SHORT)).await;
    for length in ["Content-Length: 60000", "Transfer-Encoding: chunked"] {
        let mut client = Client::connect(server.address).await;
        client.send(&post("/", length)).await;
        let end = client.end().await;
        assert_eq!(status(&end.text), "408", "{length}: {end:?}");
        assert!(end.text.contains("connection: close") && end.after >= SHORT / 2, "{length}: {end:?}");
    }
}

#[tokio::test]
async fn trickled_body_ends_by_its_rate_or_its_total() {
    let rate = with_timeouts(|timeouts| (timeouts.body.grace, timeouts.body.min_rate) = (SHORT, 1_000));
    let total = with_timeouts(|timeouts| timeouts.body.total = SHORT);
    for limits in [rate, total] {
        let server = TestServer::start(limits).await;
        let mut client = Client::connect(server.address).await;
        client.send(&post("/", "Content-Length: 60000")).await;
        let (begun, sent) = (Instant::now(), trickle(&mut client).await);
        assert!(sent > 0 && begun.elapsed() < DEADLINE, "{sent} bytes in {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn steady_body_above_the_minimum_rate_is_accepted() {
    let limits = with_timeouts(|timeouts| (timeouts.body.grace, timeouts.body.min_rate) = (SHORT, 100));
    let server = TestServer::start(limits).await;
    let mut client = Client::connect(server.address).await;
    client.send(&post("/", "Content-Length: 10000")).await;
    for _ in 0..10 {
        client.send(&"x".repeat(1_000)).await;
        sleep(SHORT / 4).await;
    }
    assert!(client.response().await.ends_with("10000 bytes"));
}

/// Limits with that linger timeout.
fn with_linger(grace: Duration) -> Limits {
    with_timeouts(|timeouts| timeouts.linger = TransferTimeout { grace, min_rate: 1 << 30, total: LONG })
}

#[tokio::test]
async fn endless_body_gets_413_and_is_read_no_further() {
    let server = TestServer::start(with_linger(SHORT)).await;
    for length in ["Transfer-Encoding: chunked", "Content-Length: 100000000"] {
        let mut client = Client::connect(server.address).await;
        client.send(&post("/", length)).await;
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(65_536));
        let mut sent = 0;
        while client.try_send(chunk.as_bytes()).await {
            sent += chunk.len();
            assert!(sent < 100_000_000, "{length}: all of it was read");
        }
        let end = client.end().await;
        assert!(matches!(status(&end.text), "413" | "none"), "{end:?}"); // or a reset was first
    }
    assert_eq!(server.requests.begun(), 2);
}

#[tokio::test]
async fn response_to_unread_body_reaches_a_client_that_still_sends() {
    let server = TestServer::start(with_linger(LONG)).await;
    for _ in 0..10 {
        let mut client = Client::connect(server.address).await;
        client.send(&(post("/early", "Content-Length: 100000") + "x".repeat(50_000).as_str())).await;
        for _ in 0..10 {
            sleep(Duration::from_millis(10)).await;
            client.send(&"x".repeat(5_000)).await;
        }
        client.0.shutdown().await.unwrap();
        let end = client.end().await;
        assert_eq!(status(&end.text), "403", "{end:?}");
        assert!(end.text.contains("connection: close"), "{end:?}");
    }
}

#[tokio::test]
async fn unread_body_is_discarded_for_the_linger_timeout_only() {
    let server = TestServer::start(with_linger(SHORT)).await;
    let mut client = Client::connect(server.address).await;
    client.send(&post("/early", "Content-Length: 5000")).await;
    assert_eq!(status(&client.end().await.text), "403");
    let begun = Instant::now();
    while client.try_send(b"x").await {
        assert!(begun.elapsed() < DEADLINE);
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn unread_body_is_discarded_up_to_the_linger_size_only() {
    let server = TestServer::start(Limits { linger_size: 10_000, ..with_linger(LONG) }).await;
    let mut client = Client::connect(server.address).await;
    client.send(&post("/early", "Content-Length: 100000000")).await;
    assert_eq!(status(&client.end().await.text), "403");
    let begun = Instant::now();
    while client.try_send(&[b'x'; 1_000]).await {
        assert!(begun.elapsed() < DEADLINE);
    }
}
