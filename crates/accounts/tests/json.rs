//! A client that asks for JSON gets errors in JSON, and no redirect to a form.

use accounts::test_kit::{TestClient, TestResponse};
use reqwest::Method;

use crate::common::{Service, assert_has_headers};

async fn send(visitor: &TestClient, accept: &str, method: Method, path: &str) -> TestResponse {
    visitor.send(visitor.request(method, path).header("accept", accept)).await
}

/// Asserts that the response is a problem document (RFC 9457).
fn assert_json(page: &TestResponse, status: u16, title: &str, code: Option<&str>, sentence: &str) {
    assert_eq!((page.status, page.header("location")), (status, None), "{}", page.html);
    assert_eq!(page.header("content-type"), Some("application/problem+json; charset=utf-8"));
    let body: serde_json::Value = serde_json::from_str(&page.html).unwrap();
    let mut expected =
        serde_json::json!({ "type": "about:blank", "title": title, "status": status, "detail": sentence });
    if let Some(code) = code {
        expected["code"] = code.into();
    }
    assert_eq!(body, expected);
    let challenge = (status == 401).then_some("Bearer");
    assert_eq!(page.header("www-authenticate"), challenge);
    assert_has_headers(page);
}

#[tokio::test]
async fn guest_gets_401_in_json() {
    let service = Service::start().await;
    for path in ["/home", "/members/one"] {
        let page = send(&service.visitor(), "application/json", Method::GET, path).await;
        assert_json(
            &page,
            401,
            "Unauthorized",
            Some("log_in_required"),
            "Sorry you must be logged in to view this page",
        );
        assert!(page.headers.get("set-cookie").is_none(), "no flash without a page to show it");
    }
}

#[tokio::test]
async fn every_error_has_its_message_in_json() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let json = "application/json";
    let page = send(&ada, json, Method::GET, "/nowhere").await;
    assert_json(&page, 404, "Not Found", Some("not_found"), "This page doesn't exist, or not anymore.");
    let page = send(&ada, json, Method::OPTIONS, "/login").await;
    assert_json(
        &page,
        405,
        "Method Not Allowed",
        Some("method_not_allowed"),
        "This address does not answer to that. Please go back and use its page.",
    );
    assert_eq!(page.header("allow"), Some("GET, HEAD, POST"));
    let page = send(&ada, json, Method::POST, "/form").await;
    assert_json(
        &page,
        403,
        "Forbidden",
        Some("cross_site"),
        "That did not come from one of our forms, so we left everything as it is. Please go to the page itself and send it from there.",
    );
    let page = send(&ada, json, Method::GET, "/panic").await;
    assert_json(
        &page,
        500,
        "Internal Server Error",
        None,
        "That was our fault, and it has been noted. Please try again in a moment.",
    );
    service.failing.fail_on("everything");
    let page = send(&ada, json, Method::GET, "/home").await;
    assert_json(
        &page,
        503,
        "Service Unavailable",
        Some("unavailable"),
        "We couldn't look that up. Please try again in a moment.",
    );
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
