//! The connection limit, saturation, and clients that leave.

use accounts_http_server::{Limits, Timeouts, TransferTimeout};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep};

use super::client::{Client, get, post, status};
use super::{DEADLINE, EMPTY_BODY, LARGE, LONG, SHORT, TestServer, unlimited};

/// Limits with that many connections, and other timeouts under saturation.
fn limited(connections: u32, change: impl FnOnce(&mut Timeouts)) -> Limits {
    let mut limits = Limits { connections, ..unlimited() };
    change(&mut limits.saturated_timeouts);
    limits
}

/// Limits with a timeout of [`SHORT`] for everything under saturation, and none otherwise.
fn short_under_saturation(connections: u32) -> Limits {
    let short = TransferTimeout { grace: SHORT, min_rate: 1 << 30, total: LONG };
    limited(connections, |saturated| {
        *saturated = Timeouts { header: SHORT, idle: SHORT, body: short, write: short, linger: short };
    })
}

#[tokio::test]
async fn client_beyond_the_limit_waits_until_a_connection_ends() {
    let limits = limited(2, |saturated| (saturated.header, saturated.idle) = (SHORT / 4, SHORT / 4));
    let server = TestServer::start(limits).await;
    let (mut one, mut two) = (Client::connect(server.address).await, Client::connect(server.address).await);
    one.send(&get("/wait")).await;
    two.send(&get("/wait")).await;
    server.requests.wait_for_running(2).await;
    let mut waiting = Vec::new();
    for _ in 0..5 {
        let mut client = Client::connect(server.address).await;
        client.send(&get("/")).await;
        waiting.push(client);
    }
    assert!(waiting[0].stays_open(SHORT).await, "no response, and no end");
    assert_eq!(server.requests.begun(), 2);
    server.release.add_permits(1);
    for mut client in waiting {
        assert!(client.response().await.ends_with(EMPTY_BODY));
    }
    server.release.add_permits(1);
    for mut client in [one, two] {
        assert_eq!(status(&client.response().await), "200", "requests under way were not aborted");
    }
}

/// What a connection is busy with while no other client waits.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Holder {
    Silence,
    HalfHead,
    Idle,
    Body,
    Response,
}

/// A client that holds its connection so.
async fn hold(server: &TestServer, holder: Holder) -> Client {
    let mut client = Client::connect(server.address).await;
    match holder {
        Holder::Silence => {}
        Holder::HalfHead => client.send("GET / HT").await,
        Holder::Idle => assert!(client.get("/").await.ends_with(EMPTY_BODY)),
        Holder::Body => client.send(&(post("/", "Content-Length: 60000") + "x")).await,
        Holder::Response => client.send(&get("/large")).await,
    }
    client
}

#[tokio::test]
async fn saturation_closes_whatever_waits_for_its_client() {
    let server = TestServer::start(short_under_saturation(1)).await;
    for (holder, expected) in [
        (Holder::Silence, "none"),
        (Holder::HalfHead, "none"),
        (Holder::Idle, "none"),
        (Holder::Body, "408"),
        (Holder::Response, "200"),
    ] {
        let mut client = hold(&server, holder).await;
        assert!(holder == Holder::Response || client.stays_open(2 * SHORT).await, "{holder:?}: without saturation");
        let begun = Instant::now();
        let mut next = Client::connect(server.address).await;
        assert!(next.get("/").await.ends_with(EMPTY_BODY), "{holder:?}");
        assert!(begun.elapsed() < DEADLINE / 2, "{holder:?}: {:?}", begun.elapsed());
        assert_eq!(status(&client.end().await.text), expected, "{holder:?}");
    }
}

#[tokio::test]
async fn saturation_spares_a_response_that_is_read_steadily() {
    let steady = TransferTimeout { grace: SHORT, min_rate: 1 << 20, total: LONG };
    let server = TestServer::start(limited(1, |saturated| saturated.write = steady)).await;
    let mut client = hold(&server, Holder::Response).await;
    let mut next = Client::connect(server.address).await;
    next.send(&get("/")).await;
    for _ in 0..8 {
        client.0.read_exact(&mut vec![0; LARGE / 8]).await.unwrap();
        sleep(SHORT / 2).await;
    }
    assert!(next.stays_open(SHORT / 8).await, "it waits");
    drop(client);
    assert!(next.response().await.ends_with(EMPTY_BODY));
}

#[tokio::test]
async fn saturation_spares_a_body_that_comes_steadily() {
    let steady = TransferTimeout { grace: SHORT, min_rate: 1_000, total: LONG };
    let server = TestServer::start(limited(1, |saturated| saturated.body = steady)).await;
    let mut client = Client::connect(server.address).await;
    client.send(&post("/", "Content-Length: 40000")).await;
    let mut next = Client::connect(server.address).await;
    next.send(&get("/")).await;
    for _ in 0..8 {
        client.send(&"x".repeat(5_000)).await;
        sleep(SHORT / 4).await;
    }
    assert!(client.response().await.ends_with("40000 bytes"));
    drop(client);
    assert!(next.response().await.ends_with(EMPTY_BODY));
}

#[tokio::test]
async fn saturation_ends_when_connections_end_and_no_client_comes() {
    let server = TestServer::start(limited(8, |saturated| saturated.idle = SHORT)).await;
    let mut clients = Vec::new();
    for _ in 0..9 {
        let mut client = Client::connect(server.address).await;
        client.send(&get("/wait")).await;
        clients.push(client);
    }
    server.requests.wait_for_running(8).await;
    let mut last = clients.remove(7);
    drop(clients); // with the ninth, which has waited
    server.requests.wait_for_running(1).await;
    server.release.add_permits(1);
    assert_eq!(status(&last.response().await), "200");
    assert!(last.stays_open(3 * SHORT).await, "saturation is over");
}

#[tokio::test]
async fn client_that_leaves_cancels_its_handler() {
    let server = TestServer::start(unlimited()).await;
    for is_reset in [false, true] {
        let mut clients = Vec::new();
        for _ in 0..10 {
            let mut client = Client::connect(server.address).await;
            client.send(&(post("/wait", "Content-Length: 5") + "hello")).await;
            clients.push(client);
        }
        server.requests.wait_for_running(10).await;
        for client in clients {
            if is_reset {
                client.0.set_zero_linger().unwrap();
            }
            drop(client);
        }
        server.requests.wait_for_running(0).await;
    }
}

#[tokio::test]
async fn client_that_closes_its_side_cancels_its_handler() {
    let server = TestServer::start(unlimited()).await;
    let mut client = Client::connect(server.address).await;
    client.send(&get("/wait")).await;
    server.requests.wait_for_running(1).await;
    client.0.shutdown().await.unwrap();
    server.requests.wait_for_running(0).await;
    assert_eq!(client.end().await.text, "");
}

#[tokio::test]
async fn panic_costs_one_response() {
    let server = TestServer::start(unlimited()).await;
    let (mut client, mut other) = (Client::connect(server.address).await, Client::connect(server.address).await);
    other.send(&get("/wait")).await;
    server.requests.wait_for_running(1).await;
    let response = client.get("/panic").await;
    assert_eq!(status(&response), "500", "{response}");
    assert!(!response.contains("asked for") && response.contains("content-security-policy"), "{response}");
    assert!(Client::connect(server.address).await.get("/").await.ends_with(EMPTY_BODY));
    server.release.add_permits(1);
    assert!(other.response().await.ends_with(EMPTY_BODY));
}

#[tokio::test]
async fn pipelined_requests_get_their_responses_in_order() {
    let server = TestServer::start(unlimited()).await;
    let mut client = Client::connect(server.address).await;
    let last = get("/").replace("Host", "Connection: close\r\nHost");
    client.send(&(get("/").repeat(20) + last.as_str())).await;
    let end = client.end().await;
    assert_eq!((end.text.matches("HTTP/1.1 200").count(), end.text.matches(EMPTY_BODY).count()), (21, 21), "{end:?}");
}
