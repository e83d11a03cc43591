//! `/account/email`: the page to change the e-mail address, with the password.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use accounts::{EventFilter, EventKind, PageSize};

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity};

const PATH: &str = "/account/email";
const WRONG: &str = "granite heron nine";

async fn change(client: &TestClient, email: &str, password: &str) -> TestResponse {
    browser_post(client, PATH, &[("email", email), ("password", password)]).await
}

async fn log_in_status(service: &Service, email: &str) -> u16 {
    browser_post(&service.visitor(), "/login", &[("email", email), ("password", PASSWORD)]).await.status
}

#[tokio::test]
async fn changed_address_logs_in_and_the_former_does_not() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.advance(Duration::from_hours(1));
    let page = ada.get(PATH).await;
    assert_eq!(page.attributes("#email", "value"), ["ada@example.com"], "the form asks for the password itself");
    let page = ada.submit_on(&page, PATH, &[("email", "Ada <lovelace@example.org>"), ("password", PASSWORD)]).await;
    assert_eq!((page.path.as_str(), page.texts(".flash")), ("/account", vec!["Your email is changed.".to_owned()]));
    assert_eq!(page.texts("dd")[1], "lovelace@example.org");
    assert_eq!(log_in_status(&service, "lovelace@example.org").await, 303);
    assert_eq!(log_in_status(&service, "ada@example.com").await, 422);
    assert_eq!(identity(&ada.get("/").await), "You are ada.", "the session stays");
    let events = service.accounts.events(EventFilter::default(), None, PageSize::clamped(100)).await.unwrap();
    let changes = events.items.iter().filter(|stored| stored.event.kind == EventKind::EmailChanged);
    assert_eq!(changes.count(), 1);
    assert_eq!(change(&ada, "lovelace@example.org", PASSWORD).await.status, 303, "the same again");
}

#[tokio::test]
async fn taken_or_invalid_address_is_refused_beside_its_field() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.register("ben", PASSWORD).await;
    for (typed, message) in [
        ("BEN@Example.com", "An account with that email already exists."),
        ("", "Please give your email address."),
        ("ada@", "Please check the part after the @. It looks like name@example.com."),
    ] {
        let page = change(&ada, typed, PASSWORD).await;
        assert_page(&page, 422, message);
        assert_eq!(page.texts(".field-error"), [message]);
        assert_eq!(page.attributes("#email", "value"), [typed]);
        assert!(!page.html.contains(PASSWORD), "{}", page.html);
    }
    assert_eq!(log_in_status(&service, "ada@example.com").await, 303);
}

#[tokio::test]
async fn wrong_password_changes_nothing_and_is_throttled() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for password in ["", WRONG, &"x".repeat(1_025)] {
        let page = change(&ada, "eve@example.com", password).await;
        let message = if password.is_empty() { "Please type your password." } else { "That isn't your password." };
        assert_page(&page, 422, message);
        assert_eq!(page.attributes("#email", "value"), ["eve@example.com"]);
    }
    for _ in 0..8 {
        assert_page(&change(&ada, "eve@example.com", WRONG).await, 422, "That isn't your password.");
    }
    let page = change(&ada, "eve@example.com", PASSWORD).await;
    assert_page(&page, 429, "Too many attempts. Please wait 1 second and try again.");
    assert_eq!(
        (page.header("retry-after"), page.attributes("#email", "value")),
        (Some("1"), vec!["eve@example.com".to_owned()])
    );
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(change(&ada, "eve@example.com", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn known_browser_that_is_right_keeps_its_own_failures() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for n in 0..8 {
        assert_eq!(change(&ada, &format!("ada{n}@example.com"), PASSWORD).await.status, 303);
    }
    for _ in 0..5 {
        assert_eq!(change(&ada, "ada@example.com", WRONG).await.status, 422);
    }
}

#[tokio::test]
async fn session_that_ends_meanwhile_keeps_the_address() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let form = ada.get(PATH).await;
    service.execute_sql("DELETE FROM sessions").await;
    let page = ada.submit_on(&form, PATH, &[("email", "eve@example.com"), ("password", PASSWORD)]).await;
    assert_page(&page, 403, "Your session has ended.");
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, "What you typed is here, and not sent yet.");
    assert_eq!(page.attributes("#email", "value"), ["eve@example.com"]);
    assert_eq!(ada.submit_on(&page, PATH, &[("password", PASSWORD)]).await.texts(".flash"), ["Your email is changed."]);
}

#[tokio::test]
async fn concurrent_changes_to_one_address_change_one_user() {
    let service = Service::start().await;
    let mut clients = Vec::new();
    for name in ["ada", "ben", "cleo", "dan"] {
        service.register(name, PASSWORD).await;
        let client = service.visitor();
        client.log_in(name, PASSWORD).await;
        clients.push(client);
    }
    let change = async |client: &TestClient| change(client, "Grace@example.com", PASSWORD).await.status;
    let statuses = futures_util::future::join_all(clients.iter().map(change)).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 3, "{statuses:?}");
}

#[tokio::test]
async fn failed_store_keeps_the_address_and_what_was_typed() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for method in ["users.change_email", "users.find", "known_browsers.find"] {
        service.failing.fail_on(method);
        let page = change(&ada, "eve@example.com", PASSWORD).await;
        assert_page(&page, 503, "We couldn't save that. Nothing changed, please try again.");
        assert_eq!(page.form(PATH).last(), Some(&("email".to_owned(), "eve@example.com".to_owned())), "{method}");
        service.failing.fail_on(None);
        assert_eq!(log_in_status(&service, "ada@example.com").await, 303);
    }
}
