//! Sessions: new at each log-in, known by a digest, limited by the server's clock.

use std::collections::BTreeSet;
use std::time::Duration;

use accounts::{Lifetime, Lifetimes, SessionToken};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

use crate::common::{PASSWORD, Service, browser_post, set_cookie, who};

const FORM: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];
const REMEMBERED: [(&str, &str); 3] = [("email", "ada@example.com"), ("password", PASSWORD), ("remember", "on")];

fn hours(hours: u64) -> Duration {
    Duration::from_hours(hours)
}

/// The token that an answer hands out.
fn token(page: &accounts::test_kit::TestResponse) -> String {
    let cookie = set_cookie(page, "session-").unwrap();
    cookie.split(['=', ';']).nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = browser_post(&ada, "/login", &FORM).await;
    let (_, attributes) =
        set_cookie(&page, "session-").unwrap().split_once("; ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let attributes: BTreeSet<_> = attributes.split("; ").collect();
    assert_eq!(attributes, BTreeSet::from(["HttpOnly", "Path=/", "SameSite=Lax"]));
}

#[tokio::test]
async fn each_log_in_opens_a_session_of_its_own_and_ends_the_one_before() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let mut tokens = BTreeSet::new();
    for _ in 0..12 {
        let before = ada.cookies();
        tokens.insert(token(&browser_post(&ada, "/login", &FORM).await));
        assert_eq!(service.count("sessions").await, 1, "the old row is gone");
        let thief = service.visitor();
        thief.add_cookies(&before);
        assert_eq!(thief.get("/home").await.path, "/login?next=%2Fhome");
    }
    assert_eq!(tokens.len(), 12);
    assert!(tokens.iter().all(|token| BASE64.decode(token).is_ok_and(|bytes| bytes.len() == 32)), "256 bits");
}

#[tokio::test]
async fn a_planted_token_is_not_taken_over_at_the_log_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let (port, planted) = (service.server.address().port(), "A".repeat(43));
    ada.add_cookies(&format!("session-{port}={planted}"));
    assert_ne!(token(&browser_post(&ada, "/login", &FORM).await), planted);
}

#[tokio::test]
async fn the_database_holds_nothing_that_logs_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let token = token(&browser_post(&ada, "/login", &FORM).await);
    service.store.close().await; // the WAL is folded into the file
    let file = std::fs::read(service.folder.path().join("test.db")).unwrap();
    let holds = |part: &[u8]| file.windows(part.len()).any(|found| found == part);
    let digest = *SessionToken::parse(&token).unwrap().digest().as_bytes();
    assert!(holds(&digest), "the row is there");
    assert!(!holds(token.as_bytes()) && !holds(&BASE64.decode(&token).unwrap()), "the token is not");
    assert!(!holds(PASSWORD.as_bytes()));
}

#[tokio::test]
async fn the_digest_of_a_stolen_table_is_no_token() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let token = SessionToken::parse(&token(&browser_post(&ada, "/login", &FORM).await)).unwrap();
    let thief = service.visitor();
    let digest = BASE64.encode(token.digest().as_bytes());
    thief.add_cookies(&format!("session-{}={digest}", service.server.address().port()));
    assert_eq!(who(&thief.get("/").await), "You are a guest.");
}

#[tokio::test]
async fn nonsense_in_the_cookie_is_a_guest() {
    let service = Service::start().await;
    for value in ["", "x", "=", &"A".repeat(42), &"A".repeat(44), &"!".repeat(43), &"A".repeat(4_000), "a\"b", "%00"] {
        let visitor = service.visitor();
        visitor.add_cookies(&format!("session-{}={value}", service.server.address().port()));
        let page = visitor.get("/").await;
        assert_eq!((page.status, who(&page).as_str()), (200, "You are a guest."), "{value}");
    }
}

#[tokio::test]
async fn without_remember_me_it_ends_after_twelve_idle_hours_and_seven_days() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..15 {
        service.clock.advance(hours(11));
        assert_eq!(who(&ada.get("/").await), "You are ada.");
        service.seen().await;
    }
    service.clock.advance(hours(4)); // 169 hours in all, 4 idle
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
    ada.log_in("ada", PASSWORD).await;
    service.clock.advance(hours(12));
    let page = ada.get("/home").await;
    assert!(page.text.contains("Your session has ended."), "{}", page.text);
}

#[tokio::test]
async fn with_remember_me_it_ends_after_fourteen_idle_days_and_thirty_days() {
    let service = Service::start().await;
    let ada = service.ada().await;
    browser_post(&ada, "/login", &REMEMBERED).await;
    for _ in 0..2 {
        service.clock.advance(hours(14 * 24 - 1));
        assert_eq!(who(&ada.get("/").await), "You are ada.");
        service.seen().await;
    }
    service.clock.advance(hours(2 * 24 + 2)); // 30 days in all
    assert_eq!(who(&ada.get("/").await), "You are a guest.");
    browser_post(&ada, "/login", &REMEMBERED).await;
    service.clock.advance(hours(14 * 24));
    assert_eq!(who(&ada.get("/").await), "You are a guest.");
}

#[tokio::test]
async fn lifetimes_are_a_setting_and_count_for_sessions_that_are_open_too() {
    let of = |idle, absolute| Lifetime::new(hours(idle), hours(absolute)).unwrap();
    let service = Service::with(|builder| builder.lifetimes(Lifetimes::new(of(1, 2), of(3, 24)))).await;
    let ada = service.ada().await;
    service.clock.advance(hours(1));
    assert_eq!(who(&ada.get("/").await), "You are a guest.");
    let cookie = set_cookie(&browser_post(&ada, "/login", &REMEMBERED).await, "session-").unwrap();
    assert!(cookie.ends_with("; Max-Age=86400"), "{cookie}");
    let stricter = service.beside(|builder| builder.lifetimes(Lifetimes::new(of(1, 1), of(1, 1)))).await;
    let elsewhere = accounts::test_kit::TestClient::new(&stricter);
    let (here, there) = (service.server.address().port(), stricter.address().port());
    elsewhere.add_cookies(&ada.cookies().replace(&format!("-{here}="), &format!("-{there}=")));
    service.clock.advance(hours(2));
    assert_eq!(who(&ada.get("/").await), "You are ada.");
    assert_eq!(who(&elsewhere.get("/").await), "You are a guest.");
}

#[tokio::test]
async fn a_clock_set_back_an_hour_neither_ends_a_session_nor_panics() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.set_back(hours(1));
    assert_eq!(who(&ada.get("/").await), "You are ada.");
    service.clock.advance(hours(13));
    assert_eq!(who(&ada.get("/").await), "You are a guest.", "nor does it make one live for ever");
}

#[tokio::test]
async fn last_seen_is_written_once_a_minute_at_most() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..3 {
        ada.get("/home").await;
    }
    assert!(!service.failing.asked().contains(&"sessions.touch"));
    service.clock.advance(Duration::from_mins(1));
    ada.get("/home").await;
    service.seen().await;
    ada.get("/home").await;
    assert!(!service.failing.asked().contains(&"sessions.touch"));
}

#[tokio::test]
async fn a_page_asks_for_its_visitor_once() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.asked();
    ada.get("/home").await;
    assert_eq!(service.failing.asked(), ["sessions.find"]);
}

#[tokio::test]
async fn a_log_in_forgets_expired_sessions() {
    let service = Service::start().await;
    service.ada().await;
    service.clock.advance(hours(200));
    service.visitor().log_in("ada", PASSWORD).await;
    for _ in 0..200 {
        if service.count("sessions").await == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} sessions", service.count("sessions").await);
}

#[tokio::test]
async fn another_process_knows_the_session_and_its_end() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let server = service.beside(|builder| builder).await;
    let elsewhere = accounts::test_kit::TestClient::new(&server);
    let (here, there) = (service.server.address().port(), server.address().port());
    let moved = ada.cookies().replace(&format!("-{here}="), &format!("-{there}="));
    elsewhere.add_cookies(&moved);
    assert_eq!(who(&elsewhere.get("/home").await), "You are ada.");
    ada.submit("/", "/logout", &[]).await;
    elsewhere.add_cookies(&moved);
    assert_eq!(who(&elsewhere.get("/").await), "You are a guest.");
}

impl Service {
    /// Waits until it is noted when a session was last seen, which happens beside the request.
    async fn seen(&self) {
        for _ in 0..500 {
            if self.failing.asked().contains(&"sessions.touch") {
                // Asked; and written once the writer, which takes one job at a time, has done another after it.
                return self.operator("UPDATE users SET disabled_at = NULL").await;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("a session was not noted as seen");
    }
}
