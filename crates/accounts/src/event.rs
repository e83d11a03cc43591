//! Events: what happened to accounts. Each is logged, and passed to the embedder's listener.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::session::SessionId;
use domain::user::UserId;

use crate::Accounts;
use crate::log_budget::Line;

/// Something that happened to an account. More variants may be added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// An account was registered.
    Registered {
        /// The new user.
        user: UserId,
    },
    /// A user logged in.
    LoggedIn {
        /// The user.
        user: UserId,
        /// The session that was opened.
        session: SessionId,
    },
    /// A log-in was refused.
    LogInFailed {
        /// The user with the e-mail address or username, if there is one. For the operator only: a page that shows it would tell
        /// strangers which addresses have accounts.
        user: Option<UserId>,
        /// The client's network, as in [`crate::Caller::network`].
        network: Option<String>,
    },
    /// An attempt was refused by a limit. The log has ten of these in 10 s, and then their number; the listener gets each.
    Throttled {
        /// What was attempted: `log-in`, `registration`, or the name of an [`crate::Action`].
        action: &'static str,
        /// The client's network, as in [`crate::Caller::network`].
        network: Option<String>,
    },
    /// A session was ended with its token.
    LoggedOut {
        /// The user.
        user: UserId,
        /// The session that was ended.
        session: SessionId,
    },
    /// All sessions of a user were ended.
    LoggedOutEverywhere {
        /// The user.
        user: UserId,
        /// The number of sessions that were ended.
        sessions: u64,
    },
}

/// An embedder's listener: see [`crate::Builder::on_event`].
pub(crate) type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

impl Accounts {
    /// Logs an event and passes it to the listener. It is called after the commit.
    pub(crate) fn emit(&self, event: &Event) {
        match event {
            Event::Registered { user } => tracing::info!(user = user.get(), "registered"),
            Event::LoggedIn { user, session } => {
                tracing::info!(user = user.get(), session = session.get(), "logged in");
            }
            Event::LogInFailed { user, network } => {
                if self.logs(Line::LogInRefused) {
                    tracing::info!(user = user.map(UserId::get), network, "log-in refused");
                }
            }
            Event::Throttled { action, network } => {
                if self.logs(Line::Throttled) {
                    tracing::info!(action, network, "throttled");
                }
            }
            Event::LoggedOut { user, session } => {
                tracing::info!(user = user.get(), session = session.get(), "logged out");
            }
            Event::LoggedOutEverywhere { user, sessions } => {
                tracing::info!(user = user.get(), sessions, "logged out everywhere");
            }
        }
        // The event is committed: a listener that panics must not turn the response into an error.
        if let Some(listener) = &self.inner.listener
            && catch_unwind(AssertUnwindSafe(|| listener(event))).is_err()
        {
            tracing::error!(?event, "event listener panicked");
        }
    }
}
