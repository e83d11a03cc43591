//! The extractor of a user who gave the password a short time ago.

use std::ops::Deref;

use poem::{FromRequest, Request, RequestBody};

use super::CurrentUser;
use crate::web::page::Problem;

/// The user, who gave the password in this session less than ten minutes ago ([`crate::Builder::recent_log_in`]).
///
/// An extractor, which protects a page on which more is at stake than a stolen session may do. A user whose log-in is older is
/// redirected to the page that asks for the password again, and back. A form that was sent is kept meanwhile, and one press
/// sends it: see [`PageContext::resumed`](crate::web::PageContext::resumed). An anonymous visitor is asked to log in, as by
/// [`CurrentUser`]. A client that asks for JSON gets 403 with the code `recent_log_in_required`.
#[derive(Debug, Clone)]
pub struct RecentLogIn(CurrentUser);

impl Deref for RecentLogIn {
    type Target = CurrentUser;

    fn deref(&self) -> &CurrentUser {
        &self.0
    }
}

impl<'a> FromRequest<'a> for RecentLogIn {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let user = CurrentUser::from_request(request, body).await?;
        if user.has_recent_log_in() { Ok(Self(user)) } else { Err(Problem::RecentLogInRequired.into()) }
    }
}
