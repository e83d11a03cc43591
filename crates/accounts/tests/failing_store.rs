//! A store that fails in each method in turn: a 503 page, no user treated as anonymous, nothing reported as saved that was
//! not.

use accounts::test_kit::{TestClient, TestResponse};

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity, set_cookies};

const NOT_SAVED: &str = "We couldn't save that. Nothing changed, please try again.";
const NOT_READ: &str = "We couldn't look that up. Please try again in a moment.";
const LOG_IN: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];

/// Asserts a 503 page that reports the failure and nothing else.
fn assert_failure(page: &TestResponse, sentence: &str) {
    assert_page(page, 503, sentence);
    for wrong in ["Welcome back", "ready", "Saved", "You are logged out", "anonymous", "must be logged in", "SQLITE"] {
        assert!(!page.html.contains(wrong), "{wrong}: {}", page.html);
    }
    assert!(page.texts("header a").is_empty(), "no link to log in: {}", page.html);
    assert_eq!(page.header("retry-after"), Some("5"));
    assert_eq!(set_cookies(page).iter().filter(|cookie| cookie.starts_with("session")).count(), 0);
}

#[tokio::test]
async fn failed_registration_says_not_saved_and_can_be_repeated() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let form = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    service.failing.fail_on("users.add");
    let page = browser_post(&visitor, "/register", &form).await;
    assert_page(&page, 503, NOT_SAVED);
    assert!(!page.html.contains("ready") && !page.html.contains(PASSWORD), "{}", page.html);
    assert_eq!(service.count("users").await, 0);
    service.failing.fail_on(None);
    assert_eq!(browser_post(&visitor, "/register", &form).await.status, 303, "repeated after the store recovered");
}

#[tokio::test]
async fn registration_with_failed_commit_has_unknown_outcome() {
    let service = Service::start().await;
    let form = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    service.failing.fail_on("the commit");
    let page = browser_post(&service.visitor(), "/register", &form).await;
    assert_page(&page, 503, "We can't tell whether that was saved. Please look before you send it once more.");
    assert!(!page.html.contains("Nothing changed") && !page.html.contains(PASSWORD), "{}", page.html);
}

#[tokio::test]
async fn failed_log_in_says_not_saved_and_opens_no_session() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    let by_username = [("email", "ada"), LOG_IN[1]];
    for (method, log_in) in [
        ("credentials.find_by_email", LOG_IN),
        ("credentials.find_by_username", by_username),
        ("sessions.open", LOG_IN),
        ("sessions.open", by_username),
    ] {
        service.failing.fail_on(method);
        let page = browser_post(&visitor, "/login", &log_in).await;
        assert_page(&page, 503, NOT_SAVED);
        assert!(!page.html.contains("Welcome") && !page.html.contains(PASSWORD), "{}", page.html);
        assert!(set_cookies(&page).iter().all(|cookie| !cookie.starts_with("session")));
        assert_eq!(service.count("sessions").await, 0, "{method}");
    }
}

#[tokio::test]
async fn failed_rehash_or_touch_fails_no_request() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let default_cost = service.second_process(|builder| builder.cost(accounts::Cost::DEFAULT)).await;
    TestClient::new(&default_cost).log_in("ada", PASSWORD).await; // now the hash has another cost
    for method in ["credentials.rehash", "sessions.touch"] {
        let ada = service.visitor();
        service.failing.fail_on(method);
        service.failing.take_calls();
        assert!(ada.log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."), "{method}");
        service.clock.advance(std::time::Duration::from_secs(90));
        assert_eq!(identity(&ada.get("/home").await), "You are ada.", "{method}");
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        assert!(service.failing.take_calls().contains(&method), "{method} was called, and failed");
    }
}

#[tokio::test]
async fn every_page_and_form_of_a_user_is_503() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.fail_on("sessions.find");
    for path in ["/", "/home", "/login", "/register", "/members/one"] {
        assert_failure(&ada.get(path).await, NOT_READ);
    }
    for path in ["/login", "/register", "/logout", "/form"] {
        assert_failure(&browser_post(&ada, path, &LOG_IN).await, NOT_SAVED);
    }
    service.failing.fail_on(None);
    assert_eq!(identity(&ada.get("/home").await), "You are ada.", "the session is live");
}

#[tokio::test]
async fn failed_log_out_keeps_the_cookie() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.fail_on("sessions.end");
    let page = browser_post(&ada, "/logout", &[]).await;
    assert_failure(&page, NOT_SAVED);
    assert_eq!(page.header("clear-site-data"), None);
    assert!(ada.cookies().contains("session-"), "{}", ada.cookies());
    service.failing.fail_on(None);
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn error_page_of_a_failed_store_asks_it_no_second_time() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.fail_on("everything");
    service.failing.take_calls();
    ada.get("/home").await;
    assert_eq!(service.failing.take_calls(), ["sessions.find"]);
    service.failing.fail_on(None);
    let page = ada.get("/failing").await; // fails before the visitor is looked up
    assert_failure(&page, NOT_READ);
    assert!(service.failing.take_calls().is_empty());
}

#[tokio::test]
async fn error_page_needs_no_known_visitor() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.fail_on("everything");
    for (path, status) in [("/nowhere", 404), ("/panic", 500), ("/logout", 405)] {
        let page = ada.get(path).await;
        assert_page(&page, status, "");
        assert!(page.texts("header a").is_empty(), "no link to log in: {}", page.html);
    }
}

#[tokio::test]
async fn pre_session_token_is_refused_while_the_visitor_is_unknown() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let page = visitor.get("/login").await;
    let token = page.form("/login").into_iter().find(|(name, _)| name == "csrf_token").unwrap().1;
    visitor.add_cookies(&format!("session-{}={}", service.server.address().port(), "A".repeat(43)));
    service.failing.fail_on("sessions.find");
    let form = [("csrf_token", token.as_str()), ("text", "x")];
    let page = visitor.send(visitor.request(reqwest::Method::POST, "/echo").form(&form)).await;
    assert_failure(&page, NOT_SAVED);
    service.failing.fail_on(None);
    let page = visitor.send(visitor.request(reqwest::Method::POST, "/echo").form(&form)).await;
    assert_eq!(page.status, 303, "the cookie has no session, so the form is an anonymous visitor's");
}

#[tokio::test]
async fn unsaved_form_is_shown_without_passwords_and_resubmits() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let typed = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    service.failing.fail_on("users.add");
    let page = visitor.submit("/register", "/register", &typed).await;
    assert_page(&page, 503, NOT_SAVED);
    assert!(!page.html.contains(PASSWORD), "{}", page.html);
    let is_typed = |name: &str| !matches!(name, "csrf_token" | "once");
    let offered: Vec<_> = page.form("/register").into_iter().filter(|(name, _)| is_typed(name)).collect();
    assert_eq!(offered, [("username".into(), "ada".into()), ("email".into(), "ada@example.com".to_owned())]);
    service.failing.fail_on(None);
    assert_eq!(visitor.submit_on(&page, "/register", &typed[2..]).await.path, "/", "by its token alone");
}

#[tokio::test]
async fn form_sent_while_the_visitor_was_unknown_resubmits() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let ended = service.visitor();
    ended.add_cookies(&format!("session-{}={}", service.server.address().port(), "A".repeat(43)));
    for (visitor, expected) in [(&ada, "Saved for ada."), (&ended, "Your session has ended. Please log in again")] {
        service.failing.fail_on("everything");
        let page = browser_post(visitor, "/form?draft=1", &[("dish", "soup & bread"), ("password", "hush-hush")]).await;
        service.failing.fail_on(None);
        assert_failure(&page, NOT_SAVED);
        assert_eq!(page.form("/form?draft=1")[1..], [("dish".to_owned(), "soup & bread".to_owned())]);
        let again = visitor.submit_on(&page, "/form?draft=1", &[]).await;
        assert!(again.text.contains(expected), "{expected:?} in {}", again.text);
    }
}
