//! A protected group of pages: none of them can forget to ask who comes.

use poem::{Endpoint, Middleware, Request};

use super::exchange::Exchange;
use super::problem::Problem;
use super::visitor::Visitor;

/// Lets only logged-in users through: `Route::new()….with(LoginRequired)`.
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
        match Exchange::of(&request)?.visitor().await? {
            Visitor::User(_) => self.endpoint.call(request).await,
            Visitor::Guest => Err(Problem::LoginRequired.into()),
        }
    }
}
