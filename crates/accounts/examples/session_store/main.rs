//! A service with a session store of its own: sessions are in memory, users and passwords in SQLite.
//!
//! `cargo run -p accounts --example session_store`, then open <http://127.0.0.1:8001/home>. [`memory_sessions`] is the store;
//! `tests` runs the contract suite on it.

mod memory_sessions;
#[cfg(all(test, feature = "contract", feature = "test-kit"))]
mod tests;

use std::sync::Arc;

use accounts::ports::AccountPorts;
use accounts::web::{CurrentUser, PageContext, methods};
use accounts::{Accounts, Builder};
use poem::listener::TcpListener;
use poem::{Endpoint, Response, Route, Server, handler};
use store::AccountStore;

use memory_sessions::MemorySessions;

#[handler]
fn home(user: CurrentUser, page: PageContext) -> Response {
    page.render("Home", &format!("<p>You are {}.</p>", user.username))
}

/// The ports of the service: those of `store`, with the sessions replaced.
fn ports(store: AccountStore) -> AccountPorts {
    let ports: AccountPorts = store.into();
    let sessions = MemorySessions::new(&ports);
    AccountPorts { sessions: Arc::new(sessions), ..ports }
}

/// The service as an endpoint.
fn service(builder: Builder, store: AccountStore) -> Result<impl Endpoint, Box<dyn std::error::Error>> {
    let accounts = builder.build(ports(store))?;
    Ok(accounts.routes(Route::new().at("/home", methods().get(home)))?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = AccountStore::connect("sqlite:session_store.db").await?;
    let service = service(Accounts::builder(), store)?;
    Ok(Server::new(TcpListener::bind("127.0.0.1:8001")).run(service).await?)
}
