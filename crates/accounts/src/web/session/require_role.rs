//! Pages for users with a role: as middleware around a group of routes, and as an extractor of one page.

use std::marker::PhantomData;
use std::ops::Deref;

use domain::user::Role;
use poem::{Endpoint, FromRequest, Middleware, Request, RequestBody};

use super::{CurrentUser, Visitor};
use crate::web::page::Problem;
use crate::web::request::RequestContext;

/// Middleware for users with a role: `Route::new()….with(RequireRole("admin"))`. An anonymous visitor is redirected to the log-in
/// page and back. A user without the role gets a page with status 403 in the embedder's layout, and a client that asks for JSON
/// gets JSON.
///
/// # Panics
/// The middleware panics where it is put around an endpoint, at the start of the program, if the name is not that of a
/// [`Role`].
#[derive(Debug, Clone, Copy)]
pub struct RequireRole(pub &'static str);

impl<E: Endpoint> Middleware<E> for RequireRole {
    type Output = RoleGuarded<E>;

    fn transform(&self, endpoint: E) -> RoleGuarded<E> {
        assert!(Role::parse(self.0).is_ok(), "`{}` is not the name of a role", self.0);
        RoleGuarded { endpoint, role: self.0 }
    }
}

/// An endpoint behind [`RequireRole`].
pub struct RoleGuarded<E> {
    endpoint: E,
    role: &'static str,
}

impl<E: Endpoint> Endpoint for RoleGuarded<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> poem::Result<E::Output> {
        user_with_role(&request, self.role).await?;
        self.endpoint.call(request).await
    }
}

/// The name of a role as a type, for [`UserWithRole`].
///
/// ```
/// use accounts::web::{RoleName, UserWithRole};
///
/// struct Admin;
///
/// impl RoleName for Admin {
///     const NAME: &'static str = "admin";
/// }
///
/// # use poem::handler;
/// #[handler]
/// fn reports(admin: UserWithRole<Admin>) -> String {
///     format!("The reports, for {}.", admin.username)
/// }
/// ```
pub trait RoleName: Send + Sync + 'static {
    /// The name of the role.
    const NAME: &'static str;
}

/// The user who is logged in and has a role.
///
/// An extractor, which protects a page as [`RequireRole`] does. A name that is not that of a [`Role`] allows no request.
#[derive(Debug)]
pub struct UserWithRole<R> {
    user: CurrentUser,
    role: PhantomData<fn() -> R>,
}

impl<R> Deref for UserWithRole<R> {
    type Target = CurrentUser;

    fn deref(&self) -> &CurrentUser {
        &self.user
    }
}

impl<'a, R: RoleName> FromRequest<'a> for UserWithRole<R> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let user = user_with_role(request, R::NAME).await?.clone();
        Ok(Self { user, role: PhantomData })
    }
}

async fn user_with_role<'a>(request: &'a Request, role: &str) -> poem::Result<&'a CurrentUser> {
    match RequestContext::of(request)?.visitor().await? {
        Visitor::User(user) if user.has_role(role) => Ok(user),
        Visitor::User(_) => Err(Problem::Forbidden.into()),
        Visitor::Anonymous => Err(Problem::LoginRequired.into()),
    }
}
