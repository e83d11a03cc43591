//! `POST /logout`: the session ends on the server.

use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_has_headers, browser_post, identity, set_cookie, set_cookies};

#[tokio::test]
async fn log_out_ends_the_session_and_leads_to_the_index() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = ada.submit("/", "/logout", &[]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/"));
    assert!(page.text.contains("You are logged out."), "{}", page.text);
    assert_eq!(identity(&page), "You are anonymous.");
    assert_eq!(service.count("sessions").await, 0);
    assert!(!ada.cookies().contains("session-"), "{}", ada.cookies());
}

#[tokio::test]
async fn stolen_cookie_is_dead_after_the_log_out() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for remember in [&[][..], &[("remember", "on")]] {
        let ada = service.visitor();
        let form = [&[("email", "ada@example.com"), ("password", PASSWORD)], remember].concat();
        ada.submit("/login", "/login", &form).await;
        let stolen = ada.cookies();
        let thief = service.visitor();
        thief.add_cookies(&stolen);
        assert_eq!(identity(&thief.get("/home").await), "You are ada.", "the cookie alone opens a live session");
        ada.submit("/", "/logout", &[]).await;
        thief.add_cookies(&stolen);
        let page = thief.get("/home").await;
        assert_eq!(page.path, "/login?next=%2Fhome");
        assert!(page.text.contains("Your session has ended. Please log in again."), "{}", page.text);
        assert!(!page.text.contains("recipe"));
    }
}

#[tokio::test]
async fn log_out_removes_cookies_and_clears_the_cache() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = browser_post(&ada, "/logout", &[]).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/")));
    assert_eq!(page.header("clear-site-data"), Some("\"cache\""));
    for name in ["session", "visit"] {
        let cookie = set_cookie(&page, name).unwrap_or_else(|| panic!("no {name}: {:?}", set_cookies(&page)));
        let (value, attributes) = cookie.split_once("; ").unwrap();
        assert!(value.ends_with('='), "{cookie}");
        for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=0"] {
            assert!(attributes.split("; ").any(|found| found == part), "{part}: {cookie}");
        }
    }
    assert_has_headers(&page);
}

#[tokio::test]
async fn log_out_ignores_get_and_method_override() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for path in ["/logout", "/logout?_method=POST"] {
        let request = ada.request(Method::GET, path).header("x-http-method-override", "POST");
        let page = ada.send(request.header("sec-fetch-site", "same-origin")).await;
        assert_eq!((page.status, page.header("allow")), (405, Some("POST")));
        assert_has_headers(&page);
    }
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn log_out_of_a_guest_is_no_error() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..2 {
        let page = browser_post(&ada, "/logout", &[]).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/")));
    }
}

#[tokio::test]
async fn log_out_ends_only_this_session() {
    let service = Service::start().await;
    let (ada, phone) = (service.ada().await, service.visitor());
    phone.log_in("ada", PASSWORD).await;
    ada.submit("/", "/logout", &[]).await;
    assert_eq!(identity(&phone.get("/home").await), "You are ada.");
    assert_eq!(service.count("sessions").await, 1);
}
