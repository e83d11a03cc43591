//! `POST /logout`: the session ends on the server, and the page after it says so.

use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_has_headers, browser_post, set_cookie, set_cookies, who};

#[tokio::test]
async fn logging_out_ends_the_session_and_leads_to_the_index() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = ada.submit("/", "/logout", &[]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/"));
    assert!(page.text.contains("You are logged out."), "{}", page.text);
    assert_eq!(who(&page), "You are a guest.");
    assert_eq!(service.count("sessions").await, 0);
    assert!(!ada.cookies().contains("session-"), "{}", ada.cookies());
}

#[tokio::test]
async fn an_old_cookie_opens_nothing_remembered_or_not() {
    let service = Service::start().await;
    for remember in [&[][..], &[("remember", "on")]] {
        let ada = service.visitor();
        ada.register("ada", PASSWORD).await;
        let form = [&[("email", "ada@example.com"), ("password", PASSWORD)], remember].concat();
        ada.submit("/login", "/login", &form).await;
        let stolen = ada.cookies();
        let thief = service.visitor();
        thief.add_cookies(&stolen);
        assert_eq!(who(&thief.get("/home").await), "You are ada.", "while it lives, the cookie is all it takes");
        ada.submit("/", "/logout", &[]).await;
        thief.add_cookies(&stolen);
        let page = thief.get("/home").await;
        assert_eq!(page.path, "/login?next=%2Fhome");
        assert!(page.text.contains("Your session has ended. Please log in again."), "{}", page.text);
        assert!(!page.text.contains("recipe"));
    }
}

#[tokio::test]
async fn the_answer_takes_the_cookies_away_by_their_attributes_and_clears_what_back_would_show() {
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
async fn a_get_logs_nobody_out_nor_does_a_method_override() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for path in ["/logout", "/logout?_method=POST"] {
        let request = ada.request(Method::GET, path).header("x-http-method-override", "POST");
        let page = ada.send(request.header("sec-fetch-site", "same-origin")).await;
        assert_eq!((page.status, page.header("allow")), (405, Some("POST")));
        assert_has_headers(&page);
    }
    assert_eq!(who(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn logging_out_twice_or_as_a_guest_is_no_error() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..2 {
        let page = browser_post(&ada, "/logout", &[]).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/")));
    }
}

#[tokio::test]
async fn logging_out_ends_this_session_and_no_other() {
    let service = Service::start().await;
    let (ada, phone) = (service.ada().await, service.visitor());
    phone.log_in("ada", PASSWORD).await;
    ada.submit("/", "/logout", &[]).await;
    assert_eq!(who(&phone.get("/home").await), "You are ada.");
    assert_eq!(service.count("sessions").await, 1);
}
