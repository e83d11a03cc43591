//! Heads that do not come, come slowly, are too long or say two things.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use web::serve::Limits;

use super::client::{Client, get, post, status};
use super::{Door, SHORT, SOON, but, wide};

const HELLO: &str = "0 bytes";

fn short() -> Limits {
    but(|patience| patience.head = SHORT)
}

#[tokio::test]
async fn half_a_head_and_none_are_closed_in_time_and_disturb_nobody() {
    let (door, _) = Door::with(short()).await;
    for half in ["", "G", "GET / HTTP/1.1\r\nHost: do", "PRI * HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let begun = Instant::now();
        let (mut slow, mut other) = (Client::at(door.address).await, Client::at(door.address).await);
        slow.send(half).await;
        assert!(other.get("/").await.ends_with(HELLO));
        let end = slow.end().await;
        assert!(begun.elapsed() >= SHORT, "{half:?}: {end:?}");
        assert!(!end.text.contains("200"), "{half:?}: {end:?}");
        assert!(other.get("/").await.ends_with(HELLO), "{half:?}");
    }
    assert_eq!(door.guests.entered(), 10);
}

#[tokio::test]
async fn a_byte_now_and_then_buys_a_head_no_time() {
    let (door, _) = Door::with(short()).await;
    let mut slow = Client::at(door.address).await;
    let mut sent = 0;
    while slow
        .push(b"GET / HTTP/1.1\r\nHost: door\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"[sent..].get(..1).unwrap())
        .await
    {
        sent += 1;
        assert!(sent < 50, "after {sent} bytes");
        sleep(SHORT / 8).await;
    }
    assert!(sent > 0, "it had no time at all");
}

#[tokio::test]
async fn on_a_kept_connection_a_head_has_its_time_and_silence_has_another() {
    let (door, _) = Door::with(short()).await;
    let mut kept = Client::at(door.address).await;
    assert!(kept.get("/").await.ends_with(HELLO));
    assert!(kept.is_kept(2 * SHORT).await, "idle is not slow");
    kept.send("GET / HT").await;
    assert!(kept.end().await.after < SOON);

    let (door, _) = Door::with(but(|patience| patience.idle = SHORT)).await;
    let mut kept = Client::at(door.address).await;
    assert!(kept.get("/").await.ends_with(HELLO));
    let end = kept.end().await;
    assert!(end.text.is_empty() && end.after >= SHORT / 2, "{end:?}");
}

#[tokio::test]
async fn three_hundred_half_sent_heads_do_not_slow_another() {
    let (door, _) = Door::with(but(|patience| patience.head = Duration::from_secs(3))).await;
    let mut slow = Vec::new();
    for _ in 0..300 {
        let mut client = Client::at(door.address).await;
        client.send("GET / HTTP/1.1\r\nHost: door\r\nX-").await;
        slow.push(client);
    }
    for _ in 0..20 {
        assert!(Client::at(door.address).await.get("/").await.ends_with(HELLO));
    }
    assert_eq!(door.guests.entered(), 20);
    for mut client in slow {
        assert_eq!(client.end().await.text, "");
    }
}

#[tokio::test]
async fn what_is_too_long_is_told_and_the_connection_closed() {
    let (door, _) = Door::with(wide()).await;
    let fields = |length: usize| get("/").replace("Host", &format!("X: {}\r\nHost", "x".repeat(length)));
    for (request, told) in [
        (get(&format!("/{}", "x".repeat(8 << 10))), "414"),
        (get(&format!("/?{}", "x".repeat(9 << 10))), "414"),
        (fields(17 << 10), "431"),
        (fields(64 << 10), "431"),
        (get("/").replace("Host", &format!("{}Host", "X: y\r\n".repeat(2_000))), "431"),
    ] {
        let mut client = Client::at(door.address).await;
        client.push(request.as_bytes()).await;
        let end = client.end().await;
        assert_eq!(status(&end.text), told, "{:.60} of {}: {end:?}", request, request.len());
        assert!(end.text.contains("connection: close"), "{end:?}");
    }
    assert_eq!(door.guests.entered(), 0, "no page was asked");
    let mut client = Client::at(door.address).await;
    assert!(client.ask(&get(&format!("/{}", "x".repeat((8 << 10) - 1)))).await.ends_with(HELLO));
    assert!(client.ask(&fields(15 << 10)).await.ends_with(HELLO));
}

#[tokio::test]
async fn what_the_door_answers_itself_has_the_headers_of_every_answer() {
    let (door, _) = Door::with(wide()).await;
    let mut client = Client::at(door.address).await;
    let told = client.ask(&get(&format!("/{}", "x".repeat(9 << 10)))).await;
    for field in ["content-security-policy: default-src 'none'", "x-content-type-options: nosniff", "no-store"] {
        assert!(told.contains(field), "{field}: {told}");
    }
}

#[tokio::test]
async fn a_body_of_two_lengths_is_refused_wherever_it_stands() {
    let (door, _) = Door::with(wide()).await;
    let chunked = "5\r\nhello\r\n0\r\n\r\n";
    let form = post("/", "Content-Length: 5") + "hello";
    for lengths in [
        "Content-Length: 15\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 15",
        "transfer-encoding: chunked\r\nX: y\r\ncontent-length: 0",
    ] {
        let two = post("/", lengths) + chunked;
        for before in ["", "\r\n", &get("/"), &form] {
            let entered = door.guests.entered();
            let mut client = Client::at(door.address).await;
            let is_asked = before.len() > 2;
            if is_asked {
                assert_eq!(status(&client.ask(before).await), "200");
            }
            client.send(&format!("{}{two}{}", if is_asked { "" } else { before }, get("/smuggled"))).await;
            let end = client.end().await;
            assert_eq!(status(&end.text), "400", "{lengths} after {before:?}: {end:?}");
            assert!(end.text.contains("connection: close"), "{end:?}");
            assert_eq!(door.guests.entered(), entered + usize::from(is_asked), "{lengths} after {before:?}");
        }
        let mut client = Client::at(door.address).await;
        client.send(&(get("/") + two.as_str())).await; // both at once
        let end = client.end().await;
        assert_eq!((status(&end.text), end.text.matches("HTTP/1.1 400").count()), ("200", 1), "{end:?}");
    }
}

#[tokio::test]
async fn chunks_alone_are_a_body_like_any_other() {
    let (door, _) = Door::with(wide()).await;
    let chunked = post("/", "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n";
    let mut client = Client::at(door.address).await;
    for _ in 0..3 {
        assert!(client.ask(&chunked).await.ends_with("5 bytes"));
        assert!(client.ask(&(post("/", "Content-Length: 4") + "ciao")).await.ends_with("4 bytes"));
        assert!(client.get("/").await.ends_with(HELLO));
        client.send(&post("/", "Transfer-Encoding: chunked")).await;
        sleep(Duration::from_millis(20)).await;
        assert!(client.ask("3\r\nabc\r\n0\r\n\r\n").await.ends_with("3 bytes"), "a body that comes by itself");
    }
}
