//! Bodies that come slowly, never, or without end.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep};
use web::serve::Limits;

use super::client::{Client, post, status};
use super::{Door, LONG, SHORT, SOON, but, wide};
use crate::common::TestApp;

/// A body has its grace, and then its rate.
fn short() -> Limits {
    but(|patience| patience.body.grace = SHORT)
}

/// Sends a byte now and then until it is answered, and tells how many.
async fn trickle(client: &mut Client) -> usize {
    for sent in 0..200 {
        if !client.is_kept(SHORT / 8).await {
            return sent;
        }
        if !client.push(b"x").await {
            return sent;
        }
    }
    panic!("it goes on and on");
}

#[tokio::test]
async fn a_body_that_trickles_is_told_so_in_a_page_and_the_connection_closed() {
    let app = TestApp::on_sqlite().await;
    let door = Door::before(app.endpoint(), but(|patience| patience.body.most = SHORT), Arc::default()).await;
    for length in ["Content-Length: 60000", "Transfer-Encoding: chunked"] {
        let mut slow = Client::at(door.address).await;
        let head = post("/login", &format!("Sec-Fetch-Site: same-origin\r\n{length}"));
        slow.send(&head.replace("Host: door", &format!("Host: {}", door.address))).await;
        let end = slow.end().await;
        assert_eq!(status(&end.text), "408", "{length}: {end:?}");
        assert!(end.text.contains("did not arrive in time") && end.text.contains("DinnerParty"), "{end:?}");
        for field in ["connection: close", "content-security-policy: ", "x-request-id: "] {
            assert!(end.text.contains(field), "{field}: {end:?}");
        }
        assert!(end.after >= SHORT / 2, "{end:?}");
    }
}

#[tokio::test]
async fn a_body_has_its_rate_to_keep_and_its_time() {
    let (mut rate, mut most) = (short(), wide());
    (rate.quiet.body.rate, most.quiet.body.most) = (1_000, SHORT);
    for limits in [rate, most] {
        let (door, _) = Door::with(limits).await;
        let mut slow = Client::at(door.address).await;
        slow.send(&post("/", "Content-Length: 60000")).await;
        let (begun, sent) = (Instant::now(), trickle(&mut slow).await);
        assert!(sent > 0 && begun.elapsed() < SOON, "{sent} bytes in {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_body_that_is_slow_but_steady_is_taken() {
    let mut limits = short();
    limits.quiet.body.rate = 100;
    let (door, _) = Door::with(limits).await;
    let mut steady = Client::at(door.address).await;
    steady.send(&post("/", "Content-Length: 10000")).await;
    for _ in 0..10 {
        steady.send(&"x".repeat(1_000)).await;
        sleep(SHORT / 4).await;
    }
    assert!(steady.answer().await.ends_with("10000 bytes"));
}

#[tokio::test]
async fn a_body_without_end_is_told_so_and_cut() {
    let (door, _) = Door::with(Limits { linger: SHORT, ..wide() }).await;
    for lengths in ["Transfer-Encoding: chunked", "Content-Length: 100000000"] {
        let mut endless = Client::at(door.address).await;
        endless.send(&post("/", lengths)).await;
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(65_536));
        let mut sent = 0;
        while endless.push(chunk.as_bytes()).await {
            sent += chunk.len();
            assert!(sent < 100_000_000, "{lengths}: all of it was taken");
        }
        let told = endless.end().await;
        assert!(matches!(status(&told.text), "413" | "none"), "{told:?}"); // it may have been reset meanwhile
    }
    assert_eq!(door.guests.entered(), 2);
}

#[tokio::test]
async fn an_answer_that_comes_before_the_body_is_read_all_the_same() {
    let (door, _) = Door::with(Limits { linger: LONG, ..wide() }).await;
    for _ in 0..10 {
        let mut client = Client::at(door.address).await;
        client.send(&(post("/early", "Content-Length: 100000") + "x".repeat(50_000).as_str())).await;
        for _ in 0..10 {
            sleep(Duration::from_millis(10)).await;
            client.send(&"x".repeat(5_000)).await; // as if it had not been answered yet
        }
        client.0.shutdown().await.unwrap();
        let end = client.end().await;
        assert_eq!(status(&end.text), "403", "{end:?}");
        assert!(end.text.contains("connection: close"), "{end:?}");
    }
}

#[tokio::test]
async fn what_is_left_unread_is_not_read_for_ever() {
    let (door, _) = Door::with(Limits { linger: SHORT, ..wide() }).await;
    let mut silent = Client::at(door.address).await;
    silent.send(&post("/early", "Content-Length: 5000")).await;
    let end = silent.end().await;
    assert_eq!(status(&end.text), "403");
    let begun = Instant::now();
    while silent.push(b"x").await {
        assert!(begun.elapsed() < SOON);
        sleep(Duration::from_millis(20)).await;
    }
}
