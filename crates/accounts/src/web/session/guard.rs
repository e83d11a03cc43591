//! Protects a group of routes, so that no page in it can forget to.

use poem::{Endpoint, Middleware, Request};

use super::Visitor;
use crate::web::page::Problem;
use crate::web::request::RequestContext;

/// Middleware for users only: `Route::new()….with(LoginRequired)`. An anonymous visitor is redirected to the log-in page
/// and back.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoginRequired;

impl<E: Endpoint> Middleware<E> for LoginRequired {
    type Output = Guarded<E>;

    fn transform(&self, endpoint: E) -> Guarded<E> {
        Guarded { endpoint }
    }
}

/// An endpoint behind [`LoginRequired`].
pub struct Guarded<E> {
    endpoint: E,
}

impl<E: Endpoint> Endpoint for Guarded<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> poem::Result<E::Output> {
        match RequestContext::of(&request)?.visitor().await? {
            Visitor::User(_) => self.endpoint.call(request).await,
            Visitor::Anonymous => Err(Problem::LoginRequired.into()),
        }
    }
}
