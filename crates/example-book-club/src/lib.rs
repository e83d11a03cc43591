//! The book club: members list the books that they read, and scripts mark them as read.
//!
//! A service on the `accounts` crate with registration by a code and a field of its own (`members`). Its log-in page is its own,
//! a role uploads covers, and API tokens open JSON for scripts (`pages`).

mod members;
mod pages;
mod tables;

use accounts::web::{AccountPage, RequireRole, methods};
use accounts::{Accounts, Builder, RegistrationPolicy, ShortText};
use poem::{EndpointExt, Response, Route, endpoint::BoxEndpoint};
use store::AccountStore;

pub use tables::tables;

/// Builds the accounts on a store with our tables, and the site. `settings` has the rest, such as the address to listen on.
///
/// # Errors
/// A setting is unsafe, or two pages have the same path.
pub fn open(store: AccountStore, settings: Builder) -> anyhow::Result<(Accounts, BoxEndpoint<'static, Response>)> {
    let store = store.with_hooks(members::MemberRows);
    let tokens = store.clone();
    let settings = settings.registration(RegistrationPolicy::Code).own_fields(members::FavoriteAuthorField);
    let settings = settings.own_page(AccountPage::LogIn, "/come-in").after_log_out("/come-in");
    let settings = settings.upload_at("/books/new", pages::COVER_LIMIT + 10_240); // and what the form has beside it
    let settings = settings.api_tokens_at("/api/*rest", move |token| tables::find_user(tokens.clone(), token));
    let accounts = settings.build(store.clone())?;
    let routes = Route::new()
        .at("/", methods().get(pages::list))
        .at("/books/:id/cover", methods().get(pages::show_cover))
        .at("/books/new", methods().get(pages::show_form).post(pages::add).with(RequireRole(pages::LIBRARIAN)))
        .at("/come-in", methods().get(pages::log_in_page).post(pages::log_in))
        .at("/token", methods().get(pages::show_token).post(pages::make_token))
        .at("/token/revoke", methods().post(pages::revoke_token).page("/token"))
        .at("/api/books", methods().get(pages::list_as_json))
        .at("/api/books/:id/read", methods().post(pages::mark_read));
    Ok((accounts.clone(), accounts.routes(routes)?.data(store).boxed()))
}

/// Parses the title of a book, or the name of an author.
fn parse_name(typed: &str) -> Result<ShortText, &'static str> {
    ShortText::parse(typed).map_err(|_| "Please type 1 to 200 characters that can be shown.")
}
