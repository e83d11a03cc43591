//! The settings of an embedder: layout, moved pages, own pages, and the settings that are errors.

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::web::{
    AccountPage, CurrentUser, Layout, LayoutError, PageContext, PlainLayout, methods, permanent_redirect, redirect,
};
use accounts::{Accounts, BuildError, Builder};
use poem::http::StatusCode;
use poem::{IntoResponse, Route, handler};

use crate::common::{PASSWORD, Service, assert_has_headers, browser_post};

#[handler]
fn own() -> &'static str {
    "my own page"
}

fn builder() -> Builder {
    Accounts::builder().cost(fast_hash_cost())
}

async fn store() -> (store::AccountStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    (store::AccountStore::connect(&url).await.unwrap(), folder)
}

#[tokio::test]
async fn taken_path_is_an_error_of_routes() {
    let (store, _folder) = store().await;
    let accounts = builder().build(store).unwrap();
    for (path, page) in [("/login", "LogIn"), ("/register", "Register"), ("/logout", "LogOut")] {
        let error = accounts.routes(Route::new().at(path, own)).err().unwrap().to_string();
        assert!(error.starts_with(&format!("{page} cannot be at {path}: ")), "{error}");
    }
}

#[tokio::test]
async fn page_left_out_is_replaced_by_the_embedders() {
    let (store, _folder) = store().await;
    let accounts = builder().without(AccountPage::Register).without(AccountPage::LogOut).build(store).unwrap();
    let service = accounts.routes(Route::new().at("/register", methods().get(own))).unwrap();
    let server = TestServer::start(service).await.unwrap();
    let visitor = TestClient::new(&server);
    assert_eq!(visitor.get("/register").await.text, "my own page");
    assert_eq!(visitor.get("/logout").await.status, 404);
    assert!(!visitor.get("/login").await.text.contains("New here?"));
}

#[tokio::test]
async fn redirects_and_links_follow_moved_pages() {
    let (store, _folder) = store().await;
    let builder = builder().log_in_at("/").register_at("/join").log_out_at("/bye");
    let accounts = builder.after_log_in("/home").after_log_out("/home").build(store).unwrap();
    let service = accounts.routes(Route::new().at("/home", methods().get(home))).unwrap();
    let server = TestServer::start(service).await.unwrap();
    let ada = TestClient::new(&server);
    let page = ada.get("/home").await;
    assert_eq!((page.path.as_str(), page.texts(".form-aside a")), ("/?next=%2Fhome", vec!["Register".to_owned()]));
    let typed = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    let page = ada.submit("/join?next=%2Fhome%3Fa%3D1", "/join", &typed).await;
    assert_eq!(page.path, "/home?a=1", "a registration leads to `next`");
    ada.submit("/home", "/bye", &[]).await;
    let page = ada.get("/").await;
    let page = ada.submit_on(&page, "/", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    assert_eq!((page.path.as_str(), page.text.contains("Welcome back, ada.")), ("/home", true));
    assert_eq!(ada.get("/").await.path, "/home", "already logged in");
    assert_eq!(ada.submit("/home", "/bye", &[]).await.path, "/?next=%2Fhome");
}

#[handler]
fn home(user: CurrentUser, page: PageContext) -> poem::Response {
    page.render("Home", user.username.as_str())
}

#[handler]
fn kitchen(page: PageContext) -> poem::Response {
    page.with_layout_data(Section("kitchen")).render("Kitchen", "")
}

/// What a handler passes to the layout.
struct Section(&'static str);

/// A layout that shows the visitor, the path and the section, and no flash messages.
struct OwnLayout;

impl Layout for OwnLayout {
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let user = page.user().map_or("anonymous", |user| user.username.as_str());
        let path = page.path();
        let section = page.layout_data::<Section>().map_or("", |section| section.0);
        let head = format!("<title>{title} - Mine</title><p id=\"section\">{section}</p>");
        Ok(format!("{head}<p id=\"mine\">{user} at {path}</p>{content}"))
    }
}

#[tokio::test]
async fn every_page_is_in_the_embedders_layout() {
    let service = Service::with(|builder| builder.layout(OwnLayout)).await;
    let visitor = service.visitor();
    for (path, title) in
        [("/login?next=/home", "Log in"), ("/register", "Register"), ("/nowhere", "Page not found"), ("/", "Index")]
    {
        let page = visitor.get(path).await;
        assert_eq!(page.texts("title"), [format!("{title} - Mine")]);
        let path = path.split('?').next().unwrap();
        assert_eq!(page.texts("#mine"), [format!("anonymous at {path}")]);
        assert_has_headers(&page);
    }
}

#[tokio::test]
async fn layout_gets_the_data_that_a_handler_passes() {
    let (store, _folder) = store().await;
    let accounts = builder().layout(OwnLayout).build(store).unwrap();
    let service = accounts.routes(Route::new().at("/kitchen", methods().get(kitchen))).unwrap();
    let server = TestServer::start(service).await.unwrap();
    let visitor = TestClient::new(&server);
    assert_eq!(visitor.get("/kitchen").await.texts("#section"), ["kitchen"]);
    assert_eq!(visitor.get("/login").await.texts("#section"), [""], "a page without data");
}

#[tokio::test]
async fn flash_is_kept_where_the_layout_does_not_read_it() {
    let service = Service::with(|builder| builder.layout(OwnLayout)).await;
    let visitor = service.visitor();
    visitor.get("/home").await;
    assert!(visitor.cookies().contains("flash-"), "{}", visitor.cookies());
}

#[tokio::test]
async fn unauthorized_setting_gets_the_request_and_may_replace_the_default() {
    let service = Service::with(|builder| {
        builder.unauthorized(|request, page| {
            let (path, query) = (request.original_uri().path(), request.uri().query().unwrap_or_default());
            let client = request.header("x-client").unwrap_or_default();
            let content = format!("<p id=\"path\">{path}?{query} {client}</p>");
            (client != "default").then(|| page.render_as(StatusCode::FORBIDDEN, "Members only", &content))
        })
    });
    let service = service.await;
    for path in ["/home?a=1", "/members/one?"] {
        let visitor = service.visitor();
        let get = |client| visitor.request(reqwest::Method::GET, path).header("x-client", client);
        let page = visitor.send(get("mine")).await;
        assert_eq!((page.status, page.texts("#path")), (403, vec![format!("{path} mine")]));
        assert_has_headers(&page);
        let page = visitor.send(get("default")).await;
        assert!(page.header("location").unwrap().starts_with("/login?next="), "the default");
        let page = visitor.send(get("default").header("accept", "application/json")).await;
        assert_eq!(page.status, 401, "the default");
    }
    let page = browser_post(&service.visitor(), "/form", &[("text", "soup")]).await;
    assert_eq!((page.status, page.texts("#path")), (403, vec!["/form?".to_owned()]), "also for a form");
}

#[tokio::test]
async fn registration_leads_to_after_registration() {
    let service = Service::with(|builder| builder.after_registration("/form").log_in_at("/enter")).await;
    assert_eq!(service.visitor().register("ada", PASSWORD).await.path, "/form");
    let page = service.visitor().get("/register?next=/home").await;
    let typed = [("username", "ben"), ("email", "ben@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    assert_eq!(service.visitor().submit_on(&page, "/register", &typed).await.status, 403, "a token of another visitor");
    let ben = service.visitor();
    assert_eq!(ben.submit("/register?next=/home", "/register", &typed).await.path, "/home", "`next` wins");
}

#[tokio::test]
async fn page_outside_the_layer_responds_500() {
    let app = Route::new().at("/", methods().get(home));
    let server = TestServer::start(app).await.unwrap();
    assert_eq!(TestClient::new(&server).get("/").await.status, 500);
}

#[test]
fn redirect_stays_on_this_origin() {
    for (path, location) in
        [("/home?a=1", "/home?a=1"), ("//evil.example", "/"), ("http://evil.example", "/"), ("", "/")]
    {
        for (response, status) in [(redirect(path), 303), (permanent_redirect(path), 308)] {
            let response = response.into_response();
            assert_eq!((response.status().as_u16(), response.header("location")), (status, Some(location)));
        }
    }
}

#[tokio::test]
async fn unsafe_setting_is_a_one_line_error() {
    let (store, _folder) = store().await;
    let error = |set: fn(Builder) -> Builder| {
        let text = |result: Result<(), BuildError>| result.err().map(|error| error.to_string()).unwrap_or_default();
        let checked = text(set(builder()).ensure_valid());
        assert_eq!(text(set(builder()).build(store.clone()).map(drop)), checked, "`build` and `ensure_valid` agree");
        checked
    };
    let all_interfaces = |builder: Builder| builder.listen(([0, 0, 0, 0], 80).into());
    for (expected, set) in [
        ("0.0.0.0:80 is not a loopback address", all_interfaces as fn(Builder) -> Builder),
        ("[2001:db8::1]:80 is not a loopback", |b| b.listen("[2001:db8::1]:80".parse().unwrap())),
        ("the origin http://dinner.example is plain HTTP", |b| b.origin("http://dinner.example")),
        ("`dinner.example` is not an origin", |b| b.origin("dinner.example")),
        ("`https://dinner.example/app` is not an origin", |b| b.origin("https://dinner.example/app")),
        ("`dinner.example` is not an origin", |b| b.origin("https://ada@dinner.example")),
        ("`https://dinner.example/?x` is not an origin", |b| b.origin("https://dinner.example/?x")),
        ("`ftp://dinner.example` is not an origin", |b| b.origin("ftp://dinner.example")),
        ("`login` is not a path", |b| b.log_in_at("login")),
        ("`//evil.example` is not a path", |b| b.after_log_in("//evil.example")),
        ("`/a?b` is not a path", |b| b.register_at("/a?b")),
        ("`/:id` is not a path", |b| b.log_out_at("/:id")),
        ("`/a#b` is not a path", |b| b.after_log_out("/a#b")),
        ("`https://x` is not a path", |b| b.after_registration("https://x")),
        ("a handler timeout of 9ms", |b| b.handler_timeout(std::time::Duration::from_millis(9))),
        ("a recent log-in of 59s", |b| b.recent_log_in(std::time::Duration::from_secs(59))),
        ("a recent log-in of 7201s", |b| b.recent_log_in(std::time::Duration::from_secs(7_201))),
        ("a body limit of 1023 bytes", |b| b.body_limit(1_023)),
        ("a body limit of 16777217 bytes", |b| b.body_limit(16 * 1024 * 1024 + 1)),
        ("`script-src 'unsafe-inline'` is not a source", |b| b.csp_source("script-src", "'unsafe-inline'")),
        ("`img-src *; script-src *` is not a source", |b| b.csp_source("img-src", "*; script-src *")),
        ("`img-src a b` is not a source", |b| b.csp_source("img-src", "a b")),
        ("`Img-Src a` is not a source", |b| b.csp_source("Img-Src", "a")),
        ("`img-src a\r\nb` is not a source", |b| b.csp_source("img-src", "a\r\nb")),
    ] {
        let line = error(set);
        assert!(line.starts_with(expected), "{expected}: {line:?}");
        assert!(!line.ends_with('.') && line.lines().count() <= 2, "{line}");
    }
    for set in [
        (|b| b.listen(([127, 0, 0, 1], 80).into())) as fn(Builder) -> Builder,
        |b| b.listen("[::1]:80".parse().unwrap()),
        |b| b.listen(([0, 0, 0, 0], 80).into()).origin("https://dinner.example"),
        |b| b.listen(([0, 0, 0, 0], 80).into()).allow_plain_http(),
        |b| b.origin("http://dinner.example:8080").allow_plain_http(),
        |b| b.origin("https://dinner.example:8443/").layout(PlainLayout),
    ] {
        assert_eq!(error(set), "");
    }
}

#[tokio::test]
async fn cookie_names_begin_with_the_prefix() {
    let service = Service::with(|builder| builder.cookie_prefix("trips")).await;
    let ada = service.ada().await;
    let names: Vec<_> = ada.cookies().split("; ").filter_map(|pair| Some(pair.split_once('=')?.0.to_owned())).collect();
    assert!(!names.is_empty() && names.iter().all(|name| name.starts_with("trips-")), "{names:?}");
    assert_eq!(ada.get("/home").await.status, 200);
}

#[tokio::test]
async fn invalid_cookie_prefix_is_an_error() {
    let service = Service::start().await;
    for prefix in ["", "a b", "a;b", "ü", &"a".repeat(33)] {
        let error = Accounts::builder().cookie_prefix(prefix).build(service.ports()).err();
        assert!(matches!(error, Some(BuildError::NotACookiePrefix(_))), "{prefix:?}");
    }
}
