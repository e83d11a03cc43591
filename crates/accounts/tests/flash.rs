//! Flash messages: shown once, and kept until a page shows them.

use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_page, browser_post, set_cookie};

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
    let visitor = service.visitor();
    for n in 0..20 {
        let page = add_flash(&visitor, &format!("{n} {}", "long ".repeat(100))).await;
        let cookie = set_cookie(&page, "flash-").unwrap();
        assert!(cookie.split(';').next().unwrap().len() <= 1_024 + "flash-65535=".len(), "{}", cookie.len());
    }
    let page = visitor.get("/").await;
    assert!(page.texts(".flash")[0].starts_with("19 long long"), "{}", page.text);
}

#[tokio::test]
async fn forged_flash_cookie_shows_plain_text_or_nothing() {
    let service = Service::start().await;
    let name = format!("flash-{}", service.server.address().port());
    for (value, shown) in [
        ("c1NvdXA", vec!["Soup"]),             // sSoup
        ("cjxiPmhpPC9iPg", vec!["<b>hi</b>"]), // r<b>hi</b>
        ("eFNvdXA", vec![]),                   // xSoup
        ("%%%", vec![]),
        ("c_8", vec![]), // not UTF-8
        ("....", vec![]),
        ("", vec![]),
    ] {
        let visitor = service.visitor();
        visitor.add_cookies(&format!("{name}={value}"));
        let page = visitor.get("/").await;
        assert_eq!(
            (page.status, page.texts(".flash")),
            (200, shown.iter().map(|s| (*s).to_owned()).collect()),
            "{value}"
        );
    }
    let visitor = service.visitor();
    visitor.add_cookies(&format!("{name}={}", "c1NvdXA.".repeat(400)));
    assert!(visitor.get("/").await.texts(".flash").is_empty(), "a value above 1 KiB is ignored");
}
