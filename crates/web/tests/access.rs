//! Access control: a table of every route, and one test that requests each of its cells.

use accounts::test_kit::{TestClient, TestResponse};
use accounts::web::AccountPage;
use poem::http::Method;

use crate::common::{START, TestApp, assert_has_headers, host, host_form};

test_support::on_both_engines! { TestApp:
    each_route_responds_as_the_table_states
    old_log_in_and_disabled_user_respond_as_the_table_states
    visitor_cannot_detect_users_or_parties
}

/// A route and its responses. Party 1 is hosted by Ada; Ben is another user.
struct Row {
    /// The route as `app.rs` writes it; for an account page, its default path.
    route: &'static str,
    path: &'static str,
    allow: &'static str,
    /// The responses to GET by a visitor, by Ben and by Ada: a status, and the target of a redirect. A user who is disabled gets
    /// those of a visitor.
    get: [&'static str; 3],
    /// The responses to POST.
    post: [&'static str; 3],
    /// Whether Ada, whose log-in is older than ten minutes, is asked for the password: for GET by a redirect to the page that asks
    /// for it, for POST by that page (403).
    asks_again: bool,
}

const fn row(
    route: &'static str,
    path: &'static str,
    allow: &'static str,
    get: [&'static str; 3],
    post: [&'static str; 3],
) -> Row {
    Row { route, path, allow, get, post, asks_again: false }
}

/// A row of a page that requires a recent log-in.
const fn recent(row: Row) -> Row {
    Row { asks_again: true, ..row }
}

const OK: [&str; 3] = ["200", "200", "200"];
const NOT_ALLOWED: [&str; 3] = ["405", "405", "405"];
const TO_GUESTS: [&str; 3] = ["303 /parties/1/guests", "303 /parties/1/guests", "303 /parties/1/guests"];
const READ: &str = "GET, HEAD";
const BOTH: &str = "GET, HEAD, POST";

#[rustfmt::skip]
const TABLE: &[Row] = &[
    row("/", "/", READ, OK, NOT_ALLOWED),
    row("/register", "/register", BOTH, ["200", "303 /", "303 /"], ["422", "422", "422"]),
    row("/login", "/login", BOTH, ["200", "303 /", "303 /"], ["422", "422", "422"]),
    row("/account/reset", "/account/reset", BOTH, ["404", "404", "404"], ["404", "404", "404"]),
    row("/logout", "/logout", "POST", NOT_ALLOWED, ["303 /", "303 /", "303 /"]),
    row("/account", "/account", READ, ["303 /login?next=%2Faccount", "200", "200"], NOT_ALLOWED),
    recent(row("/account/username", "/account/username", BOTH,
        ["303 /login?next=%2Faccount%2Fusername", "200", "200"], ["403", "422", "422"])),
    row("/account/email", "/account/email", BOTH,
        ["303 /login?next=%2Faccount%2Femail", "200", "200"], ["403", "422", "422"]),
    row("/account/password", "/account/password", BOTH,
        ["303 /login?next=%2Faccount%2Fpassword", "200", "200"], ["403", "422", "422"]),
    row("/account/sessions", "/account/sessions", BOTH,
        ["303 /login?next=%2Faccount%2Fsessions", "200", "200"], ["403", "404", "404"]),
    row("/account/confirm", "/account/confirm", BOTH, ["303 /login", "303 /", "303 /"], ["303 /login", "422", "422"]),
    recent(row("/account/delete", "/account/delete", BOTH,
        ["303 /login?next=%2Faccount%2Fdelete", "200", "200"], ["403", "303 /", "422"])),
    recent(row("/account/export", "/account/export", READ,
        ["303 /login?next=%2Faccount%2Fexport", "200", "200"], NOT_ALLOWED)),
    row("/host", "/host", BOTH,
        ["303 /login?next=%2Fhost", "200", "200"], ["403", "303 /parties/2", "303 /parties/3"]),
    row("/people", "/people", READ, ["303 /login?next=%2Fpeople", "200", "200"], NOT_ALLOWED),
    row("/user/:username", "/user/ada", BOTH,
        ["303 /login?next=%2Fuser%2Fada", "200", "200"], ["403", "403", "303 /parties/4"]),
    row("/rsvp", "/rsvp", BOTH,
        ["303 /login?next=%2Frsvp", "200", "200"], ["403", "303 /rsvp?at=1", "303 /rsvp?at=1"]),
    row("/parties/:id", "/parties/1", READ, ["303 /login?next=%2Fparties%2F1", "200", "200"], NOT_ALLOWED),
    row("/parties/:id<^[^/.]+>.ics", "/parties/1.ics", READ,
        ["303 /login?next=%2Fparties%2F1.ics", "200", "200"], NOT_ALLOWED),
    row("/parties/:id/rsvp", "/parties/1/rsvp", "POST",
        ["303 /parties/1", "303 /parties/1", "303 /parties/1"],
        ["403", "303 /parties/1", "303 /parties/1"]),
    row("/parties/:id/undo", "/parties/1/undo", "POST",
        ["303 /parties/1", "303 /parties/1", "303 /parties/1"],
        ["403", "303 /parties/1", "303 /parties/1"]),
    row("/parties/:id/link", "/parties/1/link", "POST",
        ["303 /parties/1", "303 /parties/1", "303 /parties/1"],
        ["403", "404", "303 /parties/1"]),
    row("/parties/:id/edit", "/parties/1/edit", BOTH,
        ["303 /login?next=%2Fparties%2F1%2Fedit", "404", "200"], ["403", "404", "422"]),
    row("/parties/:id/cancel", "/parties/1/cancel", BOTH,
        ["303 /login?next=%2Fparties%2F1%2Fcancel", "404", "200"], ["403", "404", "303 /parties/1"]),
    row("/parties/:id/restore", "/parties/1/restore", "POST",
        ["303 /parties/1", "303 /parties/1", "303 /parties/1"], ["403", "404", "303 /parties/1"]),
    row("/parties/:id/guests", "/parties/1/guests", READ,
        ["303 /login?next=%2Fparties%2F1%2Fguests", "404", "200"], NOT_ALLOWED),
    row("/parties/:id/guests/kitchen", "/parties/1/guests/kitchen", READ,
        ["303 /login?next=%2Fparties%2F1%2Fguests%2Fkitchen", "404", "200"], NOT_ALLOWED),
    row("/parties/:id/guests.csv", "/parties/1/guests.csv", READ,
        ["303 /login?next=%2Fparties%2F1%2Fguests.csv", "404", "200"], NOT_ALLOWED),
    row("/parties/:id/guests/add", "/parties/1/guests/add", "POST", TO_GUESTS, ["403", "404", "422"]),
    row("/parties/:id/guests/invite", "/parties/1/guests/invite", "POST", TO_GUESTS, ["403", "404", "422"]),
    row("/parties/:id/guests/message", "/parties/1/guests/message", BOTH,
        ["303 /login?next=%2Fparties%2F1%2Fguests%2Fmessage", "404", "200"], ["403", "404", "422"]),
    row("/parties/:id/guests/remove", "/parties/1/guests/remove", BOTH,
        ["303 /login?next=%2Fparties%2F1%2Fguests%2Fremove", "404", "303 /parties/1/guests"],
        ["403", "404", "303 /parties/1/guests"]),
    row("/parties/:id/guests/reinstate", "/parties/1/guests/reinstate", "POST", TO_GUESTS, ["403", "404", "422"]),
    row("/parties/:id/history", "/parties/1/history", READ,
        ["303 /login?next=%2Fparties%2F1%2Fhistory", "404", "200"], NOT_ALLOWED),
    row("/notices", "/notices", "POST", ["303 /", "303 /", "303 /"], ["403", "303 /", "303 /"]),
    row("/i/:token", "/i/TOKEN", READ, OK, NOT_ALLOWED),
    row("/i/:token/rsvp", "/i/TOKEN/rsvp", "POST",
        ["303 /i/TOKEN", "303 /i/TOKEN", "303 /i/TOKEN"],
        ["403", "303 /i/TOKEN", "303 /i/TOKEN"]),
    row("/i/:token/undo", "/i/TOKEN/undo", "POST",
        ["303 /i/TOKEN", "303 /i/TOKEN", "303 /i/TOKEN"],
        ["403", "303 /i/TOKEN", "303 /i/TOKEN"]),
    row("/i/:token/preview-:picture", "/i/TOKEN/preview-0.png", READ, ["404", "404", "404"], NOT_ALLOWED),
    row("/preview-:picture", "/preview-0.png", READ, ["404", "404", "404"], NOT_ALLOWED),
    row("/health/live", "/health/live", READ, OK, NOT_ALLOWED),
    row("/health/ready", "/health/ready", READ, OK, NOT_ALLOWED),
    row("icon.path", "/favicon.ico", READ, OK, NOT_ALLOWED),
    row("assets::ROUTE", "link[rel=stylesheet]", READ, OK, NOT_ALLOWED),
];

/// The paths of the routes that can be read, and further ones with a query or a token.
pub(crate) fn paths_to_read(token: &str) -> Vec<String> {
    let rows = TABLE.iter().filter(|row| row.get != NOT_ALLOWED && !row.path.starts_with("link"));
    let queries = [
        "/host?again=1",
        "/rsvp?q=soup",
        "/rsvp?seats=1",
        "/i/TOKEN?answer=yes",
        "/parties/1?answer=yes",
        "/parties/1/guests?all=1",
        "/login?next=%2Fparties%2F1",
    ];
    rows.map(|row| row.path).chain(queries).map(|path| path.replace("TOKEN", token)).collect()
}

#[test]
fn table_has_a_row_for_each_route() {
    let source = include_str!("../src/app.rs").split_whitespace().collect::<Vec<_>>().join(" "); // a long route has several lines
    let routes: Vec<_> =
        source.split(".at(").skip(1).filter_map(|at| Some(at.split_once(", methods()")?.0.trim())).collect();
    assert!(routes.len() > 5, "{routes:?}");
    let account_pages = AccountPage::ALL.iter().map(|page| page.default_path());
    let mut routes: Vec<_> = routes.iter().map(|route| route.trim_matches('"')).chain(account_pages).collect();
    let mut rows: Vec<_> = TABLE.iter().map(|row| row.route).collect();
    routes.sort_unstable();
    rows.sort_unstable();
    assert_eq!(rows, routes);
}

/// Sends a request; with `same_origin`, as a browser does from one of our own pages.
async fn send(client: &TestClient, method: Method, path: &str, same_origin: bool) -> TestResponse {
    let mut request = client.request(method.clone(), path);
    if same_origin {
        request = request.header("sec-fetch-site", "same-origin");
    }
    if method == Method::POST {
        request = request.form(&host_form(&[("party_id", "1"), ("answer", "yes")]));
    }
    client.send(request).await
}

/// The status, and the target of a redirect.
fn summary(page: &TestResponse) -> String {
    let to = page.header("location").map(|to| format!(" {to}")).unwrap_or_default();
    format!("{}{to}", page.status)
}

async fn each_route_responds_as_the_table_states(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    app.user("ben").await;
    let index = app.visitor().get("/").await;
    for row in TABLE {
        let file = row.path.starts_with("link").then(|| index.attributes(row.path, "href").concat());
        let link = ada.get("/parties/1").await.attributes("input[data-share]", "value").concat();
        let token = link.rsplit('/').next().unwrap();
        let path = file.unwrap_or_else(|| row.path.replace("TOKEN", token));
        let path = path.as_str();
        // A cancelled party shows no link.
        let hide = |text: String| if token.is_empty() { text } else { text.replace(token, "TOKEN") };
        let summary = |page: &TestResponse| hide(summary(page));
        let clients = [app.visitor(), app.log_in("ben").await, app.log_in("ada").await];
        for (n, client) in clients.iter().enumerate() {
            let name = ["a visitor", "Ben", "Ada"][n];
            let page = send(client, Method::GET, path, false).await;
            assert_eq!(summary(&page), row.get[n], "GET {path} by {name}");
            assert_has_headers(&page);
            let head = send(client, Method::HEAD, path, false).await;
            assert_eq!((summary(&head).as_str(), head.html.as_str()), (row.get[n], ""), "HEAD {path} by {name}");
            assert_eq!(head.header("content-type"), page.header("content-type"), "HEAD {path} by {name}");

            for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
                let page = send(client, method.parse().unwrap(), path, true).await;
                let allow = if method == "TRACE" { BOTH } else { row.allow };
                assert_eq!((page.status, page.header("allow")), (405, Some(allow)), "{method} {path} by {name}");
                assert_has_headers(&page);
                let without_origin = send(client, method.parse().unwrap(), path, false).await;
                let status = if matches!(method, "OPTIONS" | "TRACE") { 405 } else { 403 };
                assert_eq!(without_origin.status, status, "{method} {path} by {name}, without a same-origin header");
                assert_has_headers(&without_origin);
            }
            if row.get[n] == "405" {
                assert_eq!(page.header("allow"), Some(row.allow), "GET {path}");
            }

            // Last, since it may log the client out.
            let page = send(client, Method::POST, path, true).await;
            assert_eq!(summary(&page), row.post[n], "POST {path} by {name}: {}", page.text);
            assert_has_headers(&page);
            if row.post[n] == "405" {
                assert_eq!(page.header("allow"), Some(row.allow), "POST {path}");
            }
        }
        let slash = format!("{path}/");
        if path != "/" {
            assert_eq!(summary(&clients[2].get(&slash).await), "404", "{slash}");
        }
    }
    assert_eq!(app.party_count().await, 4, "party 1, two on the page to host, and one on Ada's profile");
}

/// What the table says of two further clients, and what `docs/ACCESS.md` is made of: a user whose log-in is older than ten minutes,
/// and a user who was disabled.
async fn old_log_in_and_disabled_user_respond_as_the_table_states(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    let cleo = app.user("cleo").await;
    app.ports().users.disable(app.id_of("cleo").await, START, domain::Alongside::nothing()).await.unwrap();
    let link = ada.get("/parties/1").await.attributes("input[data-share]", "value").concat();
    let token = link.rsplit('/').next().unwrap();
    let stylesheet = app.visitor().get("/").await.attributes("link[rel=stylesheet]", "href").concat();
    app.clock.advance(std::time::Duration::from_mins(10));
    for row in TABLE {
        let path = if row.path.starts_with("link") { stylesheet.clone() } else { row.path.replace("TOKEN", token) };
        let summary = |page: &TestResponse| summary(page).replace(token, "TOKEN");
        let client = app.visitor();
        client.add_cookies(&cleo.cookies());
        for (method, expected) in [(Method::GET, row.get[0]), (Method::POST, row.post[0])] {
            let page = send(&client, method.clone(), &path, true).await;
            assert_eq!(summary(&page), expected, "{method} {path} by Cleo, who is disabled");
        }
        let expected = match (row.asks_again, row.get[2]) {
            (true, _) => format!("303 /account/confirm?next={}", path.replace('/', "%2F")),
            (false, "303 /") if row.route == "/account/confirm" => "200".to_owned(), // the page itself
            (false, expected) => expected.to_owned(),
        };
        let page = send(&ada, Method::GET, &path, true).await;
        assert_eq!(summary(&page), expected, "GET {path} by Ada, whose log-in is old");
        let page =
            if row.asks_again && row.post[2] != "405" { send(&ada, Method::POST, &path, true).await } else { continue };
        assert_eq!(page.status, 403, "POST {path} by Ada, whose log-in is old: {}", page.text);
        assert!(page.text.contains("Please type your password again to go on."), "{}", page.text);
    }
}

/// Who may use a route, as its responses say.
fn access(responses: [&str; 3], asks_again: bool) -> &'static str {
    match responses {
        _ if asks_again => "recent log-in",
        ["405", ..] => "",
        ["403", other @ ("403" | "404"), owner] if other != owner => "logged in, and the owner",
        [visitor, "404", owner] if visitor.starts_with("303 /login") && owner != "404" => "logged in, and the owner",
        [visitor, _, user] if visitor != user && (visitor == "403" || visitor.starts_with("303 /login")) => "logged in",
        _ => "everyone",
    }
}

#[test]
fn document_has_the_table() {
    let rows = TABLE.iter().map(|Row { route, get, post, asks_again, .. }| {
        let route = match *route {
            "icon.path" => "/favicon.ico and further icons",
            "assets::ROUTE" => "the stylesheet and other files",
            route => route,
        };
        let [reads, writes] = [get, post].map(|responses| access(*responses, *asks_again && responses[0] != "405"));
        format!("| `{route}` | {reads} | {writes} |\n")
    });
    let head = "| route | GET | POST |\n| --- | --- | --- |\n";
    let table = format!("{head}{}", rows.collect::<String>());
    let document = include_str!("../../../docs/ACCESS.md");
    assert!(document.contains(&table), "docs/ACCESS.md lacks this table:\n\n{table}");
}

async fn visitor_cannot_detect_users_or_parties(app: TestApp) {
    host(&app.user("ada").await, "ada", &[]).await;
    let visitor = app.visitor();
    for path in
        ["/user/ada", "/user/ADA", "/user/unknown1", "/parties/1", "/parties/2", "/parties/abc", "/parties/1.ics"]
    {
        let page = send(&visitor, Method::GET, path, false).await;
        assert_eq!(summary(&page), format!("303 /login?next=%2F{}", path[1..].replace('/', "%2F")));
    }
    for path in ["/user/ada", "/user/unknown1"] {
        assert_eq!(summary(&send(&visitor, Method::POST, path, true).await), "403", "{path}");
    }
    for party in ["1", "2", "abc"] {
        let page = send(&visitor, Method::POST, &format!("/parties/{party}/rsvp"), true).await;
        let log_in = page.form("/login").contains(&("next".to_owned(), format!("/parties/{party}")));
        assert_eq!((page.status, log_in), (403, true));
    }
}
