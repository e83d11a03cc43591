//! The visitor of a request, and its extractors. A store that fails never makes a visitor anonymous.

use std::ops::Deref;

use auth::LiveSession;
use domain::session::SessionId;
use domain::user::{Roles, User};
use poem::{FromRequest, Request, RequestBody};

use crate::Accounts;
use crate::web::page::Problem;
use crate::web::request::RequestContext;

/// The visitor: anonymous, or a user who is logged in.
///
/// An extractor. The store is queried once per request, and extraction fails with a 503 page where the store fails.
#[derive(Debug, Clone)]
pub enum Visitor {
    /// Not logged in.
    Anonymous,
    /// Logged in, or the user of a program's token.
    User(CurrentUser),
}

impl Visitor {
    /// The user, or `None` for an anonymous visitor.
    #[must_use]
    pub fn user(&self) -> Option<&CurrentUser> {
        match self {
            Self::User(user) => Some(user),
            Self::Anonymous => None,
        }
    }
}

/// The user who is logged in, or whose token a program has sent ([`crate::Builder::api_tokens_at`]).
///
/// An extractor, which protects a page: an anonymous visitor is redirected to the log-in page and back.
#[derive(Debug, Clone)]
pub struct CurrentUser {
    user: User,
    roles: Roles,
    notices: u32,
    session: Option<SessionId>,
    has_recent_log_in: bool,
}

impl CurrentUser {
    pub(crate) fn new(live: LiveSession, accounts: &Accounts) -> Self {
        let (within, now) = (accounts.inner.web.recent_log_in, accounts.inner.clock.now());
        let (session, notices) = (Some(live.id()), live.notices());
        let has_recent_log_in = live.is_authenticated_within(within, now);
        let (user, roles) = live.into_user();
        Self { user, roles, notices, session, has_recent_log_in }
    }

    /// The user of a program's token, which has no session.
    pub(crate) fn of_token(user: User, roles: Roles) -> Self {
        Self { user, roles, notices: 0, session: None, has_recent_log_in: false }
    }

    /// Whether the user has a role, such as `admin`. The roles were read with the session, in this request: one that was taken
    /// from the user before is not among them.
    #[must_use]
    pub fn has_role(&self, name: &str) -> bool {
        self.roles.has(name)
    }

    /// The roles of the user.
    #[must_use]
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// The number of notices to the user, of every kind, at most [`MOST_COUNTED`](domain::notice::MOST_COUNTED): 10 stands for 10 or
    /// more. They were counted with the session, in its statement: one that is dismissed in this request is among them. 0 for a program
    /// that authenticates by a token.
    #[must_use]
    pub fn notices(&self) -> u32 {
        self.notices
    }

    /// The session of the request. `None` for a program that authenticates by a token: see [`crate::Builder::api_tokens_at`].
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.session
    }

    /// Whether the user gave the password in the session a short time ago: see [`crate::Builder::recent_log_in`].
    #[must_use]
    pub fn has_recent_log_in(&self) -> bool {
        self.has_recent_log_in
    }
}

impl Deref for CurrentUser {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(RequestContext::of(request)?.visitor().await?.clone())
    }
}

impl<'a> FromRequest<'a> for CurrentUser {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        match RequestContext::of(request)?.visitor().await? {
            Visitor::User(user) => Ok(user.clone()),
            Visitor::Anonymous => Err(Problem::LoginRequired.into()),
        }
    }
}
