//! Extractors of who comes. A store that fails is never taken for a guest.

use poem::{FromRequest, Request, RequestBody};

use super::exchange::Exchange;
use super::problem::Problem;
use super::visitor::{CurrentUser, Visitor};

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Exchange::of(request)?.visitor().await?.clone())
    }
}

impl<'a> FromRequest<'a> for CurrentUser {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        match Exchange::of(request)?.visitor().await? {
            Visitor::User(user) => Ok(user.clone()),
            Visitor::Guest => Err(Problem::LoginRequired.into()),
        }
    }
}
