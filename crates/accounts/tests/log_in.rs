//! `/login`: e-mail address and password, and one response to every mismatch.

use std::num::NonZeroUsize;

use accounts::test_kit::fast_hash_cost;
use accounts::{Cost, Email, HashLimits};
use futures_util::future::join_all;

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity, set_cookie};

const MISMATCH: &str = "That username or email and password don't match. Please try again.";

#[tokio::test]
async fn user_with_matching_password_is_logged_in() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let page = ada.log_in("ada", PASSWORD).await;
    assert_page_of(&page, "/", "Welcome back, ada.");
    assert_eq!(identity(&page), "You are ada.");
}

fn assert_page_of(page: &accounts::test_kit::TestResponse, path: &str, sentence: &str) {
    assert_eq!((page.status, page.path.as_str()), (200, path));
    assert!(page.text.contains(sentence), "{}", page.text);
}

#[tokio::test]
async fn form_fields_have_labels_and_autocomplete() {
    let service = Service::start().await;
    let page = service.visitor().get("/login").await;
    assert_page(&page, 200, "New here? Register");
    assert_eq!(page.texts("label"), ["Username or email", "Password", "Remember me"]);
    assert_eq!(page.attributes("form.account-form [autocomplete]", "autocomplete"), ["username", "current-password"]);
    assert_eq!(page.attributes("#password", "type"), ["password"]);
    assert!(page.attributes("#remember", "checked").is_empty());
}

#[tokio::test]
async fn every_mismatch_gets_the_same_response() {
    let service = Service::start().await;
    for name in ["ada", "ben"] {
        service.register(name, PASSWORD).await;
    }
    service.execute_sql("UPDATE users SET disabled_at = 1 WHERE username = 'ben'").await;
    let long = "x".repeat(1_025);
    let attempts = [
        ("unknown@example.com", PASSWORD),
        ("ada@example.com", "marble otter eight"),
        ("ben@example.com", PASSWORD),
        ("ada@example.com", long.as_str()),
        ("ada@example.com", "Marble otter seven"),
        ("ada@example.com", "marble otter seven "),
        ("not an address", PASSWORD),
    ];
    let mut responses = Vec::new();
    for (email, password) in attempts {
        let page = service.visitor().submit("/login", "/login", &[("email", email), ("password", password)]).await;
        assert_page(&page, 422, MISMATCH);
        assert_eq!(page.attributes("#email", "value"), [email], "the address is shown again");
        assert!(!page.html.contains(password), "the password is not");
        let mut headers: Vec<_> = page.headers.keys().map(|name| name.as_str().to_owned()).collect();
        headers.sort();
        responses.push((page.text, headers));
    }
    assert!(responses.windows(2).all(|two| two[0] == two[1]), "{responses:#?}");
    assert_eq!(service.count("sessions").await, 0);
}

#[tokio::test]
async fn blank_field_is_reported_at_the_field() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let page = visitor.submit("/login", "/login", &[("email", " "), ("password", "")]).await;
    assert_page(&page, 422, "Please type your username or email.");
    assert_eq!(page.attributes("[role=alert] a", "href"), ["#email", "#password"]);
    let values = [("email", "ada@example.com"), ("password", ""), ("remember", "on")];
    let page = visitor.submit("/login", "/login", &values).await;
    assert_eq!(page.attributes("#email", "value"), ["ada@example.com"]);
    assert_eq!(page.attributes("#remember", "checked").len(), 1, "the check box stays ticked");
}

#[tokio::test]
async fn email_and_password_match_in_every_unicode_form() {
    let service = Service::start().await;
    let visitor = service.visitor();
    service.register("ada", "cafe\u{301} otter seven").await; // NFD
    let typed = [("email", " ADA@Example.com "), ("password", "caf\u{e9} otter seven")]; // NFC
    assert!(visitor.submit("/login", "/login", &typed).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn only_a_remembered_session_cookie_has_max_age() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
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
async fn user_at_the_log_in_page_is_redirected_to_next() {
    let service = Service::with(|builder| builder.after_log_in("/form")).await;
    let ada = service.ada().await;
    assert_eq!(ada.get("/login").await.path, "/form");
    assert_eq!(ada.get("/login?next=%2Fhome%3Fa%3D1").await.path, "/home?a=1");
    assert_eq!(ada.get("/login?next=//evil.example").await.path, "/form");
}

#[tokio::test]
async fn hash_of_another_cost_is_replaced_at_log_in() {
    let service = Service::with(|builder| builder.cost(Cost::DEFAULT)).await;
    let hash = async || {
        let email = Email::parse("ada@example.com").unwrap();
        let found = service.ports().credentials.find_by_email(&email).await.unwrap().unwrap();
        found.hash.expose().to_owned()
    };
    let low_cost = service.second_process(|builder| builder.cost(fast_hash_cost())).await;
    accounts::test_kit::TestClient::new(&low_cost).register("ada", PASSWORD).await;
    assert!(hash().await.starts_with("$pbkdf2-sha256$i=1000,"));
    assert_eq!(service.visitor().log_in("ada", "marble otter eight").await.status, 422);
    assert!(hash().await.starts_with("$pbkdf2-sha256$i=1000,"), "a wrong password rewrites nothing");
    assert_eq!(service.visitor().log_in("ada", PASSWORD).await.status, 200);
    let fresh = hash().await;
    assert!(fresh.starts_with("$pbkdf2-sha256$i=600000,"), "{fresh}");
    assert_eq!(service.visitor().log_in("ada", PASSWORD).await.status, 200);
    assert_eq!(hash().await, fresh, "one rehash is enough");
}

#[tokio::test]
async fn unreadable_hash_is_a_mismatch() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for sql in [
        "UPDATE credentials SET password_hash = '$pbkdf2-sha256$i=4294967295,l=32$AAAA$AAAA'",
        "UPDATE credentials SET password_hash = 'marble otter seven'",
    ] {
        service.execute_sql(sql).await;
        assert_page(&service.visitor().log_in("ada", PASSWORD).await, 422, MISMATCH);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_hash_queue_is_503_with_retry_after() {
    let limits = HashLimits { running: NonZeroUsize::MIN, waiting: 1 };
    let service = Service::with(|builder| builder.hashing(limits).cost(Cost::DEFAULT)).await;
    let form = [("email", "ada@example.com"), ("password", PASSWORD)];
    let visitors: Vec<_> = (0..8).map(|_| service.visitor()).collect();
    let pages = join_all(visitors.iter().map(|visitor| browser_post(visitor, "/login", &form))).await;
    let (responded, busy): (Vec<_>, Vec<_>) = pages.iter().partition(|page| page.status == 422);
    assert!(responded.len() >= 2 && !busy.is_empty(), "{} responded", responded.len());
    for page in busy {
        assert_page(page, 503, "We're very busy. Please try again in a moment.");
        assert_eq!(page.header("retry-after"), Some("5"));
    }
    let page = browser_post(&service.visitor(), "/login", &form).await;
    assert_eq!(page.status, 422, "the queue is empty again");
}
