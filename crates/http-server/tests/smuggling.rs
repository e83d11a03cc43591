//! Request smuggling: nothing behind a request whose length is in doubt is served as a request.

use super::client::{Client, form, get, post, status};
use super::{EMPTY_BODY, TestServer, unlimited};

/// Heads with a `Content-Length` beside a `Transfer-Encoding`.
const TWO_LENGTHS: [&str; 3] = [
    "Content-Length: 15\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 15",
    "transfer-encoding: chunked\r\nX: y\r\ncontent-length: 0",
];

const CHUNKED_BODY: &str = "5\r\nhello\r\n0\r\n\r\n";

#[tokio::test]
async fn length_beside_chunks_is_ignored_and_the_connection_closed_at_any_split() {
    let server = TestServer::start(unlimited()).await;
    let smuggled = get("/smuggled");
    for lengths in TWO_LENGTHS {
        let request = post("/", lengths) + CHUNKED_BODY + &smuggled;
        for split in 1..request.len() {
            let begun = server.requests.begun();
            let mut client = Client::connect(server.address).await;
            client.0.set_nodelay(true).unwrap();
            client.send(&request[..split]).await;
            tokio::task::yield_now().await;
            client.try_send(&request.as_bytes()[split..]).await; // the server may have closed by then
            let end = client.end().await;
            assert_eq!(status(&end.text), "200", "{lengths} split at {split}: {end:?}");
            assert_eq!(end.text.matches("HTTP/1.1").count(), 1, "{lengths} split at {split}: {end:?}");
            assert!(end.text.contains("connection: close") && end.text.ends_with("5 bytes"), "{lengths}: {end:?}");
            assert_eq!(server.requests.begun(), begun + 1, "{lengths} split at {split}");
        }
    }
}

#[tokio::test]
async fn length_beside_chunks_closes_a_keep_alive_connection_too() {
    let server = TestServer::start(unlimited()).await;
    for lengths in TWO_LENGTHS {
        for before in [get("/"), form("/", 5), "\r\n".to_owned()] {
            let begun = server.requests.begun();
            let mut client = Client::connect(server.address).await;
            client.send(&(before.clone() + &post("/", lengths) + CHUNKED_BODY + &get("/smuggled"))).await;
            let end = client.end().await;
            let expected = 1 + usize::from(before.len() > 2);
            assert_eq!(end.text.matches("HTTP/1.1 200").count(), expected, "{lengths} behind {before:?}: {end:?}");
            assert_eq!(server.requests.begun(), begun + expected, "{lengths} behind {before:?}");
        }
    }
}

#[tokio::test]
async fn differing_or_malformed_lengths_get_400_before_the_endpoint() {
    let server = TestServer::start(unlimited()).await;
    for lengths in [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: -5",
        "Content-Length: 5x",
        "Content-Length: ",
        "Content-Length : 5",
        "Content-Length: 99999999999999999999999",
    ] {
        let mut client = Client::connect(server.address).await;
        client.try_send((post("/", lengths) + "hello" + &get("/smuggled")).as_bytes()).await;
        let end = client.end().await;
        assert_eq!((status(&end.text), end.text.matches("HTTP/1.1").count()), ("400", 1), "{lengths}: {end:?}");
    }
    assert_eq!(server.requests.begun(), 0);
}

#[tokio::test]
async fn unknown_transfer_coding_gets_501_or_400_before_the_endpoint() {
    let server = TestServer::start(unlimited()).await;
    for (codings, expected) in [
        ("Transfer-Encoding: gzip, chunked", "501"),
        ("Transfer-Encoding: identity, chunked", "501"),
        ("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "501"),
        ("Transfer-Encoding: chunked, chunked", "400"),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "400"),
        ("Transfer-Encoding: chunked, gzip", "400"),
        ("Transfer-Encoding: identity", "400"),
        ("Transfer-Encoding: ", "400"),
    ] {
        let request = post("/", codings) + CHUNKED_BODY;
        let old = request.replace("HTTP/1.1", "HTTP/1.0");
        for (request, expected) in [(request, expected), (old, "400")] {
            let mut client = Client::connect(server.address).await;
            client.try_send((request + get("/smuggled").as_str()).as_bytes()).await;
            let end = client.end().await;
            assert_eq!((status(&end.text), end.text.matches("HTTP/1.").count()), (expected, 1), "{codings}: {end:?}");
            assert!(end.text.contains("connection: close"), "{codings}: {end:?}");
        }
    }
    let old = post("/", "Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(status(&Client::connect(server.address).await.exchange(&old).await), "400");
    assert_eq!(server.requests.begun(), 0);
}

#[tokio::test]
async fn chunked_bodies_keep_a_connection_alive() {
    let server = TestServer::start(unlimited()).await;
    let chunked = post("/", "Transfer-Encoding: chunked") + CHUNKED_BODY;
    let mut client = Client::connect(server.address).await;
    for _ in 0..3 {
        assert!(client.exchange(&chunked).await.ends_with("5 bytes"));
        assert!(client.exchange(&form("/", 4)).await.ends_with("4 bytes"));
        assert!(client.get("/").await.ends_with(EMPTY_BODY));
        client.send(&post("/", "Transfer-Encoding: chunked")).await;
        assert!(client.exchange("3\r\nabc\r\n0\r\n\r\n").await.ends_with("3 bytes"), "a body in a packet of its own");
    }
}

#[tokio::test]
async fn http2_preface_closes_connection_without_response() {
    let server = TestServer::start(unlimited()).await;
    let mut client = Client::connect(server.address).await;
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let end = client.end().await;
    assert_eq!(end.text, "");
    assert_eq!(server.requests.begun(), 0);
}
