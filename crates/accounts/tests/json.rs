//! A client that asks for JSON gets errors in JSON, and no redirect to a form.

use accounts::test_kit::{TestClient, TestResponse};
use reqwest::Method;

use crate::common::{Service, assert_has_headers};

async fn send(visitor: &TestClient, accept: &str, method: Method, path: &str) -> TestResponse {
    visitor.send(visitor.request(method, path).header("accept", accept)).await
}

fn assert_json(page: &TestResponse, status: u16, sentence: &str) {
    assert_eq!((page.status, page.header("location")), (status, None), "{}", page.html);
    assert_eq!(page.header("content-type"), Some("application/json; charset=utf-8"));
    let body: serde_json::Value = serde_json::from_str(&page.html).unwrap();
    assert_eq!(body, serde_json::json!({ "error": sentence }));
    assert_has_headers(page);
}

#[tokio::test]
async fn guest_gets_401_in_json() {
    let service = Service::start().await;
    for path in ["/home", "/members/one"] {
        let page = send(&service.visitor(), "application/json", Method::GET, path).await;
        assert_json(&page, 401, "Sorry you must be logged in to view this page");
        assert!(page.headers.get("set-cookie").is_none(), "no flash without a page to show it");
    }
}

#[tokio::test]
async fn every_error_has_its_message_in_json() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let json = "application/json";
    let page = send(&ada, json, Method::GET, "/nowhere").await;
    assert_json(&page, 404, "This page doesn't exist, or not anymore.");
    let page = send(&ada, json, Method::OPTIONS, "/login").await;
    assert_json(&page, 405, "This address does not answer to that. Please go back and use its page.");
    assert_eq!(page.header("allow"), Some("GET, HEAD, POST"));
    let page = send(&ada, json, Method::POST, "/form").await;
    assert_json(
        &page,
        403,
        "That did not come from one of our forms, so we left everything as it is. Please go to the page itself and send it from there.",
    );
    let page = send(&ada, json, Method::GET, "/panic").await;
    assert_json(&page, 500, "That was our fault, and it has been noted. Please try again in a moment.");
    service.failing.fail_on("everything");
    let page = send(&ada, json, Method::GET, "/home").await;
    assert_json(&page, 503, "We couldn't look that up. Please try again in a moment.");
    assert_eq!(page.header("retry-after"), Some("5"));
}

#[tokio::test]
async fn browser_accept_header_gets_html() {
    let service = Service::start().await;
    for accept in ["text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8", "*/*", ""] {
        let page = send(&service.visitor(), accept, Method::GET, "/home").await;
        assert_eq!((page.status, page.header("location")), (303, Some("/login?next=%2Fhome")), "{accept}");
    }
}
