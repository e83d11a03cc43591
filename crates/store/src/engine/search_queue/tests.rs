//! One search of a user at a time, the user with the least search time first, and no state of idle users.

use futures_util::FutureExt as _;
use tokio::time::{advance, sleep};

use super::*;

const ADA: i64 = 1;
const BEN: i64 = 2;
const CLEO: i64 = 3;

/// A search that takes `duration`.
async fn search(queue: &SearchQueue, user: i64, duration: Duration) -> Result<(), SearchRefused> {
    let _turn = queue.begin(user).await?;
    sleep(duration).await;
    Ok(())
}

fn known_users(queue: &SearchQueue) -> usize {
    queue.state().users.len()
}

#[tokio::test(start_paused = true)]
async fn second_search_of_a_user_waits_for_the_first() {
    let queue = SearchQueue::new(2);
    let first = queue.begin(ADA).await.unwrap();
    let mut second = Box::pin(queue.begin(ADA));
    assert!(second.as_mut().now_or_never().is_none());
    drop(queue.begin(BEN).await.unwrap());
    drop(first);
    drop(second.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn second_search_of_a_user_is_refused_after_2_s() {
    let queue = SearchQueue::new(2);
    let _first = queue.begin(ADA).await.unwrap();
    let start = Instant::now();
    assert_eq!(queue.begin(ADA).await.unwrap_err(), SearchRefused::OwnSearchRunning);
    assert_eq!(start.elapsed(), Duration::from_secs(2));
    assert!(queue.state().waiting.is_empty());
}

#[tokio::test(start_paused = true)]
async fn search_is_refused_while_others_take_all_turns() {
    let queue = SearchQueue::new(2);
    let _others = (queue.begin(ADA).await.unwrap(), queue.begin(BEN).await.unwrap());
    assert_eq!(queue.begin(CLEO).await.unwrap_err(), SearchRefused::Busy);
}

/// 50 users search without a pause, each for 0.5 s on 2 connections.
#[tokio::test(start_paused = true)]
async fn search_overtakes_those_of_users_who_search_without_pause() {
    let queue = SearchQueue::new(2);
    let long = Duration::from_millis(500);
    for user in 100..150 {
        let queue = queue.clone();
        tokio::spawn(async move {
            loop {
                let _ = search(&queue, user, long).await;
            }
        });
    }
    sleep(Duration::from_secs(30)).await;
    for _ in 0..10 {
        let start = Instant::now();
        search(&queue, ADA, Duration::from_millis(50)).await.unwrap();
        assert!(start.elapsed() <= long + Duration::from_millis(50), "{:?}", start.elapsed());
        sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn dropped_search_leaves_its_turn_to_the_next() {
    let queue = SearchQueue::new(1);
    let first = queue.begin(ADA).await.unwrap();
    let mut dropped = Box::pin(queue.begin(BEN));
    let mut granted = Box::pin(queue.begin(CLEO));
    assert!(dropped.as_mut().now_or_never().is_none());
    assert!(granted.as_mut().now_or_never().is_none());
    drop(first); // grants the turn to Ben
    drop(dropped);
    drop(granted.now_or_never().expect("granted").unwrap());
    assert_eq!(queue.state().free_turns, 1);
}

#[tokio::test(start_paused = true)]
async fn idle_users_have_no_entry() {
    let queue = SearchQueue::new(2);
    for user in 0..1000 {
        search(&queue, user, Duration::from_millis(1)).await.unwrap();
    }
    assert!(known_users(&queue) <= 101, "{}", known_users(&queue));
    advance(MAX_SEARCH_DEBT).await;
    drop(queue.begin(ADA).await.unwrap());
    assert_eq!(known_users(&queue), 0);
}
