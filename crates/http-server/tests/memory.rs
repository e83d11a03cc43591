//! The memory budget: bodies that are not whole, responses that are not read, and load shedding.

use std::time::Duration;

use accounts_http_server::{Limits, TransferTimeout};
use tokio::time::{Instant, sleep};

use super::client::{Client, form, get, post, status};
use super::{DEADLINE, EMPTY_BODY, LARGE, LONG, PAGE, SHORT, TestServer, unlimited};

/// What a GET or POST of these tests reserves for its head at most, in bytes.
const HEAD: usize = 1_000;

fn with_memory(memory: usize) -> Limits {
    Limits { memory, ..unlimited() }
}

/// Gets a page until the status is another.
async fn wait_for_status(server: &TestServer, path: &str, expected: &str) {
    let begun = Instant::now();
    while status(&Client::connect(server.address).await.get(path).await) != expected {
        assert!(begun.elapsed() < DEADLINE, "{path} never gets {expected}");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn taken_response_returns_its_memory() {
    let server = TestServer::start(with_memory(PAGE + HEAD)).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        let mut client = Client::connect(server.address).await;
        assert!(client.exchange(&form("/", 60_000)).await.ends_with("60000 bytes"));
        assert!(client.get("/page").await.len() > PAGE, "though the others are still connected");
        clients.push(client);
    }
    for mut client in clients {
        assert_eq!(status(&client.get("/page").await), "200", "no connection was closed");
    }
}

#[tokio::test]
async fn unread_response_holds_its_memory_until_its_connection_ends() {
    let server = TestServer::start(with_memory(LARGE + HEAD)).await;
    let mut unread = Client::connect(server.address).await;
    unread.send(&get("/large")).await;
    wait_for_status(&server, "/page", "503").await;
    assert!(Client::connect(server.address).await.get("/").await.ends_with(EMPTY_BODY), "a small one still fits");
    drop(unread);
    wait_for_status(&server, "/page", "200").await;
}

#[tokio::test]
async fn missing_memory_shortens_timeouts_until_it_is_free() {
    let mut limits = with_memory(LARGE + HEAD);
    limits.saturated_timeouts.write = TransferTimeout { grace: SHORT, min_rate: 1 << 30, total: LONG };
    let server = TestServer::start(limits).await;
    let mut unread = Client::connect(server.address).await;
    unread.send(&get("/large")).await;
    wait_for_status(&server, "/page", "503").await;
    let begun = Instant::now();
    wait_for_status(&server, "/page", "200").await;
    assert!(begun.elapsed() < DEADLINE, "{:?}", begun.elapsed());
    assert!(unread.end().await.text.len() < LARGE);
}

#[tokio::test]
async fn body_reserves_its_length_or_the_body_limit() {
    let limit = Limits::default().body_size;
    for (length, reserved) in
        [("Content-Length: 20000", 20_000), ("Content-Length: 100000000", limit), ("Transfer-Encoding: chunked", limit)]
    {
        let server = TestServer::start(with_memory(3 * reserved + 4 * HEAD)).await;
        let mut slow = Vec::new();
        for _ in 0..3 {
            let mut client = Client::connect(server.address).await;
            client.send(&post("/", length)).await;
            slow.push(client);
        }
        server.requests.wait_for_running(3).await;
        let response = Client::connect(server.address).await.exchange(&post("/", length)).await;
        assert_eq!(status(&response), "503", "{length}: {response}");
        for field in ["retry-after: 5", "connection: close", "content-security-policy: default-src 'none'"] {
            assert!(response.contains(field), "{field}: {response}");
        }
        assert_eq!(server.requests.begun(), 3, "the endpoint was not called");
        slow.pop();
        server.requests.wait_for_running(2).await;
        assert!(Client::connect(server.address).await.exchange(&form("/", 10_000)).await.ends_with("10000 bytes"));
    }
}

#[tokio::test]
async fn response_larger_than_the_budget_is_never_sent_to_get() {
    let server = TestServer::start(with_memory(PAGE - 1)).await;
    let mut client = Client::connect(server.address).await;
    let response = client.get("/page").await;
    assert_eq!(status(&response), "503", "{response:.300}");
    assert!(Client::connect(server.address).await.get("/").await.ends_with(EMPTY_BODY));
}

#[tokio::test]
async fn response_to_a_change_is_sent_without_memory_for_it() {
    let server = TestServer::start(with_memory(3 * (30_000 + HEAD))).await;
    let mut clients = Vec::new();
    for path in ["/redirect", "/saved", "/refused"] {
        let mut client = Client::connect(server.address).await;
        client.send(&form(path, 30_000)).await;
        clients.push((path, client));
    }
    server.requests.wait_for_running(3).await;
    let mut other = Client::connect(server.address).await;
    assert_eq!(status(&other.exchange(&form("/", 30_000)).await), "503");
    assert_eq!(server.requests.running(), 3);
    server.release.add_permits(3);
    for (path, mut client) in clients {
        let response = client.response().await;
        let (expected, is_page) = match path {
            "/redirect" => ("303", false),
            "/saved" => ("200", true),
            _ => ("503", false), // as the 422 would, it says that nothing changed
        };
        assert_eq!((status(&response), response.len() > PAGE), (expected, is_page), "{path}: {response:.300}");
    }
    assert!(Client::connect(server.address).await.exchange(&form("/", 30_000)).await.ends_with("30000 bytes"));
}
