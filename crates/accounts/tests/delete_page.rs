//! The pages `/account/delete` and `/account/export`.

use std::time::Duration;

use accounts::serde_json::{Value, from_str};
use accounts::test_kit::TestClient;
use accounts::{Deletion, ExportPage, ExportSource, StoreError, User, UserId, Username};
use async_trait::async_trait;

use crate::common::{PASSWORD, Service, assert_has_headers, assert_page, browser_post, identity, set_cookie};

async fn user(service: &Service) -> User {
    service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap()
}

async fn delete(client: &TestClient) -> accounts::test_kit::TestResponse {
    client.submit("/account/delete", "/account/delete", &[]).await
}

#[tokio::test]
async fn delete_page_says_what_happens_and_changes_nothing() {
    let service = Service::with(|builder| builder.deletion_consequences(["Your trips <stay>."])).await;
    let ada = service.ada().await;
    let page = ada.get("/account/delete").await;
    assert_page(&page, 200, "This deletes the account of ada");
    assert_eq!(
        (page.texts(".form-aside a"), page.attributes(".form-aside a", "href")),
        (vec!["Keep my account".to_owned()], vec!["/account".to_owned()])
    );
    for sentence in [
        "For 14 days you can change your mind",
        "For 90 days more your name stays reserved",
        "Your trips <stay>.",
        "download what is stored about you",
    ] {
        assert!(page.text.contains(sentence), "{sentence}: {}", page.text);
    }
    assert_eq!(user(&service).await.deletion, None);
}

#[tokio::test]
async fn deleted_account_is_logged_out_and_a_log_in_brings_it_back() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let other = service.visitor();
    other.log_in("ada", PASSWORD).await;
    let page = delete(&ada).await;
    assert_eq!(page.path, "/");
    assert!(
        page.text.contains("Your account will be deleted in 14 days. If you change your mind, log in before then."),
        "{}",
        page.text
    );
    assert!(matches!(user(&service).await.deletion, Some(Deletion::Requested { .. })));
    for client in [&ada, &other] {
        assert_eq!(identity(&client.get("/").await), "You are anonymous.");
    }
    assert!(ada.log_in("ada", PASSWORD).await.text.contains("Your account stays"));
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
}

#[tokio::test]
async fn deletion_removes_the_cookie_and_clears_the_cache() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = browser_post(&ada, "/account/delete", &[]).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/")));
    assert!(set_cookie(&page, "session-").unwrap().contains("Max-Age=0"));
    assert_eq!(page.header("clear-site-data"), Some("\"cache\""));
}

/// Logged out, with an old log-in, and with a form that waits for the password.
#[tokio::test]
async fn delete_and_export_require_a_recent_log_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for path in ["/account/delete", "/account/export"] {
        assert_eq!(service.visitor().get(path).await.path, format!("/login?next={}", path.replace('/', "%2F")));
    }
    let page = ada.get("/account/delete").await;
    service.clock.advance(Duration::from_mins(10));
    for path in ["/account/delete", "/account/export"] {
        assert_eq!(ada.get(path).await.path, format!("/account/confirm?next={}", path.replace('/', "%2F")));
    }
    let waiting = ada.submit_on(&page, "/account/delete", &[]).await;
    assert!(waiting.text.contains("Please type your password again to go on."), "{}", waiting.text);
    assert_eq!(user(&service).await.deletion, None);
    let shown = ada.submit_on(&waiting, "/account/confirm", &[("password", PASSWORD)]).await;
    assert_page(&shown, 200, "This deletes the account of ada");
    assert!(!shown.text.contains("not sent yet"), "{}", shown.text);
    assert_eq!(user(&service).await.deletion, None, "the button is pressed once more");
    ada.submit_on(&shown, "/account/delete", &[]).await;
    assert!(user(&service).await.deletion.is_some());
}

#[tokio::test]
async fn form_that_waited_for_another_account_names_the_account_that_it_deletes() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.visitor().register("bob", PASSWORD).await;
    let page = ada.get("/account/delete").await;
    service.execute_sql("DELETE FROM sessions").await;
    let waiting = ada.submit_on(&page, "/account/delete", &[]).await;
    let shown = ada.submit_on(&waiting, "/login", &[("email", "bob"), ("password", PASSWORD)]).await;
    assert_page(&shown, 200, "This deletes the account of bob");
    assert!(!shown.text.contains("Send it"), "{}", shown.text);
}

#[tokio::test]
async fn foreign_or_stale_form_deletes_nothing() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let foreign = ada.request(reqwest::Method::POST, "/account/delete").header("sec-fetch-site", "cross-site");
    assert_eq!(ada.send(foreign).await.status, 403);
    let stale = browser_post(&ada, "/account/delete", &[("csrf_token", "stale")]).await;
    assert_eq!(stale.status, 403);
    assert_eq!(user(&service).await.deletion, None);
}

/// In another tab, or by another process.
#[tokio::test]
async fn form_of_an_account_that_is_deleted_already_asks_to_log_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = ada.get("/account/delete").await;
    browser_post(&ada, "/account/delete", &[]).await;
    let again = ada.submit_on(&page, "/account/delete", &[]).await;
    assert!(again.text.contains("Log in"), "{}", again.text);
    assert!(matches!(user(&service).await.deletion, Some(Deletion::Requested { .. })), "{}", again.text);
}

#[tokio::test]
async fn failing_store_deletes_nothing() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.fail_on("users.request_deletion");
    let page = browser_post(&ada, "/account/delete", &[]).await;
    assert_page(&page, 503, "We couldn't save that. Nothing changed, please try again.");
    service.failing.fail_on(None);
    assert_eq!(user(&service).await.deletion, None);
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
}

/// The deletion is committed, and the sessions elsewhere are not ended: a log-in, as "try again" would ask for, would undo it.
#[tokio::test]
async fn failure_after_the_commit_of_a_deletion_is_an_unknown_outcome() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.fail_on("sessions.end_all");
    let page = browser_post(&ada, "/account/delete", &[]).await;
    assert_page(&page, 503, "We can't tell whether that was saved. Please look before you send it once more.");
    assert!(matches!(user(&service).await.deletion, Some(Deletion::Requested { .. })));
}

#[tokio::test]
async fn export_is_a_json_file_that_is_not_cached() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let file = ada.get("/account/export").await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"account.json\""));
    assert_has_headers(&file); // no-store
    let document: Value = from_str(&file.html).unwrap();
    assert_eq!(document["user"]["email"], "ada@example.com");
    assert_eq!(document["sessions"].as_array().map(Vec::len), Some(1));
}

/// 100 pages of 10 KiB, and one that fails, if asked to.
struct Long {
    fails: bool,
}

#[async_trait]
impl ExportSource for Long {
    fn name(&self) -> &'static str {
        "long"
    }

    async fn page(&self, _: UserId, after: Option<String>) -> Result<ExportPage, StoreError> {
        let page = after.map_or(0, |after| after.parse::<u32>().unwrap());
        if self.fails && page == 99 {
            return Err(StoreError::new("disk full"));
        }
        let rows = vec![Value::from("x".repeat(10 * 1024))];
        Ok(ExportPage { rows, next: (page < 99).then(|| (page + 1).to_string()) })
    }
}

#[tokio::test]
async fn long_export_is_streamed_whole() {
    let service = Service::with(|builder| builder.export(Long { fails: false })).await;
    let file = service.ada().await.get("/account/export").await;
    let document: Value = from_str(&file.html).unwrap();
    assert_eq!(document["long"].as_array().map(Vec::len), Some(100));
}

/// What came before the failure is no whole document, whatever the client makes of the connection.
#[tokio::test]
async fn long_export_that_fails_is_no_document() {
    let service = Service::with(|builder| builder.export(Long { fails: true })).await;
    let ada = service.ada().await;
    let response = ada.request(reqwest::Method::GET, "/account/export").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let is_document = response.bytes().await.is_ok_and(|body| accounts::serde_json::from_slice::<Value>(&body).is_ok());
    assert!(!is_document);
}

#[tokio::test]
async fn store_that_fails_before_the_export_begins_is_503() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for method in [
        "users.find",
        "sessions.list",
        "known_browsers.list",
        "users.list_former_usernames",
        "credentials.list_reset_tokens",
        "events.list",
    ] {
        service.failing.fail_on(method);
        let page = ada.get("/account/export").await;
        assert_page(&page, 503, "We couldn't look that up. Please try again in a moment.");
        assert_eq!(page.header("content-disposition"), None, "{method}");
    }
}

/// A browser that has logged in to the account may know. Any other one could ask for each number of a user.
#[tokio::test]
async fn waiting_log_in_page_says_that_a_log_in_undoes_the_deletion() {
    const SENTENCE: &str = "Your account is going to be deleted. If you log in, it stays.";
    let service = Service::start().await;
    let (ada, stranger) = (service.ada().await, service.visitor());
    let form = ada.get("/trips/1").await.form("/trips/1/wish"); // in another tab
    let fields: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let send = async |client: &TestClient| browser_post(client, "/trips/1/wish", &fields).await;
    ada.submit("/", "/logout", &[]).await;
    let page = send(&ada).await;
    assert_page(&page, 403, "Your session has ended.");
    assert!(!page.text.contains(SENTENCE), "nothing is to be deleted: {}", page.text);
    ada.log_in("ada", PASSWORD).await;

    delete(&ada).await;
    let page = send(&ada).await;
    assert_page(&page, 403, SENTENCE);
    let wrong = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", "wrong otter seven")]).await;
    assert_page(&wrong, 422, SENTENCE);
    assert!(!send(&stranger).await.text.contains(SENTENCE));
    service.failing.fail_on("users.find");
    let page = send(&ada).await;
    assert_page(&page, 403, "Your session has ended.");
    assert!(!page.text.contains(SENTENCE), "{}", page.text);
    service.failing.fail_on(None);

    let page = ada.submit_on(&wrong, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, "Your account stays: it won't be deleted. What you typed is here, and not sent yet.");
}
