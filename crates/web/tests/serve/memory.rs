//! What all clients together make the server hold: bodies that are not whole, and answers that nobody takes.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use web::serve::Limits;

use super::client::{Client, get, post, status};
use super::http2::Browser;
use super::{Door, PAGE, SHORT, SOON, wide};

/// Ten pages, and what is held besides.
const HELD: usize = 11 * PAGE;

/// Longer than those are given that have only just been asked.
const A_WHILE: Duration = Duration::from_millis(150);

/// How many of them are left, once they are no more than that.
async fn left(browsers: &[Browser], most: usize) -> usize {
    let begun = Instant::now();
    loop {
        let left = browsers.iter().filter(|browser| !browser.has_ended()).count();
        if left <= most {
            return left;
        }
        assert!(begun.elapsed() < SOON, "{left} are left");
        sleep(SHORT / 20).await;
    }
}

#[tokio::test]
async fn those_are_cut_that_take_nothing_when_it_is_too_much_and_others_are_served() {
    let (door, _) = Door::with(Limits { held: HELD, ..wide() }).await;
    let (mut browsers, mut unread) = (Vec::new(), Vec::new());
    let (mut client, other) = (Client::at(door.address).await, Browser::with_window(door.address, 1 << 20).await);
    for _ in 0..10 {
        let browser = Browser::with_window(door.address, 0).await;
        for _ in 0..4 {
            unread.push(browser.ask("/page").await); // some are cut by the next
        }
        sleep(A_WHILE).await;
        browsers.push(browser);
        let page = client.get("/page").await;
        assert!(status(&page) == "200" && page.len() > PAGE, "{page:.300}");
        assert_eq!(other.get("/page").await.len(), PAGE);
    }
    assert!(left(&browsers, 2).await > 0, "no more than it must be");
    assert!(unread.iter().filter(|answer| answer.as_ref().is_ok_and(|head| head.status() == 200)).count() > 20);
}

#[tokio::test]
async fn what_was_taken_is_held_no_more() {
    let (door, _) = Door::with(Limits { held: 2 * PAGE, ..wide() }).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        let (browser, mut client) = (Browser::with_window(door.address, 1 << 20).await, Client::at(door.address).await);
        assert_eq!(browser.get("/page").await.len(), PAGE);
        assert!(client.get("/page").await.len() > PAGE);
        assert!(
            client
                .ask(&(post("/", "Content-Length: 60000") + "x".repeat(60_000).as_str()))
                .await
                .ends_with("60000 bytes")
        );
        clients.push((browser, client));
    }
    for (browser, mut client) in clients {
        assert_eq!(browser.get("/").await, "0 bytes");
        assert_eq!(status(&client.get("/").await), "200", "nobody was cut");
    }
}

#[tokio::test]
async fn bodies_that_are_not_whole_count_and_a_quick_one_is_read() {
    let (door, _) = Door::with(Limits { held: HELD, ..wide() }).await;
    let mut slow = Vec::new();
    for number in 0..40 {
        if number % 8 == 0 {
            sleep(A_WHILE).await;
        }
        let mut client = Client::at(door.address).await;
        client.push((post("/", "Content-Length: 60000") + "x".repeat(50_000).as_str()).as_bytes()).await;
        slow.push(client);
        let whole = post("/", "Content-Length: 50000") + "x".repeat(50_000).as_str();
        assert!(Client::at(door.address).await.ask(&whole).await.ends_with("50000 bytes"));
    }
    let mut kept = 0;
    for client in &mut slow {
        kept += usize::from(client.is_kept(SHORT / 20).await);
    }
    assert!((1..=HELD / 50_000).contains(&kept), "{kept} are kept");
}

#[tokio::test]
async fn what_is_too_much_by_far_is_refused() {
    let (door, _) = Door::with(Limits { held: PAGE / 2, ..wide() }).await;
    let mut client = Client::at(door.address).await;
    let told = client.get("/page").await;
    assert_eq!(status(&told), "503", "{told:.300}");
    assert!(told.contains("retry-after: 5") && told.contains("content-security-policy"), "{told}");
    assert!(Client::at(door.address).await.get("/").await.ends_with("0 bytes"));

    let (door, leave) = Door::with(Limits { held: 40_000, ..wide() }).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        let mut client = Client::at(door.address).await;
        client.send(&get("/wait")).await; // up to us: nobody is cut for that
        clients.push(client);
    }
    let (mut served, mut refused) = (0, 0);
    let entered = loop {
        let entered = door.guests.entered();
        sleep(SHORT).await;
        if entered > 0 && entered == door.guests.entered() {
            break entered;
        }
    };
    assert!((2..10).contains(&entered), "{entered} entered");
    leave.add_permits(10);
    for mut client in clients {
        match status(&client.answer().await) {
            "200" => served += 1,
            "503" => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((served, refused), (entered, 10 - entered));
}

#[tokio::test]
async fn a_change_that_was_let_in_is_told_however_much_is_held() {
    let (door, leave) = Door::with(Limits { held: 55_000, ..wide() }).await;
    let (mut moved, mut told) = (Client::at(door.address).await, Client::at(door.address).await);
    let form = |path| post(path, "Content-Length: 60000") + "x".repeat(60_000).as_str();
    moved.send(&form("/moved")).await;
    door.guests.are(1).await;
    told.send(&form("/told")).await;
    let begun = Instant::now();
    while status(&Client::at(door.address).await.get("/").await) != "503" {
        assert!(begun.elapsed() < SOON, "it is more than twice as much");
        sleep(SHORT / 20).await;
    }
    assert_eq!(door.guests.present(), 2, "both wait");
    leave.add_permits(2);
    let (moved, told) = (moved.answer().await, told.answer().await);
    assert!(status(&moved) == "303" && moved.contains("location: /"), "{moved:.300}");
    assert!(status(&told) == "200" && told.len() > PAGE, "{told:.300}");
}
