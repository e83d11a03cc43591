//! `/account/sessions`: the list of the user's sessions, and the buttons that end one or all others.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use accounts::{EventFilter, EventKind, PageSize};
use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity, set_cookie};

const PATH: &str = "/account/sessions";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
const GONE: &str = "That session doesn't exist, or not anymore.";

/// Logs in with a `User-Agent`.
async fn log_in_with(client: &TestClient, user_agent: &str) {
    let request = client.request(Method::POST, "/login").header("sec-fetch-site", "same-origin");
    let form = [("email", "ada"), ("password", PASSWORD)];
    assert_eq!(client.send(request.header("user-agent", user_agent).form(&form)).await.status, 303);
}

/// The ids of the sessions that the page offers to end.
fn ids(page: &TestResponse) -> Vec<String> {
    page.attributes("button[name=session]", "value")
}

async fn end(client: &TestClient, id: &str) -> TestResponse {
    browser_post(client, PATH, &[("session", id)]).await
}

#[tokio::test]
async fn sessions_are_listed_with_device_times_and_network() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.advance(Duration::from_hours(2));
    log_in_with(&service.visitor(), FIREFOX).await;
    service.clock.advance(Duration::from_mins(5));
    log_in_with(&service.visitor(), "<b>strange</b>").await;
    let page = ada.get(PATH).await;
    assert_page(&page, 200, "Where you are logged in");
    assert_eq!(
        page.texts(".account-sessions h2"),
        ["Unknown browser (this session)", "Unknown browser", "Firefox on Linux"],
        "this one, then those that were used last"
    );
    let texts = page.texts(".account-sessions p").join("\n");
    for text in [
        "Logged in 2 hours ago , last used just now , from the network 127.0.0.1/32.",
        "Logged in 5 minutes ago , last used 5 minutes ago , from the network 127.0.0.1/32.",
        "Logged in just now , last used just now , from the network 127.0.0.1/32.",
    ] {
        assert!(texts.contains(text), "{text} in {texts}");
    }
    assert!(page.attributes("time", "datetime").contains(&"2026-01-01T02:05:00Z".to_owned()), "{}", page.html);
    assert!(!page.html.contains("strange"), "{}", page.html);
    assert_eq!(ids(&page).len(), 2, "this one has no button");
}

#[tokio::test]
async fn expired_session_is_not_listed() {
    let service = Service::start().await;
    service.ada().await;
    service.clock.advance(Duration::from_hours(12));
    let ada = service.ada_again().await;
    assert_eq!(ada.get(PATH).await.texts(".account-sessions li").len(), 1);
}

#[tokio::test]
async fn ended_session_opens_no_page() {
    let service = Service::start().await;
    let (ada, stolen) = (service.ada().await, service.ada_again().await);
    let id = ids(&ada.get(PATH).await).concat();
    let page = ada.submit(PATH, PATH, &[("session", &id)]).await;
    assert_eq!(page.texts(".flash"), ["That session has ended."]);
    assert_eq!(
        (identity(&stolen.get("/").await), page.texts(".account-sessions li").len()),
        ("You are anonymous.".into(), 1)
    );
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
    let again = end(&ada, &id).await;
    assert_page(&again, 404, GONE);
}

#[tokio::test]
async fn session_of_another_user_is_not_ended() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.register("ben", PASSWORD).await;
    let ben = service.visitor();
    ben.log_in("ben", PASSWORD).await;
    service.ada_again().await;
    let id = ids(&ada.get(PATH).await).concat();
    for id in [&*id, "1", "0", "-1", "9223372036854775807", "99999999999999999999", "", "x", "1 OR 1=1"] {
        let page = end(&ben, id).await;
        assert_page(&page, 404, GONE);
        assert_eq!(page.texts("title"), ["Error: Where you are logged in"]);
    }
    assert_page(&browser_post(&ben, PATH, &[]).await, 404, GONE);
    assert_eq!(service.count("sessions").await, 3);
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
}

#[tokio::test]
async fn own_session_is_ended_by_log_out_alone() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let id = service.ports().sessions.list(accounts::UserId::new(1)).await.unwrap()[0].id.get().to_string();
    let page = end(&ada, &id).await;
    assert_page(&page, 422, "That is the session you are using. To end it, log out.");
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
}

#[tokio::test]
async fn all_others_end_with_their_tokens_and_device_cookies() {
    let service = Service::start().await;
    let (ada, other, third) = (service.ada().await, service.ada_again().await, service.ada_again().await);
    let copy = service.visitor();
    copy.add_cookies(&ada.cookies());
    let page = ada.submit(PATH, PATH, &[("others", "on")]).await;
    assert_eq!(page.texts(".flash"), ["2 other sessions have ended."]);
    assert_eq!((page.texts(".account-sessions li").len(), page.texts("[name=others]").len()), (1, 0));
    for client in [other, third, copy] {
        assert_eq!(identity(&client.get("/").await), "You are anonymous.");
    }
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
    let events = service.accounts.events(EventFilter::default(), None, PageSize::clamped(1)).await.unwrap();
    let event = &events.items[0].event;
    assert_eq!((event.kind, event.count), (EventKind::OtherSessionsEnded, 2));
    let page = browser_post(&ada, PATH, &[("others", "on")]).await;
    assert!(set_cookie(&page, "session").is_some() && set_cookie(&page, "device").is_some());
    assert_eq!(ada.get("/").await.texts(".flash"), ["There was no other session."]);
}

/// A thief with the device cookie would have guesses of its own.
#[tokio::test]
async fn device_cookie_of_another_browser_is_revoked() {
    let service = Service::start().await;
    let (ada, other) = (service.ada().await, service.ada_again().await);
    let wrong = [("email", "ada"), ("password", "granite heron nine")];
    ada.submit(PATH, PATH, &[("others", "on")]).await;
    for n in 0..6 {
        let page = browser_post(&other, "/login", &wrong).await;
        assert_eq!(page.status, if n < 5 { 422 } else { 429 }, "unknown: five failures, then a wait");
    }
    assert_eq!(browser_post(&ada, "/login", &wrong).await.status, 422, "this browser is known");
}

#[tokio::test]
async fn session_that_ends_meanwhile_leads_back_to_the_list() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.ada_again().await;
    let page = ada.get(PATH).await;
    let id = ids(&page).concat();
    ada.submit("/", "/logout", &[]).await; // in another tab
    let request = ada.request(Method::POST, PATH).header("sec-fetch-site", "same-origin");
    let mut form = page.form(PATH);
    form.push(("session".to_owned(), id.clone()));
    let page = ada.send(request.form(&form)).await;
    assert_page(&page, 403, "Your session has ended. Please log in again");
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, "Where you are logged in");
    assert!(!page.text.contains("not sent yet"), "it could end sessions of another user: {}", page.text);
    assert_eq!(ids(&page).concat(), id, "the session is there to be ended");
}

/// Of two sessions that end all others at once, one is left.
#[tokio::test]
async fn concurrent_ends_of_all_others_leave_one_session() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for _ in 0..5 {
        let clients = [service.ada_again().await, service.ada_again().await];
        let end = async |client: &TestClient| browser_post(client, PATH, &[("others", "on")]).await;
        tokio::join!(end(&clients[0]), end(&clients[1]));
        let mut names = Vec::new();
        for client in &clients {
            names.push(identity(&client.get("/").await));
        }
        names.sort();
        assert_eq!(names, ["You are ada.", "You are anonymous."]);
        assert_eq!(service.count("sessions").await, 1);
    }
}

#[tokio::test]
async fn failed_store_ends_nothing() {
    let service = Service::start().await;
    let (ada, other) = (service.ada().await, service.ada_again().await);
    let id = ids(&ada.get(PATH).await).concat();
    for (method, form) in [
        ("sessions.end_of_user", ("session", &*id)),
        ("sessions.end_others", ("others", "on")),
        ("known_browsers.forget_all", ("others", "on")),
    ] {
        service.failing.fail_on(method);
        let page = browser_post(&ada, PATH, &[form]).await;
        assert_page(&page, 503, "We couldn't save that. Nothing changed, please try again.");
        service.failing.fail_on(None);
        assert_eq!(identity(&other.get("/").await), "You are ada.", "{method}");
    }
    service.failing.fail_on("sessions.list");
    assert_page(&ada.get(PATH).await, 503, "We couldn't look that up.");
}
