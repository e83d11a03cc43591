//! What happens to accounts, told to whoever asked for it: the log always, an embedder's hook as well.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::session::SessionId;
use domain::user::UserId;

use crate::Accounts;

/// What happened. More may come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Somebody made an account.
    Registered {
        /// Who.
        user: UserId,
    },
    /// Somebody was let in.
    LoggedIn {
        /// Who.
        user: UserId,
        /// Their new session.
        session: SessionId,
    },
    /// Somebody was not let in.
    LogInFailed {
        /// Whose address was given, where it is an account's. For the operator: a page that told it would tell who has
        /// an account.
        user: Option<UserId>,
        /// The network that it came from.
        network: Option<String>,
    },
    /// A session was ended by whoever holds its token.
    LoggedOut {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
    },
    /// All sessions of a user were ended.
    LoggedOutEverywhere {
        /// Whose.
        user: UserId,
        /// How many there were.
        sessions: u64,
    },
}

/// Whoever wants to know. It is called after the commit, in the request: what takes long belongs into a task of its own.
/// A panic of it costs a line in the log.
pub(crate) type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

impl Accounts {
    /// Tells the log and the listener.
    pub(crate) fn tell(&self, event: &Event) {
        match event {
            Event::Registered { user } => tracing::info!(user = user.get(), "registered"),
            Event::LoggedIn { user, session } => {
                tracing::info!(user = user.get(), session = session.get(), "logged in");
            }
            Event::LogInFailed { user, network } => {
                tracing::info!(user = user.map(UserId::get), network, "log-in refused");
            }
            Event::LoggedOut { user, session } => {
                tracing::info!(user = user.get(), session = session.get(), "logged out");
            }
            Event::LoggedOutEverywhere { user, sessions } => {
                tracing::info!(user = user.get(), sessions, "logged out everywhere");
            }
        }
        // What is done is done, and whoever asked for it is told so, whatever a listener makes of it.
        if let Some(listener) = &self.inner.listener
            && catch_unwind(AssertUnwindSafe(|| listener(event))).is_err()
        {
            tracing::error!(?event, "whoever listens to events panicked");
        }
    }
}
