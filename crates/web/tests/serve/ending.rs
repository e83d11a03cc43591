//! The end: what is under way is finished, what only hangs on is not waited for.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use web::serve::Limits;

use super::client::{Client, get, post, status};
use super::{Door, SHORT, SOON, but, wide};

#[tokio::test]
async fn only_what_is_under_way_is_waited_for() {
    let (door, leave) = Door::with(wide()).await;
    let address = door.address;
    let mut hanging = Vec::new();
    for half in ["", "GET / HTTP/1.1\r\nHo", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut client = Client::at(address).await;
        client.send(half).await;
        hanging.push(client);
    }
    let mut idle = Client::at(address).await;
    idle.get("/").await;
    hanging.push(idle);
    let mut busy = Client::at(address).await;
    busy.send(&(get("/wait") + get("/").as_str())).await;
    door.guests.are(1).await;

    let guests = door.guests.clone();
    let ending = tokio::spawn(door.ends());
    for mut client in hanging {
        client.end().await;
    }
    assert!(!ending.is_finished());
    assert!(TcpStream::connect(address).await.is_err(), "nobody is let in any more");
    leave.add_permits(1);
    let end = busy.end().await;
    assert_eq!((status(&end.text), end.text.matches("HTTP/1.1").count()), ("200", 1), "{end:?}");
    assert!(end.text.contains("connection: close"), "{end:?}");
    assert!(ending.await.unwrap() < SOON);
    assert_eq!(guests.entered(), 2);
}

#[tokio::test]
async fn a_body_that_still_comes_is_waited_for() {
    let (door, _) = Door::with(wide()).await;
    let mut slow = Client::at(door.address).await;
    slow.send(&(post("/", "Content-Length: 5") + "he")).await;
    door.guests.are(1).await;
    let ending = tokio::spawn(door.ends());
    assert!(slow.is_kept(SHORT / 2).await);
    assert!(slow.ask("llo").await.ends_with("5 bytes"));
    ending.await.unwrap();
}

#[tokio::test]
async fn what_never_ends_is_cut() {
    let (door, _leave) = Door::with(Limits { drain: SHORT, ..wide() }).await;
    let mut endless = Client::at(door.address).await;
    endless.send(&get("/wait")).await;
    door.guests.are(1).await;
    let guests = door.guests.clone();
    let took = door.ends().await;
    assert!(took >= SHORT && took < SOON, "{took:?}");
    assert_eq!(guests.present(), 0, "and has let go of everything");
    assert_eq!(endless.end().await.text, "");
}

#[tokio::test]
async fn who_waits_for_a_place_is_not_waited_for() {
    let (door, leave) = Door::with(Limits { connections: 1, ..wide() }).await;
    let mut busy = Client::at(door.address).await;
    busy.send(&get("/wait")).await;
    door.guests.are(1).await;
    let mut waiting = Client::at(door.address).await;
    waiting.send(&get("/")).await;
    assert!(waiting.is_kept(SHORT / 2).await);
    let ending = tokio::spawn(door.ends());
    assert_eq!(waiting.end().await.text, "");
    leave.add_permits(1);
    assert_eq!(status(&busy.end().await.text), "200");
    ending.await.unwrap();
}

/// The type of the next HTTP/2 frame, and its bytes.
async fn frame(client: &mut Client) -> (u8, Vec<u8>) {
    let mut head = [0; 9];
    timeout(SOON, client.0.read_exact(&mut head)).await.unwrap().unwrap();
    let mut frame = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
    timeout(SOON, client.0.read_exact(&mut frame)).await.unwrap().unwrap();
    (head[3], frame)
}

const HEADERS: u8 = 1;
const GOAWAY: u8 = 7;

#[tokio::test]
async fn what_was_asked_just_after_an_idle_one_was_told_to_go_is_answered_at_the_end() {
    let (door, leave) = Door::with(but(|patience| (patience.head, patience.idle) = (SHORT, SHORT))).await;
    let mut client = Client::at(door.address).await;
    // By hand, since a browser asks nothing more by then: the preface and empty settings.
    assert!(client.push(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await);
    while frame(&mut client).await.0 != GOAWAY {}
    let fields = b"\x82\x86\x44\x05/wait\x41\x04door";
    let asked = [&[0, 0, u8::try_from(fields.len()).unwrap(), HEADERS, 5, 0, 0, 0, 1], &fields[..]].concat();
    assert!(client.push(&asked).await);
    door.guests.are(1).await;

    let guests = door.guests.clone();
    let ending = tokio::spawn(door.ends());
    assert!(timeout(SHORT / 2, async { while frame(&mut client).await.0 != HEADERS {} }).await.is_err());
    assert_eq!(guests.present(), 1, "it is under way");
    leave.add_permits(1);
    let fields = loop {
        if let (HEADERS, fields) = frame(&mut client).await {
            break fields;
        }
    };
    assert_eq!(fields[0], 0x88, "200: {fields:?}");
    assert!(ending.await.unwrap() < SOON);
}
