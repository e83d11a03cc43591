//! Who comes. How a handler asks is [`super::extract`]'s.

use std::ops::Deref;

use auth::LiveSession;
use domain::session::SessionId;
use domain::user::User;

/// Whoever comes: a guest, or somebody logged in. Extracting it asks the store once in a request, and fails with a 503
/// page where the store does.
#[derive(Debug, Clone)]
pub enum Visitor {
    /// Nobody we know.
    Guest,
    /// Somebody logged in.
    User(CurrentUser),
}

impl Visitor {
    /// The user, if it is one.
    #[must_use]
    pub fn user(&self) -> Option<&CurrentUser> {
        match self {
            Self::User(user) => Some(user),
            Self::Guest => None,
        }
    }
}

/// Somebody logged in. Having it in a handler's signature is what makes a page protected: a guest is sent to log in,
/// and back here.
#[derive(Debug, Clone)]
pub struct CurrentUser {
    user: User,
    session: SessionId,
}

impl CurrentUser {
    pub(super) fn of(live: LiveSession) -> Self {
        Self { session: live.id(), user: live.into_user() }
    }

    /// Which of their sessions this is.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }
}

impl Deref for CurrentUser {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}
