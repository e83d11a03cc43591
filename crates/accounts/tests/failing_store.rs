//! A store that fails, at each method in turn: 503 with its sentence, nobody taken for a guest, nothing said to be
//! saved that is not.

use accounts::test_kit::{TestClient, TestResponse};

use crate::common::{PASSWORD, Service, assert_page, browser_post, set_cookies, who};

const NOT_SAVED: &str = "We couldn't save that. Nothing changed, please try again.";
const NOT_READ: &str = "We couldn't look that up. Please try again in a moment.";
const LOG_IN: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];

/// That a failure is told as one, and nothing else is.
fn assert_told(page: &TestResponse, sentence: &str) {
    assert_page(page, 503, sentence);
    for lie in ["Welcome back", "ready", "Saved", "You are logged out", "a guest", "must be logged in", "SQLITE"] {
        assert!(!page.html.contains(lie), "{lie}: {}", page.html);
    }
    assert!(page.texts("header a").is_empty(), "nobody is offered to log in: {}", page.html);
    assert_eq!(page.header("retry-after"), Some("5"));
    assert_eq!(set_cookies(page).iter().filter(|cookie| cookie.starts_with("session")).count(), 0);
}

#[tokio::test]
async fn registering() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let form = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    service.failing.breaks("users.add");
    let page = browser_post(&visitor, "/register", &form).await;
    assert_page(&page, 503, NOT_SAVED);
    assert!(!page.html.contains("ready") && !page.html.contains(PASSWORD), "{}", page.html);
    assert_eq!(service.count("users").await, 0);
    service.failing.breaks(None);
    assert_eq!(browser_post(&visitor, "/register", &form).await.status, 303, "and again, once it is mended");
}

#[tokio::test]
async fn registering_where_nobody_knows_whether_it_was_saved() {
    let service = Service::start().await;
    let form = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    service.failing.breaks("the commit");
    let page = browser_post(&service.visitor(), "/register", &form).await;
    assert_page(&page, 503, "We can't tell whether that was saved. Please look before you send it once more.");
    assert!(!page.html.contains("Nothing changed") && !page.html.contains(PASSWORD), "{}", page.html);
}

#[tokio::test]
async fn logging_in() {
    let service = Service::start().await;
    let visitor = service.visitor();
    visitor.register("ada", PASSWORD).await;
    for method in ["credentials.find_by_email", "sessions.open"] {
        service.failing.breaks(method);
        let page = browser_post(&visitor, "/login", &LOG_IN).await;
        assert_page(&page, 503, NOT_SAVED);
        assert!(!page.html.contains("Welcome") && !page.html.contains(PASSWORD), "{}", page.html);
        assert!(set_cookies(&page).iter().all(|cookie| !cookie.starts_with("session")));
        assert_eq!(service.count("sessions").await, 0, "{method}");
    }
}

#[tokio::test]
async fn what_only_tidies_up_fails_nobody() {
    let service = Service::start().await;
    service.visitor().register("ada", PASSWORD).await;
    let dearer = service.beside(|builder| builder.cost(accounts::Cost::DEFAULT)).await;
    TestClient::new(&dearer).log_in("ada", PASSWORD).await; // now the hash has another cost than the service's
    for method in ["credentials.rehash", "sessions.purge", "sessions.touch"] {
        let ada = service.visitor();
        service.failing.breaks(method);
        service.failing.asked();
        assert!(ada.log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."), "{method}");
        service.clock.advance(std::time::Duration::from_secs(90));
        assert_eq!(who(&ada.get("/home").await), "You are ada.", "{method}");
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        assert!(service.failing.asked().contains(&method), "{method} was asked, and failed");
    }
}

#[tokio::test]
async fn every_page_and_form_of_somebody_logged_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.breaks("sessions.find");
    for path in ["/", "/home", "/login", "/register", "/members/one"] {
        assert_told(&ada.get(path).await, NOT_READ);
    }
    for path in ["/login", "/register", "/logout", "/form"] {
        assert_told(&browser_post(&ada, path, &LOG_IN).await, NOT_SAVED);
    }
    service.failing.breaks(None);
    assert_eq!(who(&ada.get("/home").await), "You are ada.", "the session lives");
}

#[tokio::test]
async fn a_log_out_that_fails_keeps_the_cookie_and_says_so() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.breaks("sessions.end");
    let page = browser_post(&ada, "/logout", &[]).await;
    assert_told(&page, NOT_SAVED);
    assert_eq!(page.header("clear-site-data"), None);
    assert!(ada.cookies().contains("session-"), "{}", ada.cookies());
    service.failing.breaks(None);
    assert_eq!(who(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn a_store_that_failed_is_not_asked_who_reads_the_page_that_says_so() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.breaks("everything");
    service.failing.asked();
    ada.get("/home").await;
    assert_eq!(service.failing.asked(), ["sessions.find"]);
    service.failing.breaks(None);
    let page = ada.get("/failing").await; // fails before anybody asked who comes
    assert_told(&page, NOT_READ);
    assert!(service.failing.asked().is_empty());
}

#[tokio::test]
async fn an_error_of_another_kind_is_told_though_nobody_knows_who_reads_it() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.breaks("everything");
    for (path, status) in [("/nowhere", 404), ("/panic", 500), ("/logout", 405)] {
        let page = ada.get(path).await;
        assert_page(&page, status, "");
        assert!(page.texts("header a").is_empty(), "nobody is taken for a guest: {}", page.html);
    }
}

#[tokio::test]
async fn a_form_keyed_before_the_log_in_is_not_let_in_while_nobody_knows_who_comes() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let page = visitor.get("/login").await;
    let token = page.form("/login").into_iter().find(|(name, _)| name == "csrf_token").unwrap().1;
    visitor.add_cookies(&format!("session-{}={}", service.server.address().port(), "A".repeat(43)));
    service.failing.breaks("sessions.find");
    let form = [("csrf_token", token.as_str()), ("text", "x")];
    let page = visitor.send(visitor.request(reqwest::Method::POST, "/echo").form(&form)).await;
    assert_told(&page, NOT_SAVED);
    service.failing.breaks(None);
    let page = visitor.send(visitor.request(reqwest::Method::POST, "/echo").form(&form)).await;
    assert_eq!(page.status, 303, "the cookie is of no session: a guest's form");
}

#[tokio::test]
async fn a_form_that_could_not_be_saved_is_offered_again_without_its_passwords_and_can_be_sent() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let typed = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    service.failing.breaks("users.add");
    let page = visitor.submit("/register", "/register", &typed).await;
    assert_page(&page, 503, NOT_SAVED);
    assert!(!page.html.contains(PASSWORD), "{}", page.html);
    let kept: Vec<_> = page.form("/register").into_iter().filter(|(name, _)| name != "csrf_token").collect();
    assert_eq!(kept, [("username".into(), "ada".into()), ("email".into(), "ada@example.com".to_owned())]);
    service.failing.breaks(None);
    assert_eq!(visitor.submit_on(&page, "/register", &typed[2..]).await.path, "/login", "by its token alone");
}

#[tokio::test]
async fn a_form_sent_while_nobody_knew_who_comes_can_be_sent_again() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let ended = service.visitor();
    ended.add_cookies(&format!("session-{}={}", service.server.address().port(), "A".repeat(43)));
    for (visitor, then) in [(&ada, "Saved for ada."), (&ended, "Please log in again.")] {
        service.failing.breaks("everything");
        let page = browser_post(visitor, "/form?draft=1", &[("dish", "soup & bread"), ("password", "hush-hush")]).await;
        service.failing.breaks(None);
        assert_told(&page, NOT_SAVED);
        assert_eq!(page.form("/form?draft=1")[1..], [("dish".to_owned(), "soup & bread".to_owned())]);
        let again = visitor.submit_on(&page, "/form?draft=1", &[]).await;
        assert!(again.text.contains(then), "{then:?} in {}", again.text);
    }
}
