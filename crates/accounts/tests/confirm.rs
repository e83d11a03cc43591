//! `/account/confirm`: pages that require a recent log-in, and the page that asks for the password again.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use accounts::web::AccountPage;
use accounts::{
    BrowserTokens, Caller, ConfirmPassword, ConfirmPasswordError, EventFilter, EventKind, PageSize, Password,
};
use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity, set_cookie};

const ASKS: &str = "Please type your password again to go on.";
const WRONG: &str = "granite heron nine";
const WRONG_PASSWORD: &str = "That isn't your password. Please try again.";
const NOT_SENT: &str = "What you typed is here, and not sent yet. Please press the button to send it.";
const TEN_MINUTES: Duration = Duration::from_mins(10);

/// A service, and ada's client, whose log-in is too old.
async fn with_old_log_in() -> (Service, TestClient) {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.advance(TEN_MINUTES);
    (service, ada)
}

/// Sends the form of the vault, as its page does.
async fn interrupt(ada: &TestClient) -> TestResponse {
    let page = browser_post(ada, "/vault", &[("dish", "soup & bread"), ("password", "hush-hush")]).await;
    assert_page(&page, 403, ASKS);
    assert!(page.text.contains("What you typed is kept, and not sent yet."), "{}", page.text);
    assert!(!page.html.contains("hush-hush"), "{}", page.html);
    page
}

/// Asserts that the form of the vault is shown filled in on its page, and that one press sends it.
async fn assert_one_press_sends(ada: &TestClient, page: &TestResponse) {
    assert_page(page, 200, NOT_SENT);
    assert_eq!(page.texts("main h1"), ["The vault of ada"], "{}", page.html);
    assert_eq!(page.attributes("#dish", "value"), ["soup & bread"]);
    assert_eq!(ada.submit_on(page, "/vault", &[]).await.texts(".flash"), ["Locked away for ada."]);
}

/// The value of the session cookie.
fn session(client: &TestClient) -> String {
    let cookies = client.cookies();
    cookies.split("; ").find(|cookie| cookie.starts_with("session")).unwrap().to_owned()
}

/// The kinds of the stored events, the oldest first.
async fn kinds(service: &Service) -> Vec<EventKind> {
    let page = service.accounts.events(EventFilter::default(), None, PageSize::clamped(100)).await.unwrap();
    page.items.into_iter().rev().map(|stored| stored.event.kind).collect()
}

#[tokio::test]
async fn old_log_in_is_asked_for_the_password_and_led_back() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.advance(Duration::from_millis(599_999));
    for path in ["/vault?shelf=2", "/safe/one"] {
        assert_eq!(ada.get(path).await.path, path);
    }
    service.clock.advance(Duration::from_millis(1));
    assert_eq!(ada.get("/safe/one").await.path, "/account/confirm?next=%2Fsafe%2Fone");
    assert_eq!(identity(&ada.get("/home").await), "You are ada.", "other pages ask for nothing");
    let (former, browser) = (session(&ada), service.visitor());
    browser.add_cookies(&ada.cookies());
    let page = ada.get("/vault?shelf=2").await;
    assert_page(&page, 200, ASKS);
    let page = ada.submit_on(&page, "/account/confirm", &[("password", PASSWORD)]).await;
    assert_eq!((page.path.as_str(), page.texts("main h1")), ("/vault?shelf=2", vec!["The vault of ada".to_owned()]));
    assert_eq!(ada.get("/safe/one").await.text, "members only");

    assert_ne!(session(&ada), former);
    assert_eq!(identity(&browser.get("/").await), "You are anonymous.", "the former token opens nothing");
    assert_eq!(service.count("sessions").await, 1);
    let expected = [EventKind::Registered, EventKind::LoggedIn, EventKind::PasswordConfirmed];
    assert_eq!(kinds(&service).await, expected);
    service.clock.advance(TEN_MINUTES);
    assert_page(&ada.get("/vault").await, 200, ASKS);
}

#[tokio::test]
async fn setting_says_how_long_a_log_in_is_recent() {
    let service = Service::with(|builder| builder.recent_log_in(Duration::from_mins(1))).await;
    let ada = service.ada().await;
    assert_eq!(ada.get("/vault").await.path, "/vault");
    service.clock.advance(Duration::from_mins(1));
    assert_page(&ada.get("/vault").await, 200, ASKS);
}

#[tokio::test]
async fn guest_is_asked_to_log_in_and_led_to_the_page() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for path in ["/vault", "/safe/one"] {
        let ada = service.visitor();
        let page = ada.get(path).await;
        assert!(page.path.starts_with("/login?next="), "{}", page.path);
        assert_eq!(ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await.path, path);
    }
    let page = browser_post(&service.visitor(), "/vault", &[("dish", "soup")]).await;
    assert_page(&page, 403, "Please log in first, or register. What you typed is kept.");
}

#[tokio::test]
async fn client_that_asks_for_json_gets_403_with_a_code() {
    let (_service, ada) = with_old_log_in().await;
    for (method, path) in [(Method::GET, "/vault"), (Method::GET, "/safe/one"), (Method::POST, "/vault")] {
        let request = ada.request(method, path).header("accept", "application/json");
        let page = ada.send(request.header("sec-fetch-site", "same-origin").form(&[("dish", "soup")])).await;
        let body: serde_json::Value = serde_json::from_str(&page.html).unwrap();
        let detail = "Please type your password again to go on.";
        assert_eq!((&body["code"], &body["detail"]), (&"recent_log_in_required".into(), &detail.into()));
        assert_eq!((page.status, page.header("location")), (403, None));
    }
}

#[tokio::test]
async fn form_waits_for_the_password_and_one_press_sends_it() {
    let (_service, ada) = with_old_log_in().await;
    let page = interrupt(&ada).await;
    let wrong = ada.submit_on(&page, "/account/confirm", &[("password", WRONG)]).await;
    assert_page(&wrong, 422, WRONG_PASSWORD);
    let empty = ada.submit_on(&wrong, "/account/confirm", &[("password", "")]).await;
    assert_page(&empty, 422, "Please type your password.");
    let page = ada.submit_on(&empty, "/account/confirm", &[("password", PASSWORD)]).await;
    assert_one_press_sends(&ada, &page).await;
}

#[tokio::test]
async fn form_in_which_nothing_was_typed_leads_back_to_its_page() {
    let (service, ada) = with_old_log_in().await;
    let request = ada.request(Method::POST, "/vault").header("sec-fetch-site", "same-origin");
    let request = request.header("referer", service.server.url("/vault")).form(&[("password", "hush-hush")]);
    let page = ada.send(request).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/account/confirm?next=%2Fvault")));
}

#[tokio::test]
async fn session_that_ends_meanwhile_loses_no_form() {
    let (service, ada) = with_old_log_in().await;
    let page = interrupt(&ada).await;
    service.execute_sql("DELETE FROM sessions").await; // in another browser
    let page = ada.submit_on(&page, "/account/confirm", &[("password", PASSWORD)]).await;
    assert_page(&page, 403, "Your session has ended. Please log in again, and we'll finish this for you");
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_one_press_sends(&ada, &page).await;
    assert_eq!(service.count("sessions").await, 1, "the one that ended stays ended");

    service.clock.advance(TEN_MINUTES);
    let page = ada.get("/vault").await;
    service.execute_sql("DELETE FROM sessions").await;
    let page = ada.submit_on(&page, "/account/confirm", &[("password", PASSWORD)]).await;
    assert_eq!(page.path, "/login?next=%2Fvault", "where nothing was typed");
}

#[tokio::test]
async fn password_confirmed_in_another_tab_loses_no_form() {
    let (_service, ada) = with_old_log_in().await;
    let page = interrupt(&ada).await;
    ada.submit("/vault", "/account/confirm", &[("password", PASSWORD)]).await;
    let request = ada.request(Method::POST, "/account/confirm").header("sec-fetch-site", "same-origin");
    let mut form = page.form("/account/confirm"); // its token is that of the former session token
    form.retain(|(name, _)| name != "password");
    form.push(("password".to_owned(), PASSWORD.to_owned()));
    let page = ada.send(request.form(&form)).await;
    assert_one_press_sends(&ada, &page).await;
}

#[tokio::test]
async fn form_of_another_account_is_not_confirmed_with_its_password() {
    let (service, ada) = with_old_log_in().await;
    service.register("ben", WRONG).await;
    let form = ada.get("/vault").await.form("/account/confirm");
    ada.log_in("ben", WRONG).await;
    let request = ada.request(Method::POST, "/account/confirm").header("sec-fetch-site", "same-origin");
    let page = ada.send(request.form(&[&form[..], &[("password".to_owned(), PASSWORD.to_owned())]].concat())).await;
    assert_page(&page, 403, "This form was opened with another account.");
    assert!(!page.html.contains(PASSWORD), "{}", page.html);
    assert!(!kinds(&service).await.contains(&EventKind::LogInFailed), "no attempt at ben's password");
}

#[tokio::test]
async fn confirmed_password_or_recent_log_in_leads_on() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for (next, target) in
        [("/home?a=b", "/home?a=b"), ("https://evil.example", "/"), ("/account/confirm", "/"), ("/login", "/")]
    {
        let page = ada.get(&format!("/account/confirm?next={next}")).await;
        assert_eq!(page.path, target, "{next}");
        let page = browser_post(&ada, "/account/confirm", &[("next", next), ("password", PASSWORD)]).await;
        assert_eq!((page.status, page.header("location")), (303, Some(target)), "{next}");
    }
}

#[tokio::test]
async fn form_that_is_too_large_waits_on_its_own_page() {
    let (_service, ada) = with_old_log_in().await;
    let dish = "ü".repeat(8 * 1024);
    let page = browser_post(&ada, "/vault", &[("dish", &dish)]).await;
    assert_page(&page, 403, "Please type your password beside this page, then send this once more");
    assert_eq!(page.attributes("main a[target=_blank]", "href"), ["/account/confirm"]);
    assert_eq!(page.form("/vault"), [("dish".to_owned(), dish)]);
}

#[tokio::test]
async fn form_waits_on_its_own_page_where_the_page_is_the_embedders() {
    let service = Service::with(|builder| builder.without(AccountPage::Confirm)).await;
    let ada = service.ada().await;
    service.clock.advance(TEN_MINUTES);
    let page = browser_post(&ada, "/vault", &[("dish", "soup")]).await;
    assert_page(&page, 403, "Please type your password beside this page");
    assert_eq!(ada.get("/vault").await.path, "/account/confirm?next=%2Fvault");
}

/// Five failures end the exemption of the known browser, and the next five are those without a wait.
#[tokio::test]
async fn wrong_passwords_are_throttled_as_log_ins() {
    let (service, ada) = with_old_log_in().await;
    let send = async |password| browser_post(&ada, "/account/confirm", &[("password", password)]).await;
    for n in 0..10 {
        assert_page(&send(WRONG).await, 422, WRONG_PASSWORD);
        assert_eq!(set_cookie(&ada.get("/").await, "session"), None, "{n}");
    }
    let page = send(PASSWORD).await;
    assert_page(&page, 429, "Too many attempts. Please wait 1 second and try again.");
    assert_eq!(page.header("retry-after"), Some("1"));
    let log_in = browser_post(&service.visitor(), "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(log_in.status, 429, "log-ins by username count with them");
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(send(PASSWORD).await.status, 303);
    for _ in 0..5 {
        assert_page(&send(WRONG).await, 422, WRONG_PASSWORD);
    }
    assert_eq!(send(PASSWORD).await.status, 303, "the browser is known again, with its own failures");
}

#[tokio::test]
async fn password_above_the_length_limit_is_a_failure() {
    let (_service, ada) = with_old_log_in().await;
    for _ in 0..10 {
        let page = browser_post(&ada, "/account/confirm", &[("password", &"x".repeat(1_025))]).await;
        assert_page(&page, 422, WRONG_PASSWORD);
    }
    assert_eq!(browser_post(&ada, "/account/confirm", &[("password", PASSWORD)]).await.status, 429);
}

/// Strangers who have used up the failures of the account do not lock the owner's session.
#[tokio::test]
async fn live_session_is_confirmed_while_strangers_guess() {
    let service = Service::with(|builder| builder.trusted_proxies(["127.0.0.0/8".parse().unwrap()])).await;
    service.register("ada", PASSWORD).await;
    let send = async |client: &TestClient, address: &str, path: &str, password: &str| {
        let request = client.request(Method::POST, path).header("sec-fetch-site", "same-origin");
        let form = [("email", "ada"), ("password", password)];
        client.send(request.header("x-forwarded-for", address).form(&form)).await.status
    };
    let ada = service.visitor();
    assert_eq!(send(&ada, "203.0.113.9", "/login", PASSWORD).await, 303);
    ada.add_cookies(&format!("device-{}=", service.server.address().port())); // the browser is not known any more
    for n in 0..100 {
        let address = format!("198.51.{}.1", n / 5);
        assert_eq!(send(&service.visitor(), &address, "/login", WRONG).await, 422);
    }
    assert_eq!(send(&service.visitor(), "192.0.2.1", "/login", PASSWORD).await, 422, "quietly refused");
    assert_eq!(send(&ada, "192.0.2.1", "/account/confirm", PASSWORD).await, 303);
}

#[tokio::test]
async fn failed_store_keeps_the_session_and_its_token() {
    let (service, ada) = with_old_log_in().await;
    for method in ["sessions.confirm", "credentials.find", "throttles.count", "known_browsers.find"] {
        if method == "throttles.count" {
            ada.add_cookies(&format!("device-{}=", service.server.address().port()));
        }
        service.failing.fail_on(method);
        let page = browser_post(&ada, "/account/confirm", &[("password", PASSWORD), ("next", "/vault")]).await;
        assert_page(&page, 503, "We couldn't save that. Nothing changed, please try again.");
        assert_eq!(set_cookie(&page, "session"), None, "{method}");
        service.failing.fail_on(None);
        assert_page(&ada.get("/vault").await, 200, ASKS);
    }
}

#[tokio::test]
async fn cookie_of_a_remembered_session_lives_as_long_as_the_session() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let typed = [("email", "ada"), ("password", PASSWORD), ("remember", "on")];
    browser_post(&ada, "/login", &typed).await;
    service.clock.advance(Duration::from_hours(24));
    let page = browser_post(&ada, "/account/confirm", &[("password", PASSWORD)]).await;
    let cookie = set_cookie(&page, "session").unwrap();
    assert!(cookie.ends_with(&format!("; Max-Age={}", 29 * 86_400)), "{cookie}");
    let other = service.ada_again().await;
    let page = browser_post(&other, "/account/confirm", &[("password", PASSWORD)]).await;
    let cookie = set_cookie(&page, "session").unwrap();
    assert!(!cookie.contains("Max-Age"), "{cookie}");
}

/// Of two requests at once with one token, such as two tabs, one has the session. The other finds it ended.
#[tokio::test]
async fn concurrent_confirmations_leave_one_session() {
    let (service, ada) = with_old_log_in().await;
    for _ in 0..5 {
        let send = async || browser_post(&ada, "/account/confirm", &[("password", PASSWORD), ("next", "/vault")]).await;
        let cookies = session(&ada);
        let pages: [TestResponse; 2] = tokio::join!(send(), send()).into();
        let renewed = pages.iter().filter(|page| set_cookie(page, "session").is_some()).count();
        assert_eq!((renewed, service.count("sessions").await), (1, 1), "{cookies}");
        assert!(pages.iter().all(|page| page.status == 303));
        assert_eq!(ada.get("/vault").await.path, "/vault");
        service.clock.advance(TEN_MINUTES);
    }
}

#[tokio::test]
async fn use_case_works_without_pages() {
    let (service, ada) = with_old_log_in().await;
    let token = session(&ada);
    let token = accounts::SessionToken::parse(token.split_once('=').unwrap().1).unwrap();
    let attempt = |password: &str| ConfirmPassword {
        session: token.clone(),
        password: Password::parse(password.to_owned()).unwrap(),
        caller: Caller::default(),
        browser: BrowserTokens::default(),
    };
    let wrong = service.accounts.confirm_password(attempt(WRONG)).await;
    assert!(matches!(wrong, Err(ConfirmPasswordError::Mismatch)), "{wrong:?}");
    let confirmed = service.accounts.confirm_password(attempt(PASSWORD)).await.unwrap();
    let live = service.accounts.find_session(&confirmed.token).await.unwrap().unwrap();
    assert_eq!((live.id(), confirmed.user.username.as_str()), (confirmed.session, "ada"));
    let ended = service.accounts.confirm_password(attempt(PASSWORD)).await;
    assert!(matches!(ended, Err(ConfirmPasswordError::SessionEnded)), "{ended:?}");
}
