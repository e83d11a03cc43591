//! The service that every test starts: pages, store, clock. Raw requests and the failing store are in modules of their own.

mod failing;
mod raw;

use accounts::ports::AccountPorts;
use accounts::test_kit::{MovableClock, TestClient, TestResponse, TestServer, fast_hash_cost};
use accounts::web::{
    CurrentUser, Fields, Flash, Form, FormErrors, FormView, LoginRequired, PageContext, PasswordFields, Problem,
    RecentLogIn, RecentLogInRequired, Submitted, Visitor, methods, redirect,
};
use accounts::{Accounts, Action, Builder, Caller, Email, Password, Registration, StoreError, Timestamp, Username};
use poem::web::Path;
use poem::{EndpointExt, Request, Response, Route, handler};
use store::AccountStore;
use store::embed::sqlx::{query, query_scalar};
use store::embed::{Database, WriteError};
use tempfile::TempDir;

pub(crate) use failing::FailingStore;
pub(crate) use raw::{RawResponse, browser_post, raw};
pub(crate) use test_support::Log;

/// A password that the policy accepts.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// A flash message that guests may get.
pub(crate) const GUEST_FLASH: &str = "soup's up";

/// A running service, with its store and its clock.
pub(crate) struct Service {
    pub(crate) server: TestServer,
    pub(crate) accounts: Accounts,
    pub(crate) store: AccountStore,
    pub(crate) failing: FailingStore,
    pub(crate) clock: MovableClock,
    pub(crate) folder: TempDir,
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    /// Starts a service with other settings.
    pub(crate) async fn with(set: impl FnOnce(Builder) -> Builder) -> Self {
        Self::with_pages(set, pages()).await
    }

    /// Starts a service with other settings and pages.
    pub(crate) async fn with_pages(set: impl FnOnce(Builder) -> Builder, pages: Route) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = AccountStore::connect(&sqlite_url(&folder)).await.unwrap();
        let failing = FailingStore::over(store.clone().into());
        let clock = MovableClock::at(Timestamp::from_millis(1_767_225_600_000)); // 2026-01-01
        let builder = Accounts::builder().clock(clock.clone()).cost(fast_hash_cost()).guest_messages([GUEST_FLASH]);
        let accounts = set(builder).build(failing.ports()).unwrap();
        let server = TestServer::start(accounts.routes(pages).unwrap()).await.unwrap();
        Self { server, accounts, store, failing, clock, folder }
    }

    /// Serves the same database a second time with other settings, as another process does.
    pub(crate) async fn second_process(&self, set: impl FnOnce(Builder) -> Builder) -> TestServer {
        let builder = Accounts::builder().clock(self.clock.clone()).cost(fast_hash_cost());
        let builder = builder.guest_messages([GUEST_FLASH]);
        TestServer::start(set(builder).build(self.store.clone()).unwrap().routes(pages()).unwrap()).await.unwrap()
    }

    pub(crate) fn visitor(&self) -> TestClient {
        TestClient::new(&self.server)
    }

    /// Registers an account with the e-mail address `{username}@example.com`, without a session.
    pub(crate) async fn register(&self, username: &str, password: &str) {
        let registration = Registration {
            username: Username::parse(username).unwrap(),
            email: Email::parse(&format!("{username}@example.com")).unwrap(),
            password: Password::parse(password.to_owned()).unwrap(),
            code: None,
        };
        self.accounts.register(registration, &Caller::default()).await.unwrap();
    }

    /// A client that is logged in as ada.
    pub(crate) async fn ada(&self) -> TestClient {
        self.register("ada", PASSWORD).await;
        let ada = self.visitor();
        assert!(ada.log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
        ada
    }

    /// Another client that is logged in as ada.
    pub(crate) async fn ada_again(&self) -> TestClient {
        let ada = self.visitor();
        assert!(ada.log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
        ada
    }

    pub(crate) fn ports(&self) -> AccountPorts {
        self.store.clone().into()
    }

    /// The tables that have a column `user_id`.
    pub(crate) async fn tables_of_users(&self) -> Vec<String> {
        let Database::Sqlite(engine) = self.store.database() else { unreachable!("the test store is SQLite") };
        let list = query_scalar(
            "SELECT tables.name FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND columns.name = 'user_id' ORDER BY tables.name",
        );
        list.fetch_all(&engine.read).await.unwrap()
    }

    /// The number of rows of a table.
    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let Database::Sqlite(engine) = self.store.database() else { unreachable!("the test store is SQLite") };
        let count = match table {
            "users" => query_scalar("SELECT count(*) FROM users"),
            "sessions" => query_scalar("SELECT count(*) FROM sessions"),
            "registration_keys" => query_scalar("SELECT count(*) FROM registration_keys"),
            "former_usernames" => query_scalar("SELECT count(*) FROM former_usernames"),
            "reset_tokens" => query_scalar("SELECT count(*) FROM reset_tokens"),
            "throttles" => query_scalar("SELECT count(*) FROM throttles"),
            other => panic!("no count for {other}"),
        };
        count.fetch_one(&engine.read).await.unwrap()
    }

    /// Changes the database directly, as an operator may.
    pub(crate) async fn execute_sql(&self, sql: &'static str) {
        let Database::Sqlite(engine) = self.store.database() else { unreachable!("the test store is SQLite") };
        let changed = engine.writer.write((), move |connection, ()| {
            Box::pin(async move {
                query(sql).execute(connection).await?;
                Ok::<(), WriteError>(())
            })
        });
        changed.await.unwrap();
    }
}

fn sqlite_url(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("test.db").display())
}

/// The pages of the service: open ones, protected ones, a protected group, and pages that fail.
pub(crate) fn pages() -> Route {
    let members = Route::new().at("/one", methods().get(member)).at("/two", methods().get(member));
    let safe = Route::new().at("/one", methods().get(member));
    Route::new()
        .at("/vault", methods().get(vault).post(store_in_vault))
        .nest("/safe", safe.with(RecentLogInRequired))
        .at("/", methods().get(index))
        .at("/home", methods().get(home))
        .at("/form", methods().get(index).post(save))
        .nest("/members", members.with(LoginRequired))
        .at("/limited", methods().post(limited))
        .at("/echo", methods().get(index).post(echo))
        .at("/title", methods().post(title))
        .at("/trips/:id", methods().get(trip))
        .at("/trips/:id/wish", methods().post(save).page("/trips/:id"))
        .at("/panic", methods().get(panic))
        .at("/slow/:step", methods().get(slow))
        .at("/hang", methods().get(hang).post(hang))
        .at("/body", size)
        .at("/failing", methods().get(fails))
        .at("/native", poem::get(member))
}

/// An action of the embedder that a user may do three times a minute.
#[handler]
async fn limited(user: CurrentUser, page: PageContext, _form: Submitted<TextForm>) -> Result<Response, Problem> {
    const ACTION: Action = Action::per_minute("limited", 3);
    page.throttle(&ACTION, &user.id.get().to_be_bytes()).await?;
    Ok(page.render("Done", "<p>Done.</p>"))
}

#[handler]
fn index(visitor: Visitor, page: PageContext) -> Response {
    let name = visitor.user().map_or("anonymous", |user| user.username.as_str());
    page.render("Index", &format!("<p id=\"identity\">You are {name}.</p>"))
}

#[handler]
fn home(user: CurrentUser, page: PageContext) -> Response {
    page.render("Home", &format!("<p id=\"identity\">You are {}.</p><p>The recipe is soup.</p>", user.username))
}

/// A page with a form to `/trips/:id/wish`, and what it knows of its request. The trip `panic` fails.
#[handler]
fn trip(page: PageContext, request: &Request) -> Response {
    assert_ne!(page.path(), "/trips/panic");
    let action = format!("{}/wish", page.path().replace("%C3%A9", "é")); // as a template writes it
    let form = page.resumed(&action).map_or_else(FormView::empty, FormView::filled);
    let fields = format!("{}{}{}", page.csrf_field(), page.idempotency_field(), form.input("dish", "Dish"));
    let form = format!(r#"<form id="wish" method="post" action="{action}">{fields}</form>"#);
    let other = format!(r#"<form id="other" method="post" action="/echo">{}</form>"#, page.idempotency_field());
    let (query, client) = (request.original_uri().query().unwrap_or_default(), request.remote_addr());
    let has_client = client.as_socket_addr().is_some();
    let request = format!(r#"<p id="request">{query} {} {has_client}</p>"#, request.scheme());
    page.render("A trip", &format!("<h1>A trip</h1>{request}{form}{other}"))
}

/// A page with a form that both require a recent log-in.
#[handler]
fn vault(user: RecentLogIn, page: PageContext) -> Response {
    let form = page.resumed("/vault").map_or_else(FormView::empty, FormView::filled);
    let fields = format!("{}{}", page.csrf_field(), form.input("dish", "Dish"));
    let form = format!(r#"<form method="post" action="/vault">{fields}</form>"#);
    page.render("Vault", &format!("<h1>The vault of {}</h1>{form}", user.username))
}

#[handler]
fn store_in_vault(user: RecentLogIn) -> Response {
    Flash::success(format!("Locked away for {}.", user.username)).to("/")
}

#[handler]
fn save(user: CurrentUser) -> Response {
    Flash::success(format!("Saved for {}.", user.username)).to("/")
}

/// A form with one text, for pages that show it.
pub(crate) struct TextForm(String);

impl Form for TextForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        fields.one("text").map(|text| Self(text.to_owned())).map_err(|error| FormErrors::at("text", error))
    }
}

#[handler]
fn echo(submitted: Submitted<TextForm>) -> Response {
    match submitted.form {
        Ok(TextForm(text)) => Flash::refusal(text).to("/"),
        Err(errors) => Flash::refusal(errors.of("text").unwrap_or_default()).to("/"),
    }
}

#[handler]
fn title(page: PageContext, submitted: Submitted<TextForm>) -> Response {
    page.render(&submitted.form.map_or_else(|_| String::new(), |form| form.0), "")
}

#[handler]
fn member() -> &'static str {
    "members only"
}

#[handler]
fn size(body: String) -> String {
    format!("{} bytes", body.len())
}

#[handler]
fn fails() -> Result<&'static str, Problem> {
    Err(StoreError::new("disk full").into())
}

/// Leads from step to step, and never ends.
#[handler]
async fn slow(Path(step): Path<u32>) -> Response {
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    redirect(&format!("/slow/{}", step + 1))
}

#[handler]
async fn hang() -> &'static str {
    std::future::pending().await
}

#[handler]
fn panic() -> &'static str {
    panic!("on purpose")
}

/// The visitor that a page shows: "You are ada."
pub(crate) fn identity(page: &TestResponse) -> String {
    page.texts("#identity").concat()
}

/// A text with every byte percent-encoded.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat()
}

/// The `Set-Cookie` values of a response.
pub(crate) fn set_cookies(page: &TestResponse) -> Vec<String> {
    let lines = page.headers.get_all("set-cookie").iter();
    lines.map(|line| line.to_str().unwrap().to_owned()).collect()
}

/// The `Set-Cookie` value of the cookie whose name begins with `name`.
pub(crate) fn set_cookie(page: &TestResponse, name: &str) -> Option<String> {
    set_cookies(page).into_iter().find(|line| line.starts_with(name))
}

/// Asserts the headers that every response has.
pub(crate) fn assert_has_headers(page: &TestResponse) {
    let csp = page.header("content-security-policy").unwrap_or_default();
    for part in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(csp.split("; ").any(|found| found == part), "{}: {csp}", page.path);
    }
    assert!(!csp.contains("unsafe"), "{csp}");
    // The address of a reset link is in no `Referer`, also not in those to this origin.
    let is_secret = page.path.split('?').next() == Some("/account/reset");
    let expected = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", if is_secret { "strict-origin" } else { "same-origin" }),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ];
    for (name, value) in expected {
        assert_eq!(page.header(name), Some(value), "{name} of {} ({})", page.path, page.status);
    }
    assert_eq!(page.header("x-request-id").map(str::len), Some(16), "{}", page.path);
    assert_eq!(page.header("access-control-allow-origin"), None);
    if !page.html.is_empty() {
        let kind = page.header("content-type").unwrap_or_default();
        assert!(kind.ends_with("; charset=utf-8"), "{kind} of {}", page.path);
    }
}

/// Asserts that a page is in the layout and contains a sentence.
pub(crate) fn assert_page(page: &TestResponse, status: u16, sentence: &str) {
    assert_eq!(page.status, status, "{}: {}", page.path, page.text);
    assert!(page.text.contains(sentence), "{sentence:?} in {}", page.text);
    assert_eq!(page.texts("main h1").len(), 1, "not in the layout: {}", page.html);
    assert_has_headers(page);
}
