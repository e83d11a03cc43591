//! The origin check and the CSRF token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use accounts::test_kit::{TestClient, TestResponse, TestServer};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity, set_cookie};

const LOG_IN: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];
const CROSS_SITE: &str = "That did not come from one of our forms, so we left everything as it is. \
    Please go to the page itself and send it from there.";
const STALE: &str = "This form was open for too long. Please send it once more.";

/// Posts a form with these headers, without a token.
async fn post(visitor: &TestClient, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> TestResponse {
    let request = visitor.request(Method::POST, path).form(form);
    visitor.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

/// The CSRF token of a form.
fn token(page: &TestResponse, action: &str) -> String {
    page.form(action).into_iter().find(|(name, _)| name == "csrf_token").unwrap().1
}

#[tokio::test]
async fn form_with_own_origin_headers_is_accepted() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let origin = service.server.url("");
    let localhost = origin.replace("127.0.0.1", "localhost");
    for headers in [
        &[("sec-fetch-site", "same-origin")][..],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin"), ("origin", &origin)],
        &[("origin", &origin)],
        &[("origin", &localhost)],
    ] {
        let page = post(&service.visitor(), "/login", headers, &LOG_IN).await;
        assert_eq!(page.status, 303, "{headers:?}: {}", page.text);
    }
}

#[tokio::test]
async fn form_of_foreign_or_unknown_origin_is_refused() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let origin = service.server.url("");
    let (port, secure) = (service.server.address().port(), origin.replace("http:", "https:"));
    let other = format!("http://127.0.0.1:{}", port.wrapping_add(1));
    let lookalike = format!("http://localhost.evil.example:{port}");
    let cases: &[&[(&str, &str)]] = &[
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &origin)],
        &[("sec-fetch-site", "Same-Origin")],
        &[("sec-fetch-site", "")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", &other)],
        &[("origin", &secure)],
        &[("origin", &lookalike)],
        &[("origin", &origin), ("origin", "http://evil.example")],
        &[("referer", &origin)],
    ];
    for path in ["/login", "/register", "/logout", "/form"] {
        for headers in cases {
            let page = post(&ada, path, headers, &LOG_IN).await;
            assert_page(&page, 403, CROSS_SITE);
            assert!(page.texts("main form").is_empty(), "a foreign form is not offered again: {headers:?}");
        }
    }
    assert_eq!(identity(&ada.get("/home").await), "You are ada.", "nothing changed");
    assert_eq!((service.count("users").await, service.count("sessions").await), (1, 1));
}

#[tokio::test]
async fn valid_token_from_another_site_is_refused() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let token = token(&ada.get("/").await, "/logout");
    for headers in [&[("sec-fetch-site", "cross-site")], &[("origin", "http://evil.example")]] {
        assert_page(&post(&ada, "/logout", headers, &[("csrf_token", &token)]).await, 403, CROSS_SITE);
    }
}

#[tokio::test]
async fn form_without_origin_headers_needs_a_valid_token() {
    let service = Service::start().await;
    let (ada, eve) = (service.ada().await, service.visitor());
    let (good, foreign) = (token(&ada.get("/").await, "/logout"), token(&eve.get("/login").await, "/login"));
    for token in ["", "x", &good[1..], &foreign, &good.to_lowercase()] {
        assert_page(&post(&ada, "/logout", &[], &[("csrf_token", token)]).await, 403, CROSS_SITE);
    }
    let twice = [("csrf_token", good.as_str()), ("csrf_token", good.as_str())];
    assert_page(&post(&ada, "/logout", &[], &twice).await, 403, CROSS_SITE);
    assert_page(&post(&ada, "/logout?csrf_token=", &[], &[]).await, 403, CROSS_SITE);
    assert_eq!(post(&ada, "/logout", &[], &[("csrf_token", &good)]).await.status, 303);
}

#[tokio::test]
async fn token_differs_in_each_response() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let (one, other) = (token(&ada.get("/").await, "/logout"), token(&ada.get("/").await, "/logout"));
    assert_ne!(one, other);
    let page = ada.get("/login?next=/").await;
    assert!(
        page.form("/logout").iter().all(|(_, value)| !ada.cookies().contains(value)),
        "the token is not the cookie"
    );
}

#[tokio::test]
async fn form_from_before_the_log_in_is_stale() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let before = ada.get("/login").await;
    let (old, pre_session) = (token(&before, "/login"), ada.cookies());
    assert!(pre_session.starts_with("visit-"), "{pre_session}");
    ada.submit_on(&before, "/login", &LOG_IN).await;
    assert!(ada.cookies().contains(&pre_session), "{}", ada.cookies());
    assert_page(&post(&ada, "/logout", &[], &[("csrf_token", &old)]).await, 403, CROSS_SITE);
    let page = browser_post(&ada, "/logout", &[("csrf_token", &old)]).await;
    assert_page(&page, 403, "This form was opened before you logged in.");
    assert_page(&page, 403, "You are logged in as ada, so it will be sent as ada.");
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn form_of_an_ended_session_is_refused() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let old = token(&ada.get("/").await, "/logout");
    ada.submit("/", "/logout", &[]).await;
    ada.log_in("ada", PASSWORD).await;
    assert_page(&post(&ada, "/logout", &[], &[("csrf_token", &old)]).await, 403, CROSS_SITE);
}

#[tokio::test]
async fn stale_form_is_shown_without_passwords_and_resubmits() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let typed = [
        ("csrf_token", "stale"),
        ("username", "ada <3"),
        ("email", "ada@example.com"),
        ("password", "hush-hush-1"),
        ("password2", "hush-hush-2"),
        ("new_password", "hush-hush-3"),
        ("Passphrase", "hush-hush-4"),
        ("pass_phrase", "hush-hush-5"),
        ("passwort", "hush-hush-6"),
        ("PassKey", "hush-hush-7"),
    ];
    let page = browser_post(&visitor, "/echo", &typed).await;
    assert_page(&page, 403, "This form was open for too long");
    assert!(!page.html.contains("hush-hush"), "{}", page.html);
    let form = page.form("/echo");
    let offered: Vec<_> = form.iter().filter(|(name, _)| name != "csrf_token").cloned().collect();
    assert_eq!(offered, [("username".into(), "ada <3".into()), ("email".into(), "ada@example.com".to_owned())]);
}

#[tokio::test]
async fn stale_form_of_a_user_resubmits() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = browser_post(&ada, "/form?draft=1", &[("csrf_token", "stale.1"), ("dish", "soup & bread")]).await;
    assert_page(&page, 403, STALE);
    assert_eq!(page.form("/form?draft=1").last().unwrap(), &("dish".to_owned(), "soup & bread".to_owned()));
    assert!(ada.submit_on(&page, "/form?draft=1", &[]).await.text.contains("Saved for ada."));
}

#[tokio::test]
async fn log_out_form_that_outlived_its_session_is_no_error() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let old = token(&ada.get("/").await, "/logout");
    ada.submit("/", "/logout", &[]).await;
    let page = browser_post(&ada, "/logout", &[("csrf_token", &old)]).await; // in another tab
    assert_eq!((page.status, page.header("location")), (303, Some("/")));
}

#[tokio::test]
async fn form_survives_a_restart() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let page = ada.get("/login").await;
    let other = service.second_process(|builder| builder).await; // the same database, another process
    let elsewhere = TestClient::new(&other);
    let (here, there) = (service.server.address().port(), other.address().port());
    elsewhere.add_cookies(&ada.cookies().replace(&format!("-{here}="), &format!("-{there}=")));
    assert!(elsewhere.submit_on(&page, "/login", &LOG_IN).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn body_of_another_media_type_is_refused() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let body = "email=ada%40example.com&password=marble+otter+seven";
    let kinds = [
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        "application/xml",
        "x",
        "application/x-www-form-urlencoded;charset=utf-16",
        "application/x-www-form-urlencoded; x=y; Charset = \"ISO-8859-1\"",
    ];
    for path in ["/login", "/register", "/echo"] {
        for kind in kinds.map(Some).into_iter().chain([None]) {
            for fetch_site in [Some("same-origin"), None] {
                let mut request = visitor.request(Method::POST, path).body(body);
                request = kind.into_iter().fold(request, |request, kind| request.header(CONTENT_TYPE, kind));
                request =
                    fetch_site.into_iter().fold(request, |request, value| request.header("sec-fetch-site", value));
                let page = visitor.send(request).await;
                let message = if fetch_site.is_some() { "This page takes a form" } else { CROSS_SITE };
                assert_page(&page, if fetch_site.is_some() { 415 } else { 403 }, message);
            }
        }
    }
    let request = visitor.request(Method::POST, "/login").header("sec-fetch-site", "same-origin").body(body);
    for kind in
        ["Application/X-WWW-Form-Urlencoded;charset=UTF-8", "application/x-www-form-urlencoded ; charset=\"utf-8\""]
    {
        let request = request.try_clone().unwrap();
        assert_eq!(visitor.send(request.header(CONTENT_TYPE, kind)).await.status, 422, "in any spelling");
    }
}

#[tokio::test]
async fn only_a_page_with_a_form_sets_the_pre_session_cookie() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let get = |path| visitor.send(visitor.request(Method::GET, path));
    assert_eq!(get("/").await.headers.get("set-cookie"), None);
    let cookie = set_cookie(&get("/login").await, "visit-").unwrap();
    assert!(!cookie.contains("Max-Age") && cookie.contains("HttpOnly"), "{cookie}");
    assert_eq!(get("/login").await.headers.get("set-cookie"), None, "the next form uses the same key");
}

#[tokio::test]
async fn unsafe_method_of_unknown_origin_is_refused_on_every_path() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for method in ["POST", "PUT", "DELETE", "PATCH", "BREW"] {
        for path in ["/login", "/logout", "/home", "/native", "/nowhere"] {
            for fetch_site in [None, Some("cross-site")] {
                let request = visitor.request(method.parse().unwrap(), path);
                let request =
                    fetch_site.into_iter().fold(request, |request, value| request.header("sec-fetch-site", value));
                assert_page(&visitor.send(request).await, 403, CROSS_SITE);
            }
        }
    }
}

#[tokio::test]
async fn refused_request_reaches_no_handler() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let service = Service::start().await;
    let count = poem::endpoint::make_sync(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let server = TestServer::start(service.accounts.wrap(poem::Route::new().at("/count", count))).await.unwrap();
    let visitor = TestClient::new(&server);
    for method in ["POST", "PUT", "TRACE", "BREW"] {
        for fetch_site in ["cross-site", "same-site"] {
            let request = visitor.request(method.parse().unwrap(), "/count").header("sec-fetch-site", fetch_site);
            assert!(matches!(visitor.send(request).await.status, 403 | 405), "{method} {fetch_site}");
        }
    }
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    browser_post(&visitor, "/count", &[]).await;
    assert_eq!(calls.load(Ordering::Relaxed), 1, "an accepted request reaches it");
}
