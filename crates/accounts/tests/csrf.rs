//! Whether a form is one of ours: by what the browser says, and by its token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use accounts::test_kit::{TestClient, TestResponse, TestServer};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::common::{PASSWORD, Service, assert_page, browser_post, set_cookie, who};

const LOG_IN: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];
const NOT_OURS: &str = "That did not come from one of our forms, so we left everything as it is. \
    Please go to the page itself and send it from there.";
const STALE: &str = "This form was open for too long. Please send it once more.";

/// Posts a form with these headers and no token.
async fn post(visitor: &TestClient, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> TestResponse {
    let request = visitor.request(Method::POST, path).form(form);
    visitor.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

/// The token of a form.
fn token(page: &TestResponse, action: &str) -> String {
    page.form(action).into_iter().find(|(name, _)| name == "csrf_token").unwrap().1
}

#[tokio::test]
async fn what_a_browser_says_is_ours_passes() {
    let service = Service::start().await;
    service.visitor().register("ada", PASSWORD).await;
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
async fn what_comes_from_elsewhere_or_from_nowhere_is_refused_at_every_form() {
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
            assert_page(&page, 403, NOT_OURS);
            assert!(page.texts("main form").is_empty(), "no way to send a stranger's form: {headers:?}");
        }
    }
    assert_eq!(who(&ada.get("/home").await), "You are ada.", "nothing changed");
    assert_eq!((service.count("users").await, service.count("sessions").await), (1, 1));
}

#[tokio::test]
async fn a_good_token_does_not_help_another_site() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let token = token(&ada.get("/").await, "/logout");
    for headers in [&[("sec-fetch-site", "cross-site")], &[("origin", "http://evil.example")]] {
        assert_page(&post(&ada, "/logout", headers, &[("csrf_token", &token)]).await, 403, NOT_OURS);
    }
}

#[tokio::test]
async fn where_the_browser_says_nothing_the_token_decides() {
    let service = Service::start().await;
    let (ada, eve) = (service.ada().await, service.visitor());
    let (good, foreign) = (token(&ada.get("/").await, "/logout"), token(&eve.get("/login").await, "/login"));
    for token in ["", "x", &good[1..], &foreign, &good.to_lowercase()] {
        assert_page(&post(&ada, "/logout", &[], &[("csrf_token", token)]).await, 403, NOT_OURS);
    }
    let twice = [("csrf_token", good.as_str()), ("csrf_token", good.as_str())];
    assert_page(&post(&ada, "/logout", &[], &twice).await, 403, NOT_OURS);
    assert_page(&post(&ada, "/logout?csrf_token=", &[], &[]).await, 403, NOT_OURS);
    assert_eq!(post(&ada, "/logout", &[], &[("csrf_token", &good)]).await.status, 303);
}

#[tokio::test]
async fn a_token_is_masked_anew_in_each_form() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let (one, other) = (token(&ada.get("/").await, "/logout"), token(&ada.get("/").await, "/logout"));
    assert_ne!(one, other);
    let page = ada.get("/login?next=/").await;
    assert!(page.form("/logout").iter().all(|(_, value)| !ada.cookies().contains(value)), "nor is it the cookie");
}

#[tokio::test]
async fn the_forms_of_before_the_log_in_die_with_it() {
    let service = Service::start().await;
    let ada = service.visitor();
    ada.register("ada", PASSWORD).await;
    let before = ada.get("/login").await;
    let (old, visit) = (token(&before, "/login"), ada.cookies());
    assert!(visit.starts_with("visit-"), "{visit}");
    ada.submit_on(&before, "/login", &LOG_IN).await;
    assert!(!ada.cookies().contains("visit-"), "{}", ada.cookies());
    assert_page(&post(&ada, "/logout", &[], &[("csrf_token", &old)]).await, 403, NOT_OURS);
    ada.add_cookies(&visit); // kept, or planted again
    assert_page(&post(&ada, "/logout", &[], &[("csrf_token", &old)]).await, 403, NOT_OURS);
    assert_page(&browser_post(&ada, "/logout", &[("csrf_token", &old)]).await, 403, STALE);
    assert_eq!(who(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn the_forms_of_a_session_die_with_it() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let old = token(&ada.get("/").await, "/logout");
    ada.submit("/", "/logout", &[]).await;
    ada.log_in("ada", PASSWORD).await;
    assert_page(&post(&ada, "/logout", &[], &[("csrf_token", &old)]).await, 403, NOT_OURS);
}

#[tokio::test]
async fn a_stale_form_is_offered_again_without_its_passwords_and_can_be_sent() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let sent = [
        ("csrf_token", "stale"),
        ("username", "ada <3"),
        ("email", "ada@example.com"),
        ("password", "hush-hush-1"),
        ("password2", "hush-hush-2"),
        ("new_password", "hush-hush-3"),
        ("Passphrase", "hush-hush-4"),
    ];
    let page = browser_post(&visitor, "/register", &sent).await;
    assert_page(&page, 403, STALE);
    assert!(!page.html.contains("hush-hush"), "{}", page.html);
    let form = page.form("/register");
    let kept: Vec<_> = form.iter().filter(|(name, _)| name != "csrf_token").cloned().collect();
    assert_eq!(kept, [("username".into(), "ada <3".into()), ("email".into(), "ada@example.com".to_owned())]);
    let again = visitor.submit_on(&page, "/register", &[]).await;
    assert_page(&again, 422, "Please choose a password.");
    assert_eq!(again.attributes("#email", "value"), ["ada@example.com"]);
    let last = [("username", "ada"), ("password", PASSWORD), ("password2", PASSWORD)];
    assert_eq!(visitor.submit_on(&again, "/register", &last).await.path, "/login");
}

#[tokio::test]
async fn a_stale_form_of_somebody_logged_in_can_be_sent_again() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let page = browser_post(&ada, "/form?draft=1", &[("csrf_token", "stale"), ("dish", "soup & bread")]).await;
    assert_page(&page, 403, STALE);
    assert_eq!(page.form("/form?draft=1").last().unwrap(), &("dish".to_owned(), "soup & bread".to_owned()));
    assert!(ada.submit_on(&page, "/form?draft=1", &[]).await.text.contains("Saved for ada."));
}

#[tokio::test]
async fn a_form_that_outlived_its_session_waits_on_its_page_for_a_log_in_beside_it() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let old = token(&ada.get("/").await, "/logout");
    ada.submit("/", "/logout", &[]).await;

    let page = browser_post(&ada, "/form", &[("csrf_token", &old), ("dish", "soup & bread")]).await;
    assert_page(&page, 403, "This form was open for too long, and you are not logged in.");
    assert_eq!(page.attributes("main a[target=_blank]", "href"), ["/login"]);
    ada.log_in("ada", PASSWORD).await;
    let kept = page.form("/form");
    let kept: Vec<_> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(kept, [("dish", "soup & bread")], "no token of a guest's, which a log-in ends");
    let foreign = ada.request(Method::POST, "/form").header("sec-fetch-site", "cross-site").form(&kept);
    assert_page(&ada.send(foreign).await, 403, NOT_OURS);
    assert_page(&ada.send(ada.request(Method::POST, "/form").form(&kept)).await, 403, NOT_OURS);
    let sent = browser_post(&ada, "/form", &kept).await;
    assert_eq!(sent.status, 303, "by one press: {}", sent.text);
    assert!(ada.get(sent.header("location").unwrap()).await.text.contains("Saved for ada."));
}

#[tokio::test]
async fn a_form_open_over_a_restart_can_still_be_sent() {
    let service = Service::start().await;
    let ada = service.visitor();
    ada.register("ada", PASSWORD).await;
    let page = ada.get("/login").await;
    let other = service.beside(|builder| builder).await; // the same accounts, another process
    let elsewhere = TestClient::new(&other);
    let (here, there) = (service.server.address().port(), other.address().port());
    elsewhere.add_cookies(&ada.cookies().replace(&format!("-{here}="), &format!("-{there}=")));
    assert!(elsewhere.submit_on(&page, "/login", &LOG_IN).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn what_no_form_sends_is_refused() {
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
            for says in [Some("same-origin"), None] {
                let mut request = visitor.request(Method::POST, path).body(body);
                request = kind.into_iter().fold(request, |request, kind| request.header(CONTENT_TYPE, kind));
                request = says.into_iter().fold(request, |request, says| request.header("sec-fetch-site", says));
                let page = visitor.send(request).await;
                let told = if says.is_some() { "This page takes a form" } else { NOT_OURS };
                assert_page(&page, if says.is_some() { 415 } else { 403 }, told);
            }
        }
    }
    let request = visitor.request(Method::POST, "/login").header("sec-fetch-site", "same-origin").body(body);
    for kind in
        ["Application/X-WWW-Form-Urlencoded;charset=UTF-8", "application/x-www-form-urlencoded ; charset=\"utf-8\""]
    {
        let request = request.try_clone().unwrap();
        assert_eq!(visitor.send(request.header(CONTENT_TYPE, kind)).await.status, 422, "however it is spelled");
    }
}

#[tokio::test]
async fn a_guests_form_sets_one_cookie_and_a_page_without_a_form_none() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let get = |path| visitor.send(visitor.request(Method::GET, path));
    assert_eq!(get("/").await.headers.get("set-cookie"), None);
    let cookie = set_cookie(&get("/login").await, "visit-").unwrap();
    assert!(!cookie.contains("Max-Age") && cookie.contains("HttpOnly"), "{cookie}");
    assert_eq!(get("/login").await.headers.get("set-cookie"), None, "the same key holds for the next form");
}

#[tokio::test]
async fn what_is_not_shown_to_be_ours_is_refused_whatever_is_there() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for method in ["POST", "PUT", "DELETE", "PATCH", "BREW"] {
        for path in ["/login", "/logout", "/home", "/native", "/nowhere"] {
            for says in [None, Some("cross-site")] {
                let request = visitor.request(method.parse().unwrap(), path);
                let request = says.into_iter().fold(request, |request, says| request.header("sec-fetch-site", says));
                assert_page(&visitor.send(request).await, 403, NOT_OURS);
            }
        }
    }
}

#[tokio::test]
async fn a_refused_request_reaches_no_handler_not_even_one_that_takes_every_method() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let service = Service::start().await;
    let count = poem::endpoint::make_sync(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let server = TestServer::start(service.accounts.wrap(poem::Route::new().at("/count", count))).await.unwrap();
    let visitor = TestClient::new(&server);
    for method in ["POST", "PUT", "TRACE", "BREW"] {
        for says in ["cross-site", "same-site"] {
            let request = visitor.request(method.parse().unwrap(), "/count").header("sec-fetch-site", says);
            assert!(matches!(visitor.send(request).await.status, 403 | 405), "{method} {says}");
        }
    }
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    browser_post(&visitor, "/count", &[]).await;
    assert_eq!(calls.load(Ordering::Relaxed), 1, "which takes what is ours");
}
