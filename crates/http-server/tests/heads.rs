//! Request heads that come slowly, never, or are too long.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::client::{Client, get, status};
use super::{DEADLINE, EMPTY_BODY, SHORT, TestServer, unlimited, with_timeouts};

#[tokio::test]
async fn half_head_is_closed_in_time_and_delays_no_other() {
    let server = TestServer::start(with_timeouts(|timeouts| timeouts.header = SHORT)).await;
    for half in ["", "G", "GET / HTTP/1.1\r\nHost: a"] {
        let begun = Instant::now();
        let (mut slow, mut other) = (Client::connect(server.address).await, Client::connect(server.address).await);
        slow.send(half).await;
        assert!(other.get("/").await.ends_with(EMPTY_BODY));
        let end = slow.end().await;
        assert!(begun.elapsed() >= SHORT && end.text.is_empty(), "{half:?}: {end:?}");
        assert!(other.get("/").await.ends_with(EMPTY_BODY), "{half:?}");
    }
    assert_eq!(server.requests.begun(), 6);
}

#[tokio::test]
async fn trickled_head_gains_no_time() {
    let server = TestServer::start(with_timeouts(|timeouts| timeouts.header = SHORT)).await;
    let mut slow = Client::connect(server.address).await;
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "y".repeat(40));
    let mut sent = 0;
    while slow.try_send(&head.as_bytes()[sent..=sent]).await {
        sent += 1;
        assert!(sent < 50, "after {sent} bytes");
        sleep(SHORT / 8).await;
    }
    assert!(sent > 0, "closed at once");
}

#[tokio::test]
async fn keep_alive_connection_has_idle_timeout_then_header_timeout() {
    let server = TestServer::start(with_timeouts(|timeouts| timeouts.header = SHORT)).await;
    let mut client = Client::connect(server.address).await;
    assert!(client.get("/").await.ends_with(EMPTY_BODY));
    assert!(client.stays_open(2 * SHORT).await, "idle is longer than a head");
    client.send("GET / HT").await;
    assert!(client.end().await.after < DEADLINE);

    let server = TestServer::start(with_timeouts(|timeouts| timeouts.idle = SHORT)).await;
    let mut client = Client::connect(server.address).await;
    assert!(client.get("/").await.ends_with(EMPTY_BODY));
    let end = client.end().await;
    assert!(end.text.is_empty() && end.after >= SHORT / 2, "{end:?}");
}

#[tokio::test]
async fn three_hundred_half_heads_delay_no_other() {
    let server = TestServer::start(with_timeouts(|timeouts| timeouts.header = Duration::from_secs(3))).await;
    let mut slow = Vec::new();
    for _ in 0..300 {
        let mut client = Client::connect(server.address).await;
        client.send("GET / HTTP/1.1\r\nHost: a\r\nX-").await;
        slow.push(client);
    }
    for _ in 0..20 {
        assert!(Client::connect(server.address).await.get("/").await.ends_with(EMPTY_BODY));
    }
    assert_eq!(server.requests.begun(), 20);
    for mut client in slow {
        assert_eq!(client.end().await.text, "");
    }
}

#[tokio::test]
async fn long_target_gets_414_and_long_head_431_and_closes() {
    let server = TestServer::start(unlimited()).await;
    let fields = |length: usize| get("/").replace("Host", &format!("X: {}\r\nHost", "x".repeat(length)));
    let many = |count: usize| get("/").replace("Host", &format!("{}Host", "X: y\r\n".repeat(count)));
    for (request, expected, is_bare) in [
        (get(&format!("/{}", "x".repeat(8 << 10))), "414", false),
        (get(&format!("/?{}", "x".repeat(9 << 10))), "414", false),
        (fields(17 << 10), "431", false),
        (fields(64 << 10), "431", true),
        (many(100), "431", true),
        (many(2_000), "431", true),
    ] {
        let mut client = Client::connect(server.address).await;
        client.try_send(request.as_bytes()).await;
        let end = client.end().await;
        assert_eq!(status(&end.text), expected, "{:.60} of {}: {end:?}", request, request.len());
        assert!(end.text.contains("connection: close"), "{end:?}");
        assert_eq!(end.text.contains("content-security-policy"), !is_bare, "{end:?}");
    }
    assert_eq!(server.requests.begun(), 0);
    let mut client = Client::connect(server.address).await;
    for request in [get(&format!("/{}", "x".repeat((8 << 10) - 1))), fields(15 << 10), many(99)] {
        assert!(client.exchange(&request).await.ends_with(EMPTY_BODY));
    }
}
