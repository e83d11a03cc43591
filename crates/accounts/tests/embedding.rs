//! What an embedder chooses: layout, places of pages, pages of their own, and which settings nobody can choose.

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::web::{
    AccountPage, CurrentUser, Layout, LayoutError, PageContext, PlainLayout, methods, permanent_redirect, redirect,
};
use accounts::{Accounts, BuildError, Builder};
use poem::http::StatusCode;
use poem::{IntoResponse, Route, handler};

use crate::common::{PASSWORD, Service, assert_has_headers};

#[handler]
fn mine() -> &'static str {
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
async fn a_page_registered_twice_is_told_and_can_be_left_out() {
    let (store, _folder) = store().await;
    let accounts = builder().build(store).unwrap();
    for (path, page) in [("/login", "LogIn"), ("/register", "Register"), ("/logout", "LogOut")] {
        let told = accounts.routes(Route::new().at(path, mine)).err().unwrap().to_string();
        assert!(told.starts_with(&format!("{page} cannot be at {path}: ")), "{told}");
    }
}

#[tokio::test]
async fn a_page_left_out_is_the_embedders() {
    let (store, _folder) = store().await;
    let accounts = builder().without(AccountPage::Register).without(AccountPage::LogOut).build(store).unwrap();
    let service = accounts.routes(Route::new().at("/register", methods().get(mine))).unwrap();
    let server = TestServer::start(service).await.unwrap();
    let visitor = TestClient::new(&server);
    assert_eq!(visitor.get("/register").await.text, "my own page");
    assert_eq!(visitor.get("/logout").await.status, 404);
    assert!(!visitor.get("/login").await.text.contains("New here?"));
}

#[tokio::test]
async fn pages_move_and_everything_follows() {
    let (store, _folder) = store().await;
    let builder = builder().log_in_at("/").register_at("/join").log_out_at("/bye");
    let accounts = builder.after_log_in("/home").after_log_out("/home").build(store).unwrap();
    let service = accounts.routes(Route::new().at("/home", methods().get(home))).unwrap();
    let server = TestServer::start(service).await.unwrap();
    let ada = TestClient::new(&server);
    let page = ada.get("/home").await;
    assert_eq!((page.path.as_str(), page.texts(".form-aside a")), ("/?next=%2Fhome", vec!["Register".to_owned()]));
    let typed = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    let page = ada.submit("/join", "/join", &typed).await;
    assert_eq!(page.path, "/", "registrations lead to the moved log-in");
    let page = ada.submit_on(&page, "/", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    assert_eq!((page.path.as_str(), page.text.contains("Welcome back, ada.")), ("/home", true));
    assert_eq!(ada.get("/").await.path, "/home", "already logged in");
    assert_eq!(ada.submit("/home", "/bye", &[]).await.path, "/?next=%2Fhome");
}

#[handler]
fn home(user: CurrentUser, page: PageContext) -> poem::Response {
    page.render("Home", user.username.as_str())
}

/// A layout of the embedder's own, which shows its readers nothing but what a page is.
struct Mine;

impl Layout for Mine {
    fn page(&self, parts: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let who = parts.user().map_or("nobody", |user| user.username.as_str());
        let path = parts.path();
        Ok(format!("<title>{title} - Mine</title><p id=\"mine\">{who} at {path}</p>{content}"))
    }
}

#[tokio::test]
async fn every_page_stands_in_the_embedders_layout() {
    let service = Service::with(|builder| builder.layout(Mine)).await;
    let visitor = service.visitor();
    for (path, title) in
        [("/login?next=/home", "Log in"), ("/register", "Register"), ("/nowhere", "Page not found"), ("/", "Index")]
    {
        let page = visitor.get(path).await;
        assert_eq!(page.texts("title"), [format!("{title} - Mine")]);
        let path = path.split('?').next().unwrap();
        assert_eq!(page.texts("#mine"), [format!("nobody at {path}")]);
        assert_has_headers(&page);
    }
}

#[tokio::test]
async fn a_layout_that_shows_no_messages_keeps_them_for_one_that_does() {
    let service = Service::with(|builder| builder.layout(Mine)).await;
    let visitor = service.visitor();
    visitor.get("/home").await;
    assert!(visitor.cookies().contains("flash-"), "{}", visitor.cookies());
}

#[tokio::test]
async fn a_guest_can_be_answered_in_another_way() {
    let service = Service::with(|builder| {
        builder.unauthorized(|page| {
            let way = page.return_path().map(ToString::to_string).unwrap_or_default();
            page.render_as(StatusCode::FORBIDDEN, "Members only", &format!("<p id=\"way\">{way}</p>"))
        })
    });
    let service = service.await;
    for path in ["/home?a=1", "/members/one"] {
        let page = service.visitor().get(path).await;
        assert_eq!((page.status, page.texts("#way")), (403, vec![path.to_owned()]));
        assert_has_headers(&page);
    }
}

#[tokio::test]
async fn a_registration_leads_where_the_embedder_says() {
    let service = Service::with(|builder| builder.after_registration("/form").log_in_at("/enter")).await;
    assert_eq!(service.visitor().register("ada", PASSWORD).await.path, "/form");
}

#[tokio::test]
async fn a_page_outside_the_layer_says_so_and_lets_nobody_in() {
    let app = Route::new().at("/", methods().get(home));
    let server = TestServer::start(app).await.unwrap();
    assert_eq!(TestClient::new(&server).get("/").await.status, 500);
}

#[test]
fn a_redirect_never_leaves_the_site() {
    for (path, location) in
        [("/home?a=1", "/home?a=1"), ("//evil.example", "/"), ("http://evil.example", "/"), ("", "/")]
    {
        for (answer, status) in [(redirect(path), 303), (permanent_redirect(path), 308)] {
            let answer = answer.into_response();
            assert_eq!((answer.status().as_u16(), answer.header("location")), (status, Some(location)));
        }
    }
}

#[tokio::test]
async fn unsafe_settings_are_refused_with_one_line() {
    let (store, _folder) = store().await;
    let refused = |set: fn(Builder) -> Builder| {
        let said = |told: Result<(), BuildError>| told.err().map(|error| error.to_string()).unwrap_or_default();
        let before = said(set(builder()).check());
        assert_eq!(said(set(builder()).build(store.clone()).map(drop)), before, "built as it was checked");
        before
    };
    let anywhere = |builder: Builder| builder.listen(([0, 0, 0, 0], 80).into());
    for (told, set) in [
        ("0.0.0.0:80 is not a loopback address", anywhere as fn(Builder) -> Builder),
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
        ("a body limit of 1023 bytes", |b| b.body_limit(1_023)),
        ("a body limit of 16777217 bytes", |b| b.body_limit(16 * 1024 * 1024 + 1)),
        ("`script-src 'unsafe-inline'` is not a source", |b| b.csp_source("script-src", "'unsafe-inline'")),
        ("`img-src *; script-src *` is not a source", |b| b.csp_source("img-src", "*; script-src *")),
        ("`img-src a b` is not a source", |b| b.csp_source("img-src", "a b")),
        ("`Img-Src a` is not a source", |b| b.csp_source("Img-Src", "a")),
        ("`img-src a\r\nb` is not a source", |b| b.csp_source("img-src", "a\r\nb")),
    ] {
        let line = refused(set);
        assert!(line.starts_with(told), "{told}: {line:?}");
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
        assert_eq!(refused(set), "");
    }
}
