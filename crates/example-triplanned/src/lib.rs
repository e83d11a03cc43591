//! TriPlanned: travelers post the places they know, and everybody reads them.
//!
//! A service of its own on the accounts crate: its own table beside the accounts' tables, its own layout, its own pages.

mod assets;
mod fingerprint;
mod layout;
mod pages;
mod post;
mod posts;
mod stamp;
mod words;

use accounts::web::{RoutesError, methods};
use accounts::{Accounts, BuildError, Builder};
use http_server::compression::Gzip;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Response, Route};
use store::AccountStore;

/// TriPlanned as one endpoint.
pub type Site = BoxEndpoint<'static, Response>;

/// Opens the database at `url`, with the accounts' tables and our own.
///
/// # Errors
/// One line for whoever started the program.
pub async fn connect(url: &str) -> Result<AccountStore, store::ConnectError> {
    AccountStore::connect_with(url, [posts::migrations()]).await
}

/// Builds the accounts in TriPlanned's layout. `settings` has the rest, such as the address to listen on.
///
/// # Errors
/// [`BuildError`]: a setting is unsafe.
pub fn accounts(store: &AccountStore, settings: Builder) -> Result<Accounts, BuildError> {
    settings.layout(layout::Postcards).build(store.clone())
}

/// Builds the site: its own pages and the account pages.
///
/// # Errors
/// [`RoutesError`]: two pages have the same path.
pub fn site(store: &AccountStore, accounts: &Accounts) -> Result<Site, RoutesError> {
    let routes = Route::new()
        .at("/", methods().get(pages::index::show))
        .at("/user/:username", methods().get(pages::user::show).post(pages::user::publish))
        .at(assets::stylesheet_path(), methods().get(assets::stylesheet))
        .at(assets::palm_path(), methods().get(assets::palm));
    Ok(Gzip::around(accounts.routes(routes)?.data(posts::of(store))).boxed())
}
