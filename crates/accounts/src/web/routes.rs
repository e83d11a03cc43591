//! Adds the accounts' pages to a service's routes, and puts the layer around all of them.

use poem::error::RouteError;
use poem::{Endpoint, Route};

use super::layer::Layer;
use super::methods::methods;
use super::pages;
use super::settings::AccountPage;
use crate::Accounts;

/// Why the pages could not be added: the embedder has one of their own at the same path. [`crate::Builder::without`]
/// leaves ours out.
#[derive(Debug, thiserror::Error)]
#[error("{page:?} cannot be at {path}: {source}")]
pub struct RoutesError {
    page: AccountPage,
    path: String,
    #[source]
    source: RouteError,
}

impl Accounts {
    /// Adds the pages to register, log in and log out, and puts the layer around all routes: sessions, CSRF, flashes,
    /// error pages, headers.
    ///
    /// # Errors
    /// [`RoutesError`]: a path is taken.
    pub fn routes(&self, mut routes: Route) -> Result<Layer<Route>, RoutesError> {
        let settings = &self.inner.web;
        let pages = [
            (
                AccountPage::Register,
                &settings.paths.register,
                methods().get(pages::register::show).post(pages::register::submit),
            ),
            (
                AccountPage::LogIn,
                &settings.paths.log_in,
                methods().get(pages::log_in::show).post(pages::log_in::submit),
            ),
            (AccountPage::LogOut, &settings.paths.log_out, methods().post(pages::log_out::submit)),
        ];
        for (page, path, endpoint) in pages {
            if settings.without.contains(&page) {
                continue;
            }
            let told = |source| RoutesError { page, path: path.clone(), source };
            routes = routes.try_at(path, endpoint).map_err(told)?;
        }
        Ok(self.wrap(routes))
    }

    /// Puts the layer around an endpoint without adding any page.
    #[must_use]
    pub fn wrap<E: Endpoint>(&self, endpoint: E) -> Layer<E> {
        Layer::new(self.clone(), endpoint)
    }
}
