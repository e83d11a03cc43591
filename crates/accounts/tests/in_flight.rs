//! Parallel requests: a log-out wins over requests in flight, and no request gets another's user.

use std::time::Duration;

use futures_util::future::{join, join_all};
use reqwest::Method;

use crate::common::{PASSWORD, Service, browser_post, identity};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_out_wins_over_requests_in_flight() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for round in 0..100u64 {
        let ada = service.visitor();
        browser_post(&ada, "/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
        let stolen = ada.cookies();
        service.clock.advance(Duration::from_secs(61)); // so that each request updates the last-seen time
        let thieves: Vec<_> = (0..3).map(|_| service.visitor()).collect();
        let requests = join_all(thieves.iter().map(|thief| {
            thief.add_cookies(&stolen);
            thief.send(thief.request(Method::GET, "/home"))
        }));
        let log_out = async {
            tokio::time::sleep(Duration::from_micros(round * 37 % 2_000)).await;
            browser_post(&ada, "/logout", &[]).await
        };
        let (pages, page) = join(requests, log_out).await;
        assert_eq!(page.status, 303);
        assert!(pages.iter().all(|page| matches!(page.status, 200 | 303)), "{pages:?}");
        let thief = service.visitor();
        thief.add_cookies(&stolen);
        assert_eq!(thief.send(thief.request(Method::GET, "/home")).await.status, 303, "round {round}");
        assert_eq!(service.count("sessions").await, 0, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_request_with_an_old_cookie_keeps_the_new_session() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let old = ada.cookies();
    browser_post(&ada, "/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    let slow = service.visitor();
    slow.add_cookies(&old);
    let page = slow.send(slow.request(Method::GET, "/")).await;
    assert!(page.headers.get_all("set-cookie").iter().all(|line| !line.to_str().unwrap().starts_with("session")));
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_requests_keep_their_own_users() {
    let service = Service::start().await;
    let (ada, ben) = (service.ada().await, service.visitor());
    service.register("ben", PASSWORD).await;
    ben.log_in("ben", PASSWORD).await;
    let pages = (0..40).map(|n| if n % 2 == 0 { ada.clone() } else { ben.clone() });
    let pages = join_all(pages.map(|visitor| async move { identity(&visitor.get("/home").await) })).await;
    assert_eq!(pages, ["You are ada.", "You are ben."].repeat(20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_that_disconnects_frees_its_hash_slot() {
    let limits = accounts::HashLimits { running: std::num::NonZeroUsize::MIN, waiting: 4 };
    let service = Service::with(|builder| builder.hashing(limits)).await;
    service.register("ada", PASSWORD).await;
    let form = [("email", "ada@example.com"), ("password", PASSWORD)];
    for n in 0..60 {
        let visitor = service.visitor();
        let request = tokio::time::timeout(Duration::from_micros(n * 97), browser_post(&visitor, "/login", &form));
        let _ = request.await; // the client disconnects
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..5 {
        assert_eq!(browser_post(&service.visitor(), "/login", &form).await.status, 303);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pending_touches_are_bounded_while_the_store_is_blocked() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.advance(Duration::from_secs(61)); // so that each request updates the last-seen time
    let blocked = service.failing.hold_touches().await;
    service.failing.take_calls();
    for _ in 0..25 {
        let pages = join_all((0..40).map(|_| ada.get("/home"))).await;
        assert!(pages.iter().all(|page| identity(page) == "You are ada."), "a page does not wait for the update");
    }
    let pending = service.failing.take_calls().iter().filter(|method| **method == "sessions.touch").count();
    assert!((1..=64).contains(&pending), "{pending}");

    drop(blocked);
    for _ in 0..500 {
        service.clock.advance(Duration::from_secs(61));
        ada.get("/home").await;
        if service.failing.take_calls().contains(&"sessions.touch") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("no last-seen update after the store recovered");
}
