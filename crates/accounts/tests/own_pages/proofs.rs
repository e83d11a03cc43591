//! Sign-ins over HTTP by a proof of the embedder's, and by two proofs; and a store that fails under own pages.

use accounts::Caller;
use reqwest::Method;

use super::pages::{LOG_IN, REGISTER};
use super::{id, log_in, registration, service};
use crate::common::{self, PASSWORD, assert_page, browser_post, identity, set_cookie, set_cookies};

#[tokio::test]
async fn failed_store_is_a_503_page_of_own_pages_too() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let user = id(&service, "ada").await.get().to_string();
    let visitor = service.visitor();
    for (method, path, form) in [
        ("sessions.open", LOG_IN, vec![("email", "ada"), ("password", PASSWORD)]),
        ("credentials.find_by_username", LOG_IN, vec![("email", "ada"), ("password", PASSWORD)]),
        ("users.add", REGISTER, registration("ben", "ben@example.com", PASSWORD).to_vec()),
        ("sessions.open", "/link", vec![("user", &*user)]),
        ("credentials.find", "/link", vec![("user", &*user)]),
        ("known_browsers.find", "/link", vec![("user", &*user)]),
    ] {
        service.failing.fail_on(method);
        let page = browser_post(&visitor, path, &form).await;
        assert_page(&page, 503, "We couldn't save that. Nothing changed, please try again.");
        assert!(set_cookies(&page).iter().all(|cookie| !cookie.starts_with("session")), "{method} {path}");
        assert!(!page.text.contains("Welcome"), "{}", page.text);
        assert_eq!(service.count("sessions").await, 0, "{method} {path}");
    }
    service.failing.fail_on("sessions.find");
    service.failing.fail_on(None);
    assert_eq!(browser_post(&visitor, "/link", &[("user", &user)]).await.status, 303);
}

#[tokio::test]
async fn link_signs_in_as_a_log_in_does() {
    let service = service(|builder| builder).await;
    for name in ["ada", "ben"] {
        service.register(name, PASSWORD).await;
    }
    let (ada, ben) = (id(&service, "ada").await.get().to_string(), id(&service, "ben").await.get().to_string());
    let browser = service.visitor();
    let page = browser_post(&browser, "/link", &[("user", &ada), ("remember", "on"), ("next", "/home")]).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/home")));
    assert!(set_cookie(&page, "session").unwrap().ends_with("Max-Age=2592000"));
    let device = set_cookie(&page, "device").unwrap();
    let page = browser.get("/vault").await;
    assert_eq!((page.path.as_str(), page.texts(".flash")), ("/vault", vec!["Welcome back, ada.".to_owned()]));

    // The browser is known to ada's account: the same token of it stays. Another user gets one of their own.
    let page = browser_post(&browser, "/link", &[("user", &ada)]).await;
    let value = |line: &str| line.split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(value(&set_cookie(&page, "device").unwrap()), value(&device));
    assert_eq!(service.count("sessions").await, 1, "the former session has ended");
    let former = browser.cookies();
    let page = browser_post(&browser, "/link", &[("user", &ben)]).await;
    assert_eq!(value(&set_cookie(&page, "device").unwrap()).split('.').count(), 2);
    assert_eq!(identity(&browser.get("/").await), "You are ben.");
    assert_eq!(service.count("sessions").await, 1, "another user's session in this browser has ended");
    let stolen = service.visitor();
    stolen.add_cookies(&former);
    assert_eq!(identity(&stolen.get("/").await), "You are anonymous.");
}

/// It leads to the `next` that was sent, and never back to the page of the proof, whose link is used up.
#[tokio::test]
async fn link_leads_to_the_next_that_was_sent() {
    let service = service(|builder| builder.after_log_in("/form")).await;
    service.register("ada", PASSWORD).await;
    let user = id(&service, "ada").await.get().to_string();
    for (next, location) in
        [("/home?a=1", "/home?a=1"), ("//evil.example", "/form"), ("/come-in", "/form"), ("", "/form")]
    {
        let browser = service.visitor();
        let request = browser.request(Method::POST, "/link").header("sec-fetch-site", "same-origin");
        let request = request.header("referer", service.server.url("/link?token=1"));
        let page = browser.send(request.form(&[("user", &*user), ("next", next)])).await;
        assert_eq!((page.status, page.header("location")), (303, Some(location)), "{next}");
    }
}

#[tokio::test]
async fn link_of_a_user_who_cannot_log_in_opens_no_session_and_says_why() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let ada = id(&service, "ada").await;
    let browser = service.visitor();
    log_in(&browser, LOG_IN, PASSWORD).await;
    let send = async |user: i64| browser_post(&browser, "/link", &[("user", &user.to_string())]).await;
    assert_page(&send(ada.get() + 1).await, 403, "You can't do that with this account.");
    assert_eq!(identity(&browser.get("/").await), "You are ada.", "the former session stays");

    service.accounts.request_deletion(ada, &Caller::default()).await.unwrap();
    let page = send(ada.get()).await;
    assert_eq!(page.status, 303);
    let expected = "Welcome back, ada. Your account stays: it won't be deleted.";
    assert_eq!(browser.get("/home").await.texts(".flash"), [expected]);

    service.accounts.disable(ada, &Caller::default()).await.unwrap();
    let page = send(ada.get()).await;
    assert_page(&page, 200, "Your account is disabled.");
    assert_eq!((set_cookie(&page, "session"), service.count("sessions").await), (None, 0));
    service.accounts.enable(ada, &Caller::default()).await.unwrap();

    service.accounts.delete(ada, &Caller::default()).await.unwrap();
    let page = send(ada.get()).await;
    assert_page(&page, 403, "You can't do that with this account.");
    assert_eq!((set_cookie(&page, "session"), service.count("sessions").await), (None, 0));
}

/// A message that was said to one user is not said to the next, and one for guests stays.
#[tokio::test]
async fn link_keeps_the_flash_messages_that_the_next_user_may_see() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let user = id(&service, "ada").await.get().to_string();
    let browser = service.visitor();
    browser_post(&browser, "/echo", &[("text", common::GUEST_FLASH)]).await;
    browser_post(&browser, "/link", &[("user", &user)]).await;
    assert_eq!(browser.get("/").await.texts(".flash"), [common::GUEST_FLASH, "Welcome back, ada."]);
}

#[tokio::test]
async fn second_proof_is_asked_between_the_password_and_the_session() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let send = async |password: &str, second: &str| {
        browser_post(&ada, "/two-steps", &[("password", password), ("second", second)]).await
    };
    for (password, second) in [("wrong otter seven", "1234"), (PASSWORD, "9999")] {
        let page = send(password, second).await;
        assert_eq!((page.header("location"), service.count("sessions").await), (Some("/two-steps-refused"), 0));
        assert!(set_cookie(&page, "session").is_none());
    }
    let page = send(PASSWORD, "1234").await;
    assert_eq!((page.header("location"), service.count("sessions").await), (Some("/home"), 1));
    assert_eq!(ada.get("/home").await.texts(".flash"), ["Hello again, ada, with both."]);
}

/// A right password with a wrong second proof stays counted as a failure: the second proof cannot be guessed without end.
#[tokio::test]
async fn failed_second_proofs_are_throttled() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let guesser = service.visitor();
    for _ in 0..6 {
        let page = browser_post(&guesser, "/two-steps", &[("password", PASSWORD), ("second", "9999")]).await;
        assert_eq!(page.status, 303);
    }
    let page = log_in(&guesser, LOG_IN, PASSWORD).await;
    assert_page(&page, 429, "Too many attempts. Please wait 1 second and try again.");
}
