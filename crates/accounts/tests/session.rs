//! Sessions: new at each log-in, stored by digest, limited by the server's clock.

use std::collections::BTreeSet;
use std::time::Duration;

use accounts::{Lifetime, Lifetimes, SessionToken};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

use crate::common::{PASSWORD, Service, browser_post, identity, set_cookie};

const FORM: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];
const REMEMBERED: [(&str, &str); 3] = [("email", "ada@example.com"), ("password", PASSWORD), ("remember", "on")];

fn hours(hours: u64) -> Duration {
    Duration::from_hours(hours)
}

/// The session token that a response sets.
fn token(page: &accounts::test_kit::TestResponse) -> String {
    let cookie = set_cookie(page, "session-").unwrap();
    cookie.split(['=', ';']).nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn session_cookie_is_http_only_and_same_site_lax() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = browser_post(&ada, "/login", &FORM).await;
    let (_, attributes) =
        set_cookie(&page, "session-").unwrap().split_once("; ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let attributes: BTreeSet<_> = attributes.split("; ").collect();
    assert_eq!(attributes, BTreeSet::from(["HttpOnly", "Path=/", "SameSite=Lax"]));
}

#[tokio::test]
async fn log_in_opens_a_new_session_and_ends_the_old_one() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let mut tokens = BTreeSet::new();
    for _ in 0..12 {
        let before = ada.cookies();
        tokens.insert(token(&browser_post(&ada, "/login", &FORM).await));
        assert_eq!(service.count("sessions").await, 1, "the old session is removed");
        let thief = service.visitor();
        thief.add_cookies(&before);
        assert_eq!(thief.get("/home").await.path, "/login?next=%2Fhome");
    }
    assert_eq!(tokens.len(), 12);
    assert!(tokens.iter().all(|token| BASE64.decode(token).is_ok_and(|bytes| bytes.len() == 32)), "256 bits");
}

#[tokio::test]
async fn planted_token_is_replaced_at_log_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let (port, planted) = (service.server.address().port(), "A".repeat(43));
    ada.add_cookies(&format!("session-{port}={planted}"));
    assert_ne!(token(&browser_post(&ada, "/login", &FORM).await), planted);
}

#[tokio::test]
async fn database_contains_no_session_token() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let token = token(&browser_post(&ada, "/login", &FORM).await);
    service.store.close().await; // checkpoints the WAL into the file
    let file = std::fs::read(service.folder.path().join("test.db")).unwrap();
    let contains = |part: &[u8]| file.windows(part.len()).any(|found| found == part);
    let digest = *SessionToken::parse(&token).unwrap().digest().as_bytes();
    assert!(contains(&digest), "the digest is stored");
    assert!(!contains(token.as_bytes()) && !contains(&BASE64.decode(&token).unwrap()), "the token is not stored");
    assert!(!contains(PASSWORD.as_bytes()));
}

#[tokio::test]
async fn token_digest_opens_no_session() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let token = SessionToken::parse(&token(&browser_post(&ada, "/login", &FORM).await)).unwrap();
    let thief = service.visitor();
    let digest = BASE64.encode(token.digest().as_bytes());
    thief.add_cookies(&format!("session-{}={digest}", service.server.address().port()));
    assert_eq!(identity(&thief.get("/").await), "You are anonymous.");
}

#[tokio::test]
async fn malformed_session_cookie_is_a_guest() {
    let service = Service::start().await;
    for value in ["", "x", "=", &"A".repeat(42), &"A".repeat(44), &"!".repeat(43), &"A".repeat(4_000), "a\"b", "%00"] {
        let visitor = service.visitor();
        visitor.add_cookies(&format!("session-{}={value}", service.server.address().port()));
        let page = visitor.get("/").await;
        assert_eq!((page.status, identity(&page).as_str()), (200, "You are anonymous."), "{value}");
    }
}

#[tokio::test]
async fn plain_session_expires_after_12_idle_hours_or_7_days() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..15 {
        service.clock.advance(hours(11));
        assert_eq!(identity(&ada.get("/").await), "You are ada.");
        service.wait_for_touch().await;
    }
    service.clock.advance(hours(4)); // after 169 hours, 4 of them idle
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
    ada.log_in("ada", PASSWORD).await;
    service.clock.advance(hours(12));
    let page = ada.get("/home").await;
    assert!(page.text.contains("Your session has ended."), "{}", page.text);
}

#[tokio::test]
async fn remembered_session_expires_after_14_idle_or_30_days() {
    let service = Service::start().await;
    let ada = service.ada().await;
    browser_post(&ada, "/login", &REMEMBERED).await;
    for _ in 0..2 {
        service.clock.advance(hours(14 * 24 - 1));
        assert_eq!(identity(&ada.get("/").await), "You are ada.");
        service.wait_for_touch().await;
    }
    service.clock.advance(hours(2 * 24 + 2)); // after 30 days
    assert_eq!(identity(&ada.get("/").await), "You are anonymous.");
    browser_post(&ada, "/login", &REMEMBERED).await;
    service.clock.advance(hours(14 * 24));
    assert_eq!(identity(&ada.get("/").await), "You are anonymous.");
}

#[tokio::test]
async fn lifetimes_setting_applies_to_open_sessions() {
    let of = |idle, absolute| Lifetime::new(hours(idle), hours(absolute)).unwrap();
    let service = Service::with(|builder| builder.lifetimes(Lifetimes::new(of(1, 2), of(3, 24)))).await;
    let ada = service.ada().await;
    service.clock.advance(hours(1));
    assert_eq!(identity(&ada.get("/").await), "You are anonymous.");
    let cookie = set_cookie(&browser_post(&ada, "/login", &REMEMBERED).await, "session-").unwrap();
    assert!(cookie.ends_with("; Max-Age=86400"), "{cookie}");
    let stricter = service.second_process(|builder| builder.lifetimes(Lifetimes::new(of(1, 1), of(1, 1)))).await;
    let elsewhere = accounts::test_kit::TestClient::new(&stricter);
    let (here, there) = (service.server.address().port(), stricter.address().port());
    elsewhere.add_cookies(&ada.cookies().replace(&format!("-{here}="), &format!("-{there}=")));
    service.clock.advance(hours(2));
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
    assert_eq!(identity(&elsewhere.get("/").await), "You are anonymous.");
}

#[tokio::test]
async fn session_survives_a_clock_set_back_one_hour() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.set_back(hours(1));
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
    service.clock.advance(hours(13));
    assert_eq!(identity(&ada.get("/").await), "You are anonymous.", "the session still expires");
}

#[tokio::test]
async fn last_seen_is_written_at_most_once_a_minute() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..3 {
        ada.get("/home").await;
    }
    assert!(!service.failing.take_calls().contains(&"sessions.touch"));
    service.clock.advance(Duration::from_mins(1));
    ada.get("/home").await;
    service.wait_for_touch().await;
    ada.get("/home").await;
    assert!(!service.failing.take_calls().contains(&"sessions.touch"));
}

#[tokio::test]
async fn store_is_asked_for_the_visitor_once_per_request() {
    let service = Service::start().await;
    drop(service.accounts.maintenance()); // never started: on a stalled machine its calls would be among the request's
    let ada = service.ada().await;
    service.failing.take_calls();
    ada.get("/home").await;
    assert_eq!(service.failing.take_calls(), ["sessions.find"]);
}

#[tokio::test]
async fn session_and_log_out_hold_in_another_process() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let server = service.second_process(|builder| builder).await;
    let elsewhere = accounts::test_kit::TestClient::new(&server);
    let (here, there) = (service.server.address().port(), server.address().port());
    let moved = ada.cookies().replace(&format!("-{here}="), &format!("-{there}="));
    elsewhere.add_cookies(&moved);
    assert_eq!(identity(&elsewhere.get("/home").await), "You are ada.");
    ada.submit("/", "/logout", &[]).await;
    elsewhere.add_cookies(&moved);
    assert_eq!(identity(&elsewhere.get("/").await), "You are anonymous.");
}

impl Service {
    /// Waits until the last-seen time is written, which happens in a task beside the request.
    async fn wait_for_touch(&self) {
        for _ in 0..500 {
            if self.failing.take_calls().contains(&"sessions.touch") {
                // Called. It is written once a later write is done, since the writer takes one job at a time.
                return self.execute_sql("UPDATE users SET disabled_at = NULL").await;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("no last-seen update");
    }
}
