//! TriPlanned: travelers post the places they know, and every visitor can read them.
//!
//! A complete service on the `accounts` crate. It shows how an embedder adds a table beside the accounts' tables
//! (`posts`), a field of its own on the registration form (`home`), a layout around every page (`layout`), and pages (`pages`).

mod assets;
mod fingerprint;
mod home;
mod layout;
mod messages;
mod pages;
mod post;
mod posts;
mod stamp;

use std::sync::Arc;

use accounts::web::{RoutesError, methods};
use accounts::{Accounts, BuildError, Builder};
use http_server::compression::Gzip;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Response, Route};
use store::AccountStore;

/// TriPlanned as one endpoint.
pub type Site = BoxEndpoint<'static, Response>;

/// Opens the database at `url` and creates or migrates the accounts' tables and our own.
///
/// # Errors
/// The URL is invalid, or the database cannot be opened or migrated. The message is one line, for the operator.
pub async fn connect(url: &str) -> Result<AccountStore, store::ConnectError> {
    Ok(AccountStore::connect_with(url, [posts::migrations()]).await?.with_hooks(home::Homes))
}

/// Opens an existing database, for a command of the operator.
///
/// # Errors
/// The URL is invalid, or the database cannot be opened or has another schema. The message is one line, for the operator.
pub async fn connect_existing(url: &str) -> Result<AccountStore, store::ConnectError> {
    Ok(AccountStore::connect_existing_with(url, [posts::migrations()]).await?.with_hooks(home::Homes))
}

/// Builds the accounts in TriPlanned's layout. `settings` has the rest, such as the address to listen on.
///
/// # Errors
/// [`BuildError`]: a setting is unsafe.
pub fn accounts(store: &AccountStore, settings: Builder) -> Result<Accounts, BuildError> {
    let posts = posts::repository(store);
    let section = Arc::clone(&posts);
    let settings = settings.account_section(move |page| pages::account::section(Arc::clone(&section), page));
    let settings = settings.layout(layout::Postcards).log_in_after_registration(false);
    let settings = settings.own_fields(home::HomeField).deletion_consequences([messages::POSTCARDS_STAY]);
    let settings = settings.export(posts::Exported(Arc::clone(&posts))).export(posts::ExportedHome(posts));
    settings.build(store.clone())
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
    Ok(Gzip::around(accounts.routes(routes)?.data(posts::repository(store))).boxed())
}
