//! `/login`: in by e-mail address and password, with one answer for every reason not to be.

use std::num::NonZeroUsize;

use accounts::test_kit::fast_hash_cost;
use accounts::{Cost, Email, HashLimits};
use futures_util::future::join_all;

use crate::common::{PASSWORD, Service, assert_page, browser_post, set_cookie, who};

const MISMATCH: &str = "That email and password don't match. Please try again.";

#[tokio::test]
async fn whoever_has_an_account_is_welcomed_back() {
    let service = Service::start().await;
    let ada = service.visitor();
    ada.register("ada", PASSWORD).await;
    let page = ada.log_in("ada", PASSWORD).await;
    assert_page_of(&page, "/", "Welcome back, ada.");
    assert_eq!(who(&page), "You are ada.");
}

fn assert_page_of(page: &accounts::test_kit::TestResponse, path: &str, sentence: &str) {
    assert_eq!((page.status, page.path.as_str()), (200, path));
    assert!(page.text.contains(sentence), "{}", page.text);
}

#[tokio::test]
async fn the_page_says_to_a_browser_what_its_fields_are() {
    let service = Service::start().await;
    let page = service.visitor().get("/login").await;
    assert_page(&page, 200, "New here? Register");
    assert_eq!(page.texts("label"), ["Email", "Password", "Remember me"]);
    assert_eq!(page.attributes("form.account-form [autocomplete]", "autocomplete"), ["username", "current-password"]);
    assert_eq!(page.attributes("#password", "type"), ["password"]);
    assert!(page.attributes("#remember", "checked").is_empty());
}

#[tokio::test]
async fn unknown_wrong_disabled_and_too_long_get_one_answer() {
    let service = Service::start().await;
    for name in ["ada", "ben"] {
        service.visitor().register(name, PASSWORD).await;
    }
    service.operator("UPDATE users SET disabled_at = 1 WHERE username = 'ben'").await;
    let long = "x".repeat(1_025);
    let tries = [
        ("nobody@example.com", PASSWORD),
        ("ada@example.com", "marble otter eight"),
        ("ben@example.com", PASSWORD),
        ("ada@example.com", long.as_str()),
        ("ada@example.com", "Marble otter seven"),
        ("ada@example.com", "marble otter seven "),
        ("not an address", PASSWORD),
    ];
    let mut answers = Vec::new();
    for (email, password) in tries {
        let page = service.visitor().submit("/login", "/login", &[("email", email), ("password", password)]).await;
        assert_page(&page, 422, MISMATCH);
        assert_eq!(page.attributes("#email", "value"), [email], "what was typed is kept");
        assert!(!page.html.contains(password), "but never the password");
        let mut headers: Vec<_> = page.headers.keys().map(|name| name.as_str().to_owned()).collect();
        headers.sort();
        answers.push((page.text, headers));
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:#?}");
    assert_eq!(service.count("sessions").await, 0);
}

#[tokio::test]
async fn what_was_left_blank_is_told_at_its_field() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let page = visitor.submit("/login", "/login", &[("email", " "), ("password", "")]).await;
    assert_page(&page, 422, "Please type your email address.");
    assert_eq!(page.attributes("[role=alert] a", "href"), ["#email", "#password"]);
    let values = [("email", "ada@example.com"), ("password", ""), ("remember", "on")];
    let page = visitor.submit("/login", "/login", &values).await;
    assert_eq!(page.attributes("#email", "value"), ["ada@example.com"]);
    assert_eq!(page.attributes("#remember", "checked").len(), 1, "a tick is kept too");
}

#[tokio::test]
async fn an_address_and_a_password_are_the_same_in_every_spelling_of_unicode() {
    let service = Service::start().await;
    let visitor = service.visitor();
    visitor.register("ada", "cafe\u{301} otter seven").await; // NFD
    let typed = [("email", " ADA@Example.com "), ("password", "caf\u{e9} otter seven")]; // NFC
    assert!(visitor.submit("/login", "/login", &typed).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn remember_me_outlives_the_browser_and_nothing_else_does() {
    let service = Service::start().await;
    let ada = service.visitor();
    ada.register("ada", PASSWORD).await;
    let plain = [("email", "ada@example.com"), ("password", PASSWORD)];
    let remembered = [("email", "ada@example.com"), ("password", PASSWORD), ("remember", "on")];
    let page = browser_post(&ada, "/login", &plain).await;
    let cookie = set_cookie(&page, "session").unwrap();
    assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
    let page = browser_post(&ada, "/login", &remembered).await;
    let cookie = set_cookie(&page, "session").unwrap();
    assert!(cookie.ends_with("Max-Age=2592000"), "{cookie}");
}

#[tokio::test]
async fn somebody_logged_in_is_sent_on_to_where_they_were_going() {
    let service = Service::with(|builder| builder.after_log_in("/form")).await;
    let ada = service.ada().await;
    assert_eq!(ada.get("/login").await.path, "/form");
    assert_eq!(ada.get("/login?next=%2Fhome%3Fa%3D1").await.path, "/home?a=1");
    assert_eq!(ada.get("/login?next=//evil.example").await.path, "/form");
}

#[tokio::test]
async fn a_hash_of_another_cost_is_rewritten_at_the_log_in() {
    let service = Service::with(|builder| builder.cost(Cost::DEFAULT)).await;
    let hash = async || {
        let email = Email::parse("ada@example.com").unwrap();
        let found = service.ports().credentials.find_by_email(&email).await.unwrap().unwrap();
        found.hash.expose().to_owned()
    };
    let cheaper = service.beside(|builder| builder.cost(fast_hash_cost())).await;
    accounts::test_kit::TestClient::new(&cheaper).register("ada", PASSWORD).await;
    assert!(hash().await.starts_with("$pbkdf2-sha256$i=1000,"));
    assert_eq!(service.visitor().log_in("ada", "marble otter eight").await.status, 422);
    assert!(hash().await.starts_with("$pbkdf2-sha256$i=1000,"), "a wrong password rewrites nothing");
    assert_eq!(service.visitor().log_in("ada", PASSWORD).await.status, 200);
    let fresh = hash().await;
    assert!(fresh.starts_with("$pbkdf2-sha256$i=600000,"), "{fresh}");
    assert_eq!(service.visitor().log_in("ada", PASSWORD).await.status, 200);
    assert_eq!(hash().await, fresh, "once");
}

#[tokio::test]
async fn a_hash_that_is_none_of_ours_lets_nobody_in() {
    let service = Service::start().await;
    service.visitor().register("ada", PASSWORD).await;
    for sql in [
        "UPDATE credentials SET password_hash = '$pbkdf2-sha256$i=4294967295,l=32$AAAA$AAAA'",
        "UPDATE credentials SET password_hash = 'marble otter seven'",
    ] {
        service.operator(sql).await;
        assert_page(&service.visitor().log_in("ada", PASSWORD).await, 422, MISMATCH);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_hash_queue_is_full_somebody_is_asked_to_come_back() {
    let limits = HashLimits { running: NonZeroUsize::MIN, waiting: 1 };
    let service = Service::with(|builder| builder.hashing(limits).cost(Cost::DEFAULT)).await;
    let form = [("email", "ada@example.com"), ("password", PASSWORD)];
    let visitors: Vec<_> = (0..8).map(|_| service.visitor()).collect();
    let pages = join_all(visitors.iter().map(|visitor| browser_post(visitor, "/login", &form))).await;
    let (answered, busy): (Vec<_>, Vec<_>) = pages.iter().partition(|page| page.status == 422);
    assert!(answered.len() >= 2 && !busy.is_empty(), "{} answered", answered.len());
    for page in busy {
        assert_page(page, 503, "We're very busy. Please try again in a moment.");
        assert_eq!(page.header("retry-after"), Some("5"));
    }
    let page = browser_post(&service.visitor(), "/login", &form).await;
    assert_eq!(page.status, 422, "and can");
}
