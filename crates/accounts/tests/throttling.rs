//! Throttling: how many attempts a client has, and what the responses say.

mod account;
mod registration;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse, TestServer};
use accounts::{Builder, Caller, Email, Event, EventKind, Password, RegisterError, Registration, Throttling, Username};
use futures_util::future::join_all;
use poem::http::Method;

use crate::common::{Log, PASSWORD, Service, assert_page, browser_post, identity, set_cookie};

const WRONG: &str = "granite heron nine";
const MISMATCH: &str = "That username or email and password don't match. Please try again.";

/// A service behind a proxy on 127.0.0.1, which passes the client's address.
async fn behind_proxy(set: impl FnOnce(Builder) -> Builder) -> Service {
    Service::with(|builder| set(builder.trusted_proxies(["127.0.0.0/8".parse().unwrap()]))).await
}

/// Sends the log-in form from an address. Redirects are not followed.
async fn log_in(client: &TestClient, address: &str, identifier: &str, password: &str) -> TestResponse {
    let request = client.request(Method::POST, "/login").header("sec-fetch-site", "same-origin");
    let request = request.header("x-forwarded-for", address);
    client.send(request.form(&[("email", identifier), ("password", password)])).await
}

/// Sends the registration form from an address.
async fn register(client: &TestClient, address: &str, username: &str, password: &str) -> TestResponse {
    let request = client.request(Method::POST, "/register").header("sec-fetch-site", "same-origin");
    let request = request.header("x-forwarded-for", address);
    let email = format!("{username}@example.com");
    let form = [("username", username), ("email", &email), ("password", password), ("password2", password)];
    client.send(request.form(&form)).await
}

/// What a field of the form on a page holds.
fn typed(page: &TestResponse, field: &str) -> String {
    page.attributes(&format!("main input[name={field}]"), "value").concat()
}

fn too_many(seconds: u64) -> String {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    format!("Too many attempts. Please wait {seconds} {unit} and try again.")
}

/// Asserts that a form was throttled, and returns the wait in seconds.
fn assert_throttled(page: &TestResponse) -> u64 {
    let seconds = page.header("retry-after").unwrap().parse().unwrap();
    assert_page(page, 429, &too_many(seconds));
    seconds
}

/// Fails to log in as often as it is allowed without a wait.
async fn use_up_free_failures(client: &TestClient, address: &str, identifier: &str) {
    for _ in 0..5 {
        assert_page(&log_in(client, address, identifier, WRONG).await, 422, MISMATCH);
    }
}

/// 100 failures of an account, from 20 addresses, each of another network.
async fn use_up_account(service: &Service, identifier: &str) {
    for n in 0..20 {
        use_up_free_failures(&service.visitor(), &format!("198.51.{n}.1"), identifier).await;
    }
}

#[tokio::test]
async fn wait_doubles_with_each_failure_after_the_fifth() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for name in ["ada", "unknown"] {
        if name == "ada" {
            service.register(name, PASSWORD).await;
        }
        for _ in 0..5 {
            assert_page(&visitor.log_in(name, WRONG).await, 422, MISMATCH);
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            let page = visitor.log_in(name, WRONG).await;
            let wait = assert_throttled(&page);
            assert_eq!(typed(&page, "email"), format!("{name}@example.com"), "what was typed stays");
            waits.push(wait);
            service.clock.advance(Duration::from_millis(wait * 1_000 - 1));
            assert_throttled(&visitor.log_in(name, WRONG).await);
            service.clock.advance(Duration::from_millis(1));
            assert_page(&visitor.log_in(name, WRONG).await, 422, MISMATCH);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900], "{name}");
    }
}

#[tokio::test]
async fn success_after_the_wait_frees_the_next_attempts() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    for _ in 0..5 {
        visitor.log_in("ada", WRONG).await;
    }
    assert_throttled(&visitor.log_in("ada", PASSWORD).await);
    service.clock.advance(Duration::from_secs(1));
    assert!(visitor.log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
    let stranger = service.visitor();
    for _ in 0..5 {
        assert_page(&stranger.log_in("ada", WRONG).await, 422, MISMATCH);
    }
}

#[tokio::test]
async fn address_and_username_wait_apart_and_so_do_networks() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    use_up_free_failures(&visitor, "203.0.113.9", "ada@example.com").await;
    for spelling in ["ADA@example.com", "Ada <ada@example.com>", "mailto:ada@EXAMPLE.com", "ada@example.com\u{200b}"] {
        assert_throttled(&log_in(&visitor, "203.0.113.9", spelling, WRONG).await);
    }
    assert_page(&log_in(&visitor, "203.0.113.9", "ada", WRONG).await, 422, MISMATCH);
    assert_page(&log_in(&visitor, "203.0.113.10", "ada@example.com", WRONG).await, 422, MISMATCH);
    assert_throttled(&log_in(&visitor, "203.0.113.9:4711", "ada@example.com", WRONG).await);
}

#[tokio::test]
async fn attempts_at_once_hash_no_more_than_the_limit() {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let listener = Arc::clone(&events);
    let service =
        Service::with(|builder| builder.on_event(move |event| listener.lock().unwrap().push(event.clone()))).await;
    service.register("ada", PASSWORD).await;
    let other = service.second_process(|builder| builder).await;
    let clients: Vec<_> =
        (0..50).map(|n| if n % 2 == 0 { service.visitor() } else { TestClient::new(&other) }).collect();
    let pages = join_all(clients.iter().map(|client| client.log_in("ada", WRONG))).await;
    let hashed = pages.iter().filter(|page| page.status == 422).count();
    assert_eq!((hashed, pages.iter().filter(|page| page.status == 429).count()), (5, 45));
    let events = events.lock().unwrap();
    let failed = events.iter().filter(|event| event.kind == EventKind::LogInFailed).count();
    let own = pages.iter().step_by(2).filter(|page| page.status == 422).count();
    assert_eq!(failed, own, "each hash is a failure, and no refused attempt is");
}

#[tokio::test]
async fn address_has_thirty_failures_a_minute_and_its_network_eight_times_as_many() {
    let service = behind_proxy(|builder| builder).await;
    let visitor = service.visitor();
    for n in 0..30 {
        assert_page(&log_in(&visitor, "203.0.113.9", &format!("user{n}"), WRONG).await, 422, MISMATCH);
    }
    assert_eq!(assert_throttled(&log_in(&visitor, "203.0.113.9", "user30", WRONG).await), 60);
    for n in 0..210 {
        let address = format!("203.0.113.{}", 10 + n / 30);
        assert_page(&log_in(&visitor, &address, &format!("other{n}"), WRONG).await, 422, MISMATCH);
    }
    assert_throttled(&log_in(&visitor, "203.0.113.99", "last", WRONG).await);
    assert_page(&log_in(&visitor, "203.0.114.1", "last", WRONG).await, 422, MISMATCH);
    service.clock.advance(Duration::from_mins(1));
    assert_page(&log_in(&visitor, "203.0.113.9", "user30", WRONG).await, 422, MISMATCH);
}

#[tokio::test]
async fn log_ins_that_succeed_use_up_no_limit() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    for _ in 0..40 {
        assert_eq!(log_in(&service.visitor(), "203.0.113.9", "ada", PASSWORD).await.status, 303);
    }
    assert_page(&log_in(&service.visitor(), "203.0.113.9", "ada", WRONG).await, 422, MISMATCH);
}

#[tokio::test]
async fn attempt_counts_alike_with_and_without_an_account() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let mut counters = Vec::new();
    for (address, name) in [("198.51.1.1", "ada"), ("198.51.2.1", "unknown"), ("198.51.3.1", "no name at all")] {
        let before = service.count("throttles").await;
        assert_page(&log_in(&service.visitor(), address, name, WRONG).await, 422, MISMATCH);
        counters.push(service.count("throttles").await - before);
    }
    assert_eq!(counters, [4, 4, 4], "the wait, the address, the network, the account");
}

#[tokio::test]
async fn address_that_the_client_names_itself_counts_for_nothing() {
    let service = Service::with(|builder| builder.trusted_proxies(["10.0.0.0/8".parse().unwrap()])).await;
    let visitor = service.visitor();
    let mut statuses = Vec::new();
    for n in 0..200 {
        let address = if n % 2 == 0 { format!("198.51.100.{n}:{n}") } else { format!("2001:db8::{n}") };
        statuses.push(log_in(&visitor, &address, &format!("user{n}"), WRONG).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 30);
}

#[tokio::test]
async fn each_loopback_address_counts_for_itself() {
    let service = Service::start().await;
    let [one, other] =
        ["127.0.0.2", "127.0.0.3"].map(|address| service.visitor().from_address(address.parse().unwrap()));
    for _ in 0..5 {
        one.log_in("ada", WRONG).await;
    }
    assert_throttled(&one.log_in("ada", WRONG).await);
    assert_page(&other.log_in("ada", WRONG).await, 422, MISMATCH);
}

#[tokio::test]
async fn address_of_most_failures_is_a_warning_in_the_log() {
    let service = behind_proxy(|builder| builder.throttling(Throttling::default().failures_per_minute(10_000))).await;
    let (log, _guard) = Log::of_this_thread();
    let visitor = service.visitor();
    for n in 0..99 {
        log_in(&visitor, "203.0.113.9", &format!("user{n}"), WRONG).await;
    }
    let is_warned = || {
        log.text().lines().any(|line| {
            line.contains("WARN")
                && line.contains("one address makes most of the failed log-ins")
                && line.contains("network=203.0.113.0/24")
        })
    };
    assert!(!is_warned());
    log_in(&visitor, "203.0.113.9", "user99", WRONG).await;
    assert!(is_warned(), "{}", log.text());
}

#[tokio::test]
async fn restart_and_second_process_go_on_with_the_count() {
    let service = Service::start().await;
    for _ in 0..5 {
        service.visitor().log_in("ada", WRONG).await;
    }
    let other: TestServer = service.second_process(|builder| builder).await;
    assert_throttled(&TestClient::new(&other).log_in("ada", WRONG).await);
}

#[tokio::test]
async fn clock_set_back_an_hour_extends_no_wait() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for _ in 0..5 {
        visitor.log_in("ada", WRONG).await;
    }
    service.clock.set_back(Duration::from_hours(1));
    assert_page(&visitor.log_in("ada", WRONG).await, 422, MISMATCH);
    assert_eq!(assert_throttled(&visitor.log_in("ada", WRONG).await), 1);
    service.clock.advance(Duration::from_hours(1));
    assert_page(&visitor.log_in("ada", WRONG).await, 422, MISMATCH);
}

#[tokio::test]
async fn overlong_password_counts_as_a_failure() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for _ in 0..5 {
        assert_page(&visitor.log_in("ada", &"x".repeat(2_000)).await, 422, MISMATCH);
    }
    assert_throttled(&visitor.log_in("ada", &"x".repeat(2_000)).await);
}

#[tokio::test]
async fn store_that_cannot_count_lets_nobody_in() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for method in ["known_browsers.find", "throttles.check", "throttles.count"] {
        service.failing.fail_on(method);
        let page = service.visitor().log_in("ada", PASSWORD).await;
        assert_eq!((page.status, page.header("retry-after")), (503, Some("5")), "{method}");
    }
    for method in ["throttles.check", "throttles.count"] {
        service.failing.fail_on(method);
        assert_eq!(service.visitor().register("ben", PASSWORD).await.status, 503, "{method}");
    }
    service.failing.fail_on(None);
    let ada = {
        let ada = service.visitor();
        ada.log_in("ada", PASSWORD).await;
        ada
    };
    service.failing.fail_on("throttles.count");
    assert_eq!(browser_post(&ada, "/limited", &[("text", "hello")]).await.status, 503);
    service.failing.fail_on("known_browsers.count_failure");
    assert_eq!(ada.log_in("ada", PASSWORD).await.status, 503);
    for method in ["known_browsers.remember", "throttles.give_back", "throttles.forget"] {
        service.failing.fail_on(method);
        assert!(service.visitor().log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."), "{method}");
    }
}

#[tokio::test]
async fn refused_attempt_writes_nothing() {
    let service = Service::start().await;
    for _ in 0..5 {
        service.visitor().log_in("ada", WRONG).await;
    }
    service.failing.take_calls();
    assert_throttled(&service.visitor().log_in("ada", WRONG).await);
    assert_eq!(service.failing.take_calls(), ["credentials.find_by_email", "known_browsers.find", "throttles.check"]);
}

#[tokio::test]
async fn password_that_is_typed_as_a_name_is_stored_nowhere() {
    let service = Service::start().await;
    for typed in ["my secret passphrase", &"x".repeat(10_000)] {
        let page = service.visitor().log_in(typed, WRONG).await;
        assert_eq!(page.status, 422);
    }
    service.store.close().await;
    for file in std::fs::read_dir(service.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for typed in ["my secret passphrase", "xxxxxxxxxxxxxxxx"] {
            assert!(!bytes.windows(typed.len()).any(|part| part == typed.as_bytes()), "{typed}");
        }
    }
}

#[tokio::test]
async fn action_of_the_embedder_is_refused_with_what_was_typed() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..3 {
        assert_eq!(browser_post(&ada, "/limited", &[("text", "hello")]).await.status, 200);
    }
    let page = browser_post(&ada, "/limited", &[("text", "once more")]).await;
    assert_page(&page, 429, &too_many(60));
    assert_eq!((page.header("retry-after"), &*typed(&page, "text")), (Some("60"), "once more"));
    service.clock.advance(Duration::from_mins(1));
    assert_eq!(ada.submit_on(&page, "/limited", &[]).await.status, 200);
}
