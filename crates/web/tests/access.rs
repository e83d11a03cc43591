//! Who may do what: a written table of every address, and one test that asks each of its cells.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

use crate::common::{TestApp, assert_has_headers, host, host_form};

test_support::on_both_engines! { TestApp:
    every_address_answers_as_it_is_written_here
    a_guest_cannot_tell_who_and_what_there_is
}

/// An address, and what it answers. Party 1 is Ada's, and Ben is somebody else.
struct Row {
    /// As it stands in `app.rs`; of the accounts' pages, the address.
    route: &'static str,
    path: &'static str,
    allow: &'static str,
    /// What GET answers a guest, Ben, and Ada; then what POST answers them: a status, and where a redirect leads.
    get: [&'static str; 3],
    post: [&'static str; 3],
}

const fn row(
    route: &'static str,
    path: &'static str,
    allow: &'static str,
    get: [&'static str; 3],
    post: [&'static str; 3],
) -> Row {
    Row { route, path, allow, get, post }
}

const EVERYBODY: [&str; 3] = ["200", "200", "200"];
const NO: [&str; 3] = ["405", "405", "405"];
const READ: &str = "GET, HEAD";
const BOTH: &str = "GET, HEAD, POST";

#[rustfmt::skip]
const TABLE: [Row; 11] = [
    row("/", "/", READ, EVERYBODY, NO),
    row("/register", "/register", BOTH, ["200", "303 /", "303 /"], ["422", "422", "422"]),
    row("/login", "/login", BOTH, ["200", "303 /", "303 /"], ["422", "422", "422"]),
    row("/logout", "/logout", "POST", NO, ["303 /", "303 /", "303 /"]),
    row("/user/:username", "/user/ada", BOTH,
        ["303 /login?next=%2Fuser%2Fada", "200", "200"], ["303 /login", "403", "303 /parties/2"]),
    row("/rsvp", "/rsvp", BOTH,
        ["303 /login?next=%2Frsvp", "200", "200"], ["303 /login", "303 /rsvp", "303 /rsvp"]),
    row("/parties/:id", "/parties/1", READ, ["303 /login?next=%2Fparties%2F1", "200", "200"], NO),
    row("/parties/:id/rsvp", "/parties/1/rsvp", "POST",
        NO, ["303 /login", "303 /parties/1", "303 /parties/1"]),
    row("/health/live", "/health/live", READ, EVERYBODY, NO),
    row("/health/ready", "/health/ready", READ, EVERYBODY, NO),
    row("assets::ROUTE", "link[rel=stylesheet]", READ, EVERYBODY, NO),
];

#[test]
fn every_route_has_its_row() {
    let source = include_str!("../src/app.rs");
    let routes: Vec<_> = source.split(".at(").skip(1).filter_map(|at| Some(at.split_once(", methods()")?.0)).collect();
    let written: Vec<_> = TABLE.iter().map(|row| row.route).collect();
    assert!(routes.len() > 5, "{routes:?}");
    for route in routes {
        assert!(written.contains(&route.trim_matches('"')), "{route} has no row");
    }
}

async fn ask(visitor: &TestClient, method: Method, path: &str, evidence: bool) -> TestResponse {
    let mut request = visitor.request(method.clone(), path);
    if evidence {
        request = request.header("sec-fetch-site", "same-origin");
    }
    if method == Method::POST {
        request = request.form(&host_form(&[("party_id", "1"), ("answer", "yes")]));
    }
    visitor.send(request).await
}

/// A status, and where a redirect leads.
fn told(page: &TestResponse) -> String {
    let to = page.header("location").map(|to| format!(" {to}")).unwrap_or_default();
    format!("{}{to}", page.status)
}

async fn every_address_answers_as_it_is_written_here(app: TestApp) {
    host(&app.user("ada").await, "ada", &[]).await;
    app.user("ben").await;
    let index = app.visitor().get("/").await;
    for row in &TABLE {
        let file = row.path.starts_with("link").then(|| index.attributes(row.path, "href").concat());
        let path = file.as_deref().unwrap_or(row.path);
        let visitors = [app.visitor(), app.log_in("ben").await, app.log_in("ada").await];
        for (n, visitor) in visitors.iter().enumerate() {
            let who = ["a guest", "Ben", "Ada"][n];
            let page = ask(visitor, Method::GET, path, false).await;
            assert_eq!(told(&page), row.get[n], "GET {path} by {who}");
            assert_has_headers(&page);
            let head = ask(visitor, Method::HEAD, path, false).await;
            assert_eq!((told(&head).as_str(), head.html.as_str()), (row.get[n], ""), "HEAD {path} by {who}");
            assert_eq!(head.header("content-type"), page.header("content-type"), "HEAD {path} by {who}");

            for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
                let page = ask(visitor, method.parse().unwrap(), path, true).await;
                let allow = if method == "TRACE" { BOTH } else { row.allow };
                assert_eq!((page.status, page.header("allow")), (405, Some(allow)), "{method} {path} by {who}");
                assert_has_headers(&page);
                let silent = ask(visitor, method.parse().unwrap(), path, false).await;
                let status = if matches!(method, "OPTIONS" | "TRACE") { 405 } else { 403 };
                assert_eq!(silent.status, status, "{method} {path} by {who}, and nothing shows that it is ours");
                assert_has_headers(&silent);
            }
            if row.get[n] == "405" {
                assert_eq!(page.header("allow"), Some(row.allow), "GET {path}");
            }

            // The last, since it may log out.
            let page = ask(visitor, Method::POST, path, true).await;
            assert_eq!(told(&page), row.post[n], "POST {path} by {who}: {}", page.text);
            assert_has_headers(&page);
            if row.post[n] == "405" {
                assert_eq!(page.header("allow"), Some(row.allow), "POST {path}");
            }
        }
        let slash = format!("{path}/");
        if path != "/" {
            assert_eq!(told(&visitors[2].get(&slash).await), "404", "{slash}");
        }
    }
    assert_eq!(app.party_count().await, 2, "Ada's own, and the one of her row");
}

async fn a_guest_cannot_tell_who_and_what_there_is(app: TestApp) {
    host(&app.user("ada").await, "ada", &[]).await;
    let guest = app.visitor();
    for path in ["/user/ada", "/user/ADA", "/user/nobody1", "/parties/1", "/parties/2", "/parties/abc"] {
        let page = ask(&guest, Method::GET, path, false).await;
        assert_eq!(told(&page), format!("303 /login?next=%2F{}", path[1..].replace('/', "%2F")));
    }
    for path in ["/user/ada", "/user/nobody1", "/parties/1/rsvp", "/parties/2/rsvp", "/parties/abc/rsvp"] {
        assert_eq!(told(&ask(&guest, Method::POST, path, true).await), "303 /login", "{path}");
    }
}
