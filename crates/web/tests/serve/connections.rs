//! Many connections, clients that leave, and clients that do not take their answer.

use tokio::io::AsyncWriteExt;
use web::serve::Limits;

use super::client::{Client, get, post, status};
use super::{Door, LARGE, SHORT, SOON, wide};

const HELLO: &str = "0 bytes";

#[tokio::test]
async fn past_the_limit_a_client_waits_until_another_leaves() {
    let (door, leave) = Door::with(Limits { connections: 2, crowded: SHORT / 4, ..wide() }).await;
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
        assert_eq!(status(&client.end().await.text), "200", "those under way were not cut");
    }
}

#[tokio::test]
async fn where_it_is_crowded_the_idle_and_the_half_sent_give_way() {
    let (door, _) = Door::with(Limits { connections: 3, crowded: SHORT, ..wide() }).await;
    let mut idle = Client::at(door.address).await;
    idle.get("/").await;
    let mut half = Client::at(door.address).await;
    half.send("GET / HT").await;
    let mut silent = Client::at(door.address).await;
    assert!(silent.is_kept(2 * SHORT).await, "there is room");

    let mut next = Client::at(door.address).await;
    assert!(next.get("/").await.ends_with(HELLO));
    for mut client in [idle, half, silent] {
        assert_eq!(client.end().await.text, "");
    }
    assert!(next.is_kept(2 * SHORT).await, "there is room again");
}

#[tokio::test]
async fn a_client_that_does_not_take_its_answer_is_cut() {
    let (door, _) = Door::with(Limits { answer: SHORT, connections: 1, ..wide() }).await;
    let mut slow = Client::at(door.address).await;
    slow.send(&get("/large")).await;
    let mut next = Client::at(door.address).await;
    assert!(next.get("/").await.ends_with(HELLO), "its place is free again");
    assert!(slow.end().await.text.len() < LARGE);
}

#[tokio::test]
async fn a_large_answer_is_taken_whole_by_whoever_reads() {
    let (door, _) = Door::with(Limits { answer: SOON, ..wide() }).await;
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
