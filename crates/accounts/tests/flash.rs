//! Flash messages: shown once, and kept until a page shows them.

use reqwest::Method;

use crate::common::{GUEST_FLASH, Log, PASSWORD, Service, assert_page, browser_post, identity, set_cookie};

async fn add_flash(visitor: &accounts::test_kit::TestClient, text: &str) -> accounts::test_kit::TestResponse {
    browser_post(visitor, "/echo", &[("text", text)]).await
}

#[tokio::test]
async fn flash_is_shown_once() {
    let service = Service::start().await;
    let visitor = service.visitor();
    add_flash(&visitor, "soup's up").await;
    assert_eq!(visitor.get("/").await.texts(".flash[role=alert]"), ["soup's up"]);
    assert!(visitor.get("/").await.texts(".flash").is_empty());
    assert!(!visitor.cookies().contains("flash-"), "{}", visitor.cookies());
}

#[tokio::test]
async fn flash_survives_responses_without_a_page() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let request = |method, path| ada.request(method, path);
    add_flash(&ada, "soup's up").await;
    assert_eq!(ada.send(request(Method::GET, "/members/one")).await.text, "members only");
    assert_eq!(ada.send(request(Method::GET, "/login")).await.status, 303);
    assert_eq!(ada.send(request(Method::HEAD, "/")).await.status, 200);
    assert_eq!(browser_post(&ada, "/logout", &[]).await.status, 303);
    assert_eq!(ada.get("/").await.texts(".flash"), ["soup's up", "You are logged out."]);
}

#[tokio::test]
async fn flash_survives_a_log_in() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    add_flash(&ada, "soup's up").await;
    assert_eq!(browser_post(&ada, "/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.status, 303);
    assert_eq!(ada.get("/home").await.texts(".flash"), ["soup's up", "Welcome back, ada."]);
}

#[tokio::test]
async fn error_page_shows_the_flash() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for (path, status) in [("/nowhere", 404), ("/panic", 500)] {
        add_flash(&visitor, "soup's up").await;
        let page = visitor.get(path).await;
        assert_page(&page, status, "soup's up");
        assert!(visitor.get("/").await.texts(".flash").is_empty(), "{path}");
    }
    add_flash(&visitor, "soup's up").await;
    service.failing.fail_on("everything");
    visitor.add_cookies(&format!("session-{}={}", service.server.address().port(), "A".repeat(43)));
    assert_page(&visitor.get("/").await, 503, "soup's up");
}

#[tokio::test]
async fn flash_of_several_redirected_tabs_is_shown_once() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for _ in 0..5 {
        visitor.send(visitor.request(Method::GET, "/home")).await;
    }
    let page = visitor.get("/login").await;
    assert_eq!(page.texts(".flash"), ["Sorry you must be logged in to view this page"]);
}

#[tokio::test]
async fn flash_cookie_has_at_most_1_kib() {
    let service = Service::start().await;
    let visitor = service.ada().await;
    for n in 0..20 {
        let page = add_flash(&visitor, &format!("{n} {}", "long ".repeat(100))).await;
        let cookie = set_cookie(&page, "flash-").unwrap();
        assert!(cookie.split(';').next().unwrap().len() <= 1_024 + "flash-65535=".len(), "{}", cookie.len());
    }
    let page = visitor.get("/").await;
    assert!(page.texts(".flash")[0].starts_with("19 long long"), "{}", page.text);
}

/// The value of the flash cookie that a response sets.
fn flash_value(page: &accounts::test_kit::TestResponse) -> String {
    set_cookie(page, "flash-").unwrap().split(['=', ';']).nth(1).unwrap().to_owned()
}

/// The flash messages of the first page that a browser with these cookies sees. `flash` and `session` are names without the port.
async fn shown(service: &Service, visitor: &accounts::test_kit::TestClient, cookies: &[(&str, &str)]) -> Vec<String> {
    let port = service.server.address().port();
    let cookies: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}-{port}={value}")).collect();
    visitor.add_cookies(&cookies.join("; "));
    let page = visitor.get("/").await;
    assert_eq!(page.status, 200);
    page.texts(".flash")
}

#[tokio::test]
async fn planted_flash_cookie_shows_nothing() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let planted = auth_signed(&[7; 32], "sSend your password to eve.");
    for value in [
        "c1NvdXA",        // sSoup, as earlier versions wrote it
        "cjxiPmhpPC9iPg", // r<b>hi</b>
        "1",              // a number of no message
        "%%%",
        "c_8",
        "....",
        "",
        &planted,
    ] {
        assert_eq!(shown(&service, &service.visitor(), &[("flash", value)]).await, [""; 0], "{value}");
        assert_eq!(shown(&service, &ada, &[("flash", value)]).await, [""; 0], "{value}");
    }
    let long = "c1NvdXA.".repeat(400);
    assert_eq!(shown(&service, &service.visitor(), &[("flash", &long)]).await, [""; 0]);
}

/// A text signed for a flash message, as a program that knows the secret can sign it.
fn auth_signed(secret: &[u8; 32], payload: &str) -> String {
    auth::signed::sign(secret, auth::signed::Purpose::FlashMessage, payload.as_bytes())
}

#[tokio::test]
async fn flash_planted_with_its_session_or_visit_cookie_shows_nothing() {
    let service = Service::start().await;
    let (secret, text) = ([7; 32], "sSend your password to eve.");
    let token = auth::SessionToken::parse("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc").unwrap();
    assert_eq!(token.secret(), &secret);
    let planted = auth_signed(&secret, text);
    for name in ["session", "visit"] {
        let cookies = [("flash", planted.as_str()), (name, &token.expose())];
        assert_eq!(shown(&service, &service.visitor(), &cookies).await, [""; 0], "{name}: no live session");
    }
    service.failing.fail_on("sessions.find");
    let visitor = service.visitor();
    let port = service.server.address().port();
    visitor.add_cookies(&format!("flash-{port}={planted}; session-{port}={}", token.expose()));
    let page = visitor.get("/").await;
    assert_page(&page, 503, "");
    assert_eq!(page.texts(".flash"), [""; 0], "nobody knows whether the session is live");
}

#[tokio::test]
async fn flash_of_one_user_is_not_shown_to_another() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let value = flash_value(&add_flash(&ada, "for ada").await);
    service.register("ben", PASSWORD).await;
    let ben = service.visitor();
    ben.log_in("ben", PASSWORD).await;
    assert_eq!(shown(&service, &ben, &[("flash", &value)]).await, [""; 0]);
    assert_eq!(shown(&service, &ada, &[("flash", &value)]).await, ["for ada"]);
}

#[tokio::test]
async fn flash_for_a_user_survives_a_failing_store_and_not_a_log_out() {
    let service = Service::start().await;
    let ada = service.ada().await;
    add_flash(&ada, "for ada").await;
    service.failing.fail_on("sessions.find");
    let page = ada.get("/home").await;
    assert_eq!((page.status, page.texts(".flash")), (503, vec![]), "nobody knows whether the session is live");
    service.failing.fail_on(None);
    assert_eq!(ada.get("/home").await.texts(".flash"), ["for ada"]);
    add_flash(&ada, "for ada").await;
    add_flash(&ada, GUEST_FLASH).await;
    browser_post(&ada, "/logout", &[]).await;
    assert_eq!(ada.get("/").await.texts(".flash"), [GUEST_FLASH, "You are logged out."]);
}

#[tokio::test]
async fn flash_for_a_guest_is_lost_and_logged_unless_listed() {
    let (log, _guard) = Log::of_this_thread();
    let service = Service::start().await;
    let visitor = service.visitor();
    add_flash(&visitor, GUEST_FLASH).await;
    assert!(!log.text().contains("guest_messages"), "{}", log.text());
    let page = add_flash(&visitor, "typed by a guest").await;
    assert_eq!(page.status, 303);
    assert_eq!(visitor.get("/").await.texts(".flash"), [GUEST_FLASH]);
    let dropped = "dropped a flash message for a guest that guest_messages does not list";
    assert_eq!(log.text().matches(dropped).count(), 1, "{}", log.text());
    assert!(!log.text().contains("typed by a guest"), "{}", log.text());
}

#[tokio::test]
async fn flash_signed_by_the_former_session_survives_a_log_in_of_its_user() {
    let service = Service::start().await;
    let ada = service.ada().await;
    add_flash(&ada, "for ada").await;
    browser_post(&ada, "/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    let page = ada.get("/home").await;
    assert_eq!(
        (identity(&page), page.texts(".flash")),
        ("You are ada.".to_owned(), vec!["for ada".to_owned(), "Welcome back, ada.".to_owned()])
    );
}

/// What was said to the user of one session is not said to that of the next.
#[tokio::test]
async fn second_log_in_greets_its_user_alone() {
    let service = Service::start().await;
    let browser = service.visitor();
    for name in ["ada", "ben"] {
        service.register(name, PASSWORD).await;
        let page = browser_post(&browser, "/login", &[("email", name), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 303, "{name}");
    }
    assert_eq!(browser.get("/").await.texts(".flash"), ["Welcome back, ben."]);
}
