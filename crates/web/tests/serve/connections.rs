//! Many connections, clients that leave, and clients that do not take their answer.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep};
use web::serve::{Limits, Pace, Patience};

use super::client::{Client, get, post, status};
use super::{Door, LARGE, LONG, SHORT, SOON, but, wide};

const HELLO: &str = "0 bytes";

/// So many connections, and what one is waited for while somebody waits for it.
fn crowd(connections: u32, change: impl FnOnce(&mut Patience)) -> Limits {
    let mut limits = Limits { connections, ..wide() };
    change(&mut limits.crowded);
    limits
}

#[tokio::test]
async fn past_the_limit_a_client_waits_until_another_leaves() {
    let (door, leave) = Door::with(crowd(2, |crowded| (crowded.head, crowded.idle) = (SHORT / 4, SHORT / 4))).await;
    let (mut one, mut two) = (Client::at(door.address).await, Client::at(door.address).await);
    one.send(&get("/wait")).await;
    two.send(&get("/wait")).await;
    door.guests.are(2).await;
    let mut waiting = Vec::new();
    for _ in 0..5 {
        let mut client = Client::at(door.address).await;
        client.send(&get("/")).await;
        waiting.push(client);
    }
    assert!(waiting[0].is_kept(SHORT).await, "nobody answers, and nobody closes");
    assert_eq!(door.guests.entered(), 2);
    leave.add_permits(1);
    for mut client in waiting {
        assert!(client.answer().await.ends_with(HELLO));
    }
    leave.add_permits(1);
    for mut client in [one, two] {
        assert_eq!(status(&client.answer().await), "200", "those under way were not cut");
    }
}

/// What holds on to a place in a quiet app.
const HOLDERS: [&str; 5] = ["", "GET / HT", "GET / HTTP/1.1\r\nHost: door\r\n\r\n", "a body", "an answer"];

/// A client that holds on so, and has been answered what there is to answer.
async fn holder(door: &Door, kind: &str) -> Client {
    let mut client = Client::at(door.address).await;
    match kind {
        "a body" => client.send(&(post("/", "Content-Length: 60000") + "x")).await,
        "an answer" => client.send(&get("/large")).await,
        idle if idle.ends_with("\r\n\r\n") => assert!(client.ask(idle).await.ends_with(HELLO)),
        half => client.send(half).await,
    }
    client
}

/// In a quiet app everybody has time, in a crowded one nobody.
fn impatient(connections: u32) -> Limits {
    let short = Pace { grace: SHORT, rate: 1 << 30, most: LONG };
    crowd(connections, |crowded| *crowded = Patience { head: SHORT, idle: SHORT, body: short, answer: short })
}

#[tokio::test]
async fn where_it_is_crowded_each_gives_way() {
    let (door, _) = Door::with(impatient(1)).await;
    for kind in HOLDERS {
        let mut holder = holder(&door, kind).await;
        assert!(kind == "an answer" || holder.is_kept(2 * SHORT).await, "{kind}: nobody waits");
        let begun = Instant::now();
        let mut next = Client::at(door.address).await;
        assert!(next.get("/").await.ends_with(HELLO), "{kind}");
        assert!(begun.elapsed() < SOON / 2, "{kind}: {:?}", begun.elapsed());
        let expected = match kind {
            "a body" => "408",
            "an answer" => "200",
            _ => "none",
        };
        assert_eq!(status(&holder.end().await.text), expected, "{kind}");
    }
}

#[tokio::test]
async fn where_it_is_crowded_what_goes_steadily_may_go_on() {
    let steady = Pace { grace: SHORT, rate: 1 << 20, most: LONG };
    let (door, _) = Door::with(crowd(1, |crowded| crowded.answer = steady)).await;
    let mut steady = holder(&door, "an answer").await;
    let mut next = Client::at(door.address).await;
    next.send(&get("/")).await;
    for _ in 0..8 {
        steady.0.read_exact(&mut vec![0; LARGE / 8]).await.unwrap();
        sleep(SHORT / 2).await;
    }
    assert!(next.is_kept(SHORT / 8).await, "it waits");
    drop(steady);
    assert!(next.answer().await.ends_with(HELLO));

    let (door, _) = Door::with(crowd(1, |crowded| crowded.body = Pace { grace: SHORT, rate: 1_000, most: LONG })).await;
    let mut steady = Client::at(door.address).await;
    steady.send(&post("/", "Content-Length: 40000")).await;
    next = Client::at(door.address).await;
    next.send(&get("/")).await;
    for _ in 0..8 {
        steady.send(&"x".repeat(5_000)).await;
        sleep(SHORT / 4).await;
    }
    assert!(steady.answer().await.ends_with("40000 bytes"));
    drop(steady);
    assert!(next.answer().await.ends_with(HELLO));
}

#[tokio::test]
async fn an_answer_that_is_left_for_a_while_is_still_there_when_nobody_waits() {
    let (door, _) = Door::with(impatient(1)).await;
    let mut holder = holder(&door, "an answer").await;
    sleep(2 * SHORT).await;
    holder.0.read_exact(&mut vec![0; LARGE]).await.unwrap();
}

#[tokio::test]
async fn the_crowd_is_over_when_they_have_left_though_nobody_comes() {
    let (door, leave) = Door::with(crowd(8, |crowded| crowded.idle = SHORT)).await;
    let mut clients = Vec::new();
    for _ in 0..9 {
        let mut client = Client::at(door.address).await;
        client.send(&get("/wait")).await;
        clients.push(client);
    }
    door.guests.are(8).await;
    let mut last = clients.remove(7);
    drop(clients); // the ninth too: it has waited
    door.guests.are(1).await;
    leave.add_permits(1);
    assert_eq!(status(&last.answer().await), "200");
    assert!(last.is_kept(3 * SHORT).await, "there is room again");
}

#[tokio::test]
async fn a_client_that_does_not_take_its_answer_is_cut() {
    let mut limits = Limits { connections: 1, ..but(|patience| patience.answer.most = SHORT) };
    limits.crowded.answer.most = SHORT;
    let (door, _) = Door::with(limits).await;
    let mut slow = Client::at(door.address).await;
    slow.send(&get("/large")).await;
    let mut next = Client::at(door.address).await;
    assert!(next.get("/").await.ends_with(HELLO), "its place is free again");
    assert!(slow.end().await.text.len() < LARGE);
}

#[tokio::test]
async fn a_large_answer_is_taken_whole_by_whoever_reads() {
    let (door, _) = Door::with(but(|patience| patience.answer.most = SOON)).await;
    let mut client = Client::at(door.address).await;
    client.send(&get("/large").replace("Host", "Connection: close\r\nHost")).await;
    let end = client.end().await;
    assert_eq!(end.text.split_once("\r\n\r\n").unwrap().1.len(), LARGE);
}

#[tokio::test]
async fn whoever_leaves_takes_along_what_was_done_for_them() {
    let (door, _) = Door::with(wide()).await;
    for is_reset in [false, true] {
        let mut clients = Vec::new();
        for _ in 0..10 {
            let mut client = Client::at(door.address).await;
            client.send(&(post("/wait", "Content-Length: 5") + "hello")).await;
            clients.push(client);
        }
        door.guests.are(10).await;
        for client in clients {
            if is_reset {
                client.0.set_zero_linger().unwrap();
            }
            drop(client);
        }
        door.guests.are(0).await;
    }
}

#[tokio::test]
async fn whoever_only_stops_sending_has_left_too() {
    let (door, _) = Door::with(wide()).await;
    let mut client = Client::at(door.address).await;
    client.send(&get("/wait")).await;
    door.guests.are(1).await;
    client.0.shutdown().await.unwrap();
    door.guests.are(0).await;
    assert_eq!(client.end().await.text, "");
}

#[tokio::test]
async fn a_panic_costs_one_answer() {
    let (door, leave) = Door::with(wide()).await;
    let (mut client, mut other) = (Client::at(door.address).await, Client::at(door.address).await);
    other.send(&get("/wait")).await;
    door.guests.are(1).await;
    let told = client.get("/panic").await;
    assert_eq!(status(&told), "500", "{told}");
    assert!(!told.contains("asked to") && told.contains("content-security-policy"), "{told}");
    assert!(Client::at(door.address).await.get("/").await.ends_with(HELLO));
    leave.add_permits(1);
    assert!(other.answer().await.ends_with(HELLO));
}

#[tokio::test]
async fn several_requests_at_once_are_answered_one_by_one() {
    let (door, _) = Door::with(wide()).await;
    let mut client = Client::at(door.address).await;
    let last = get("/").replace("Host", "Connection: close\r\nHost");
    client.send(&(get("/").repeat(20) + last.as_str())).await;
    let end = client.end().await;
    assert_eq!((end.text.matches("HTTP/1.1 200").count(), end.text.matches(HELLO).count()), (21, 21), "{end:?}");
}
