//! Graceful shutdown: requests under way are finished, and nothing else is waited for.

use accounts_http_server::Limits;
use tokio::net::TcpStream;

use super::client::{Client, get, post, status};
use super::{DEADLINE, SHORT, TestServer, unlimited};

#[tokio::test]
async fn drain_waits_for_requests_under_way_only() {
    let server = TestServer::start(unlimited()).await;
    let (address, requests, release) = (server.address, server.requests.clone(), server.release.clone());
    let mut others = Vec::new();
    for half in ["", "GET / HTTP/1.1\r\nHo"] {
        let mut client = Client::connect(address).await;
        client.send(half).await;
        others.push(client);
    }
    let mut idle = Client::connect(address).await;
    idle.get("/").await;
    others.push(idle);
    let mut busy = Client::connect(address).await;
    busy.send(&(get("/wait") + get("/").as_str())).await;
    requests.wait_for_running(1).await;

    let shutdown = tokio::spawn(server.shut_down());
    for mut client in others {
        assert_eq!(client.end().await.text, "");
    }
    assert!(!shutdown.is_finished());
    assert!(TcpStream::connect(address).await.is_err(), "no connection is accepted");
    release.add_permits(1);
    let end = busy.end().await;
    assert_eq!((status(&end.text), end.text.matches("HTTP/1.1").count()), ("200", 1), "{end:?}");
    assert!(end.text.contains("connection: close"), "{end:?}");
    assert!(shutdown.await.unwrap() < DEADLINE);
    assert_eq!(requests.begun(), 2);
}

#[tokio::test]
async fn drain_waits_for_a_body_that_still_comes() {
    let server = TestServer::start(unlimited()).await;
    let mut slow = Client::connect(server.address).await;
    slow.send(&(post("/", "Content-Length: 5") + "he")).await;
    server.requests.wait_for_running(1).await;
    let shutdown = tokio::spawn(server.shut_down());
    assert!(slow.stays_open(SHORT / 2).await);
    assert!(slow.exchange("llo").await.ends_with("5 bytes"));
    shutdown.await.unwrap();
}

#[tokio::test]
async fn drain_timeout_aborts_the_rest() {
    let server = TestServer::start(Limits { drain: SHORT, ..unlimited() }).await;
    let mut endless = Client::connect(server.address).await;
    endless.send(&get("/wait")).await;
    server.requests.wait_for_running(1).await;
    let requests = server.requests.clone();
    let took = server.shut_down().await;
    assert!(took >= SHORT && took < DEADLINE, "{took:?}");
    assert_eq!(requests.running(), 0, "the handler was dropped");
    assert_eq!(endless.end().await.text, "");
}

#[tokio::test]
async fn drain_does_not_wait_for_a_client_without_a_slot() {
    let server = TestServer::start(Limits { connections: 1, ..unlimited() }).await;
    let mut busy = Client::connect(server.address).await;
    busy.send(&get("/wait")).await;
    server.requests.wait_for_running(1).await;
    let mut waiting = Client::connect(server.address).await;
    waiting.send(&get("/")).await;
    assert!(waiting.stays_open(SHORT / 2).await);
    let release = server.release.clone();
    let shutdown = tokio::spawn(server.shut_down());
    assert_eq!(waiting.end().await.text, "");
    release.add_permits(1);
    assert_eq!(status(&busy.response().await), "200");
    shutdown.await.unwrap();
}
