//! The secret recipe: a log-in form, and one page that only a logged-in user can read. It is the smallest service on
//! the `accounts` crate, and a good place to start reading.
//!
//! The index `/` is the log-in form. It redirects a user who is logged in to `/home`, so that "Back to the index" on
//! `/home` leads back to `/home`, and only logging out leads to the form.

#![allow(clippy::print_stdout, reason = "it prints its address")]

use std::net::SocketAddr;

use accounts::web::{AccountPage, CurrentUser, Layout, LayoutError, PageContext};
use accounts::{Accounts, Caller, Email, OsRandom, Password, Random, Registration, User, Username};
use askama::Template;
use clap::Parser;
use http_server::{Limits, Server, shutdown_signal};
use poem::{IntoResponse, Response, Route, endpoint::make_sync, get, handler, http::StatusCode};
use store::AccountStore;
use tokio::net::TcpListener;

/// The secret recipe: one page that only a logged-in user can read
#[derive(Parser)]
struct Settings {
    /// The address to listen on. It must be a loopback address
    #[arg(long, env = "RECIPE_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8001")]
    listen: SocketAddr,
    /// The database of the users: `sqlite:FILE` or `postgres://…`
    #[arg(long, env = "RECIPE_DATABASE", hide_env_values = true)]
    #[arg(value_name = "URL", default_value = "sqlite:recipe.db")]
    database: String,
}

/// The frame around every page: our own and those of `accounts`.
#[derive(Template)]
#[template(path = "card.html")]
struct Frame<'a> {
    page: &'a PageContext,
    title: &'a str,
    content: &'a str,
}

/// Renders the frame. `content` is HTML that is already escaped.
struct Card;

impl Layout for Card {
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        Ok(Frame { page, title, content }.render()?)
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    user: &'a User,
    page: &'a PageContext,
}

/// `/home`. The extractor `CurrentUser` redirects a guest to the log-in form, and back here after the log-in.
#[handler]
fn home(user: CurrentUser, page: PageContext) -> Response {
    page.render_template(StatusCode::OK, "Home", &Home { user: &user, page: &page })
}

#[handler]
fn style() -> Response {
    include_str!("../assets/card.css").with_content_type("text/css; charset=utf-8").into_response()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let accounts = Accounts::builder().listen(settings.listen).layout(Card);
    let accounts = accounts.without(AccountPage::Register).log_in_at("/").after_log_in("/home");
    accounts.ensure_valid()?; // an invalid setting or a port in use is reported before the database is changed
    let listener = TcpListener::bind(settings.listen).await?;
    let accounts = accounts.build(AccountStore::connect(&settings.database).await?)?;
    if accounts.has_no_users().await? {
        let mut bytes = [0; 12];
        OsRandom.fill(&mut bytes);
        let password = bytes.map(|byte| format!("{byte:02x}")).concat();
        let (username, email) = (Username::parse("cook")?, Email::parse("cook@example.com")?);
        let cook = Registration { username, email, password: Password::parse(password.clone())?, code: None };
        accounts.register(cook, &Caller::default()).await?;
        println!("The first start: log in as cook@example.com with the password {password}. It is not shown again.");
    }
    let no_icon = make_sync(|_| StatusCode::NO_CONTENT); // a 404 would be an error in the browser's console
    let routes = Route::new().at("/home", get(home)).at("/card.css", get(style)).at("/favicon.ico", no_icon);
    println!("The secret recipe is served at http://{}", listener.local_addr()?);
    let server = Server::new(listener).limits(Limits::for_this_process());
    let server = server.error_headers(accounts.security_headers().iter().cloned());
    Ok(server.serve(accounts.routes(routes)?, shutdown_signal()?).await?)
}
