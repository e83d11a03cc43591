//! Protects a group of routes, so that no page in it can forget to.

use poem::{Endpoint, Middleware, Request};

use super::Visitor;
use crate::web::page::Problem;
use crate::web::request::RequestContext;

/// Middleware for users only: `Route::new()….with(LoginRequired)`. An anonymous visitor is redirected to the log-in page
/// and back.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoginRequired;

/// Middleware for users who gave the password a short time ago: `Route::new()….with(RecentLogInRequired)`. It responds to any
/// other visitor as the extractor [`RecentLogIn`](crate::web::RecentLogIn) does.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecentLogInRequired;

impl<E: Endpoint> Middleware<E> for LoginRequired {
    type Output = Guarded<E>;

    fn transform(&self, endpoint: E) -> Guarded<E> {
        Guarded { endpoint, requires_recent_log_in: false }
    }
}

impl<E: Endpoint> Middleware<E> for RecentLogInRequired {
    type Output = Guarded<E>;

    fn transform(&self, endpoint: E) -> Guarded<E> {
        Guarded { endpoint, requires_recent_log_in: true }
    }
}

/// An endpoint behind [`LoginRequired`] or [`RecentLogInRequired`].
pub struct Guarded<E> {
    endpoint: E,
    requires_recent_log_in: bool,
}

impl<E: Endpoint> Endpoint for Guarded<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> poem::Result<E::Output> {
        match RequestContext::of(&request)?.visitor().await? {
            Visitor::User(user) if self.requires_recent_log_in && !user.has_recent_log_in() => {
                Err(Problem::RecentLogInRequired.into())
            }
            Visitor::User(_) => self.endpoint.call(request).await,
            Visitor::Anonymous => Err(Problem::LoginRequired.into()),
        }
    }
}
