//! Adds the account pages to the routes of a service, and the layer around them.

use poem::error::RouteError;
use poem::{Endpoint, Route};

use super::AccountPage;
use super::account_pages::ACCOUNT_PAGES;
use super::layer::Layer;
use crate::Accounts;

/// An account page cannot be added: the service has a route at the same path. [`crate::Builder::own_page`] says that it is in place of
/// ours.
#[derive(Debug, thiserror::Error)]
#[error("{page:?} cannot be at {path}: {source}")]
pub struct RoutesError {
    page: AccountPage,
    path: String,
    #[source]
    source: RouteError,
}

impl Accounts {
    /// Adds the account pages to the routes of a service, and wraps all of them in the layer: sessions, CSRF protection,
    /// flash messages, error pages, headers.
    ///
    /// # Errors
    /// [`RoutesError`]: a path is taken.
    pub fn routes(&self, mut routes: Route) -> Result<Layer<Route>, RoutesError> {
        let settings = &self.inner.web;
        for entry in ACCOUNT_PAGES.iter().filter(|entry| settings.serves(entry.page)) {
            let (page, path) = (entry.page, settings.path(entry.page));
            let added = routes.try_at(path, entry.endpoint(path));
            routes = added.map_err(|source| RoutesError { page, path: path.to_owned(), source })?;
        }
        Ok(self.wrap(routes))
    }

    /// Wraps an endpoint in the layer, without adding any page.
    #[must_use]
    pub fn wrap<E: Endpoint>(&self, endpoint: E) -> Layer<E> {
        Layer::new(self.clone(), endpoint)
    }
}
