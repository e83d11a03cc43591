//! Routes that are open to POSTs of any origin: webhooks.

use std::time::Duration;

use accounts::test_kit::TestClient;
use accounts::web::{CurrentUser, PageContext, Problem, Submitted, Visitor, methods};
use accounts::{Accounts, BuildError, StoreError};
use poem::{Response, Route, handler};
use reqwest::Method;

use crate::common::{PASSWORD, Service, TextForm, assert_has_headers, assert_page, pages, raw};

const CROSS_SITE: &str = "That did not come from one of our forms";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[handler]
fn take(visitor: Visitor, body: String) -> String {
    format!("{} sends {body}", visitor.user().map_or("anonymous", |user| user.username.as_str()))
}

#[handler]
fn member(user: CurrentUser, _form: Submitted<TextForm>) -> String {
    user.username.to_string()
}

#[handler]
fn failing(_form: Submitted<TextForm>) -> Result<Response, Problem> {
    Err(StoreError::new("disk full").into())
}

#[handler]
fn form(page: PageContext) -> Response {
    page.render("A form", &page.csrf_field().to_string())
}

async fn start() -> Service {
    let open = |builder: accounts::Builder| builder.open_at("/hooks/:name").open_at("/paid");
    let routes = pages()
        .at("/hooks/stripe", methods().get(form).post(take))
        .at("/hooks/member", methods().post(member))
        .at("/hooks/failing", methods().post(failing))
        .at("/hooks/stripe/more", methods().post(take));
    Service::with_pages(open, routes).await
}

async fn post(
    client: &TestClient,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> accounts::test_kit::TestResponse {
    let request = client.request(Method::POST, path).body(body.to_owned());
    client.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn open_route_takes_a_post_of_any_origin() {
    let service = start().await;
    for headers in [
        &[][..],
        &[("origin", "https://pay.example")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("authorization", "Basic YWRhOng=")],
        &[("cookie", "other=1")],
    ] {
        for (kind, body) in [("application/json", r#"{"a":1}"#), (FORM.1, "a=1&passenger=ada"), ("text/plain", "")] {
            let headers = [headers, &[("content-type", kind)]].concat();
            let response = post(&service.visitor(), "/hooks/stripe", &headers, body).await;
            let text = format!("anonymous sends {body}");
            assert_eq!((response.status, response.text.as_str()), (200, text.trim()));
            assert_has_headers(&response);
        }
    }
}

#[tokio::test]
async fn open_route_checks_a_request_with_a_browsers_cookies() {
    let service = start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    ada.log_in("ada", PASSWORD).await;
    for headers in [&[][..], &[("origin", "https://pay.example")], &[("sec-fetch-site", "cross-site")]] {
        assert_page(&post(&ada, "/hooks/stripe", headers, "").await, 403, CROSS_SITE);
    }
    let own = post(&ada, "/hooks/stripe", &[("sec-fetch-site", "same-origin")], "x").await;
    assert_eq!(own.text, "ada sends x");
    let guest = service.visitor();
    guest.get("/hooks/stripe").await; // sets the pre-session cookie
    assert_page(&post(&guest, "/hooks/stripe", &[("origin", "https://pay.example")], "").await, 403, CROSS_SITE);
}

#[tokio::test]
async fn other_routes_and_methods_stay_closed() {
    let service = start().await;
    let foreign = [("origin", "https://pay.example")];
    for path in ["/hooks/stripe/more", "/hooks", "/hooks/", "/hooks/stripe/", "/form", "/login", "/", "/Paid"] {
        assert_page(&post(&service.visitor(), path, &foreign, "").await, 403, CROSS_SITE);
    }
    for method in ["PUT", "PATCH", "DELETE", "BREW"] {
        let visitor = service.visitor();
        let request = visitor.request(method.parse().unwrap(), "/hooks/stripe");
        assert_page(&visitor.send(request).await, 403, CROSS_SITE);
    }
}

#[tokio::test]
async fn open_route_has_limits_and_error_pages() {
    let service = start().await;
    let visitor = service.visitor();
    let large = "x".repeat(65_537);
    let page = post(&visitor, "/hooks/stripe", &[], &large).await;
    assert_page(&page, 413, "What was sent is larger than we take.");
    assert_page(&post(&visitor, "/paid", &[], "").await, 404, "This page doesn't exist");
    assert_page(&post(&visitor, "/hooks/failing", &[FORM], "text=%zz").await, 400, "What was sent is damaged.");
    let json = [("accept", "application/json"), ("origin", "https://pay.example"), FORM];
    let page = post(&visitor, "/hooks/failing", &json, "text=soup").await;
    let body: serde_json::Value = serde_json::from_str(&page.html).unwrap();
    assert_eq!((page.status, &body["code"]), (503, &"unavailable".into()));
    assert_eq!(page.header("retry-after"), Some("5"));
    let head = "POST /hooks/stripe HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(raw(&service.server, head).await.status, 421, "the host is checked");
}

/// What another site sent is never offered for sending again, with a token of ours.
#[tokio::test]
async fn foreign_form_is_neither_kept_nor_waits_for_a_log_in() {
    let service = start().await;
    let visitor = service.visitor();
    let foreign = [("origin", "http://evil.example"), FORM];
    let page = post(&visitor, "/hooks/failing", &foreign, "text=planted").await;
    assert_eq!((page.status, page.texts("main form").len()), (503, 0), "{}", page.html);
    assert!(!page.html.contains("planted"));
    let page = post(&visitor, "/hooks/member", &foreign, "text=planted").await;
    assert_eq!((page.status, page.header("location")), (303, Some("/login")));
}

#[tokio::test]
async fn handler_timeout_applies_to_an_open_route() {
    #[handler]
    async fn hang() -> &'static str {
        std::future::pending().await
    }
    let settings = |builder: accounts::Builder| builder.open_at("/hang").handler_timeout(Duration::from_millis(50));
    let service = Service::with_pages(settings, Route::new().at("/hang", methods().post(hang))).await;
    assert_eq!(post(&service.visitor(), "/hang", &[], "").await.status, 503);
}

/// The signature of a webhook is over all of its body.
#[tokio::test]
async fn form_with_files_stays_in_the_body_of_an_open_route() {
    let settings = |builder: accounts::Builder| builder.open_at("/hooks/:name").body_limit_at("/hooks/mail", 200_000);
    let service = Service::with_pages(settings, Route::new().at("/hooks/mail", methods().post(take))).await;
    let part = "--X\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\n";
    let body = format!("{part}{}\r\n--X--\r\n", "x".repeat(100_000));
    let headers = [("content-type", "multipart/form-data; boundary=X"), ("origin", "https://mail.example")];
    let response = post(&service.visitor(), "/hooks/mail", &headers, &body).await;
    assert_eq!((response.status, response.html), (200, format!("anonymous sends {body}")));
}

#[tokio::test]
async fn account_page_cannot_be_opened() {
    for path in ["/login", "/:page", "/account/*rest", "/*all", "/account/:page"] {
        let error = Accounts::builder().open_at(path).ensure_valid().unwrap_err();
        assert!(matches!(&error, BuildError::IncludesAnAccountPage { path: named, .. } if named == path), "{error}");
    }
    let moved = Accounts::builder().log_in_at("/enter").open_at("/enter").ensure_valid().unwrap_err();
    assert_eq!(moved.to_string(), "`/enter` includes the account page /enter");
    let left_out = Accounts::builder().without(accounts::web::AccountPage::LogIn).open_at("/login");
    assert!(left_out.ensure_valid().is_ok(), "there is no such page then");
}
