//! A session that was checked against the clock. The fields are private, so that only [`Lifetimes::live_session`] makes
//! one.

use std::time::Duration;

use domain::Timestamp;
use domain::session::{SessionId, SessionRecord, StoredSession};
use domain::user::{Roles, User};

use super::Lifetimes;

/// A session that had not expired, and whose user was not disabled, when it was checked.
///
/// Only [`Lifetimes::live_session`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    id: SessionId,
    user: User,
    roles: Roles,
    notices: u32,
    record: SessionRecord,
}

impl Lifetimes {
    /// Returns a stored session as a live one, at `now`. `None` if the session has expired, or its user is disabled
    /// or to be deleted.
    #[must_use]
    pub fn live_session(&self, stored: StoredSession, now: Timestamp) -> Option<LiveSession> {
        let StoredSession { id, user, roles, notices, record } = stored;
        let is_live = user.is_active() && self.is_live(&record, now);
        is_live.then_some(LiveSession { id, user, roles, notices, record })
    }
}

impl LiveSession {
    /// Whether the user gave the password in the session less than `within` before `now`.
    ///
    /// A time that lies ahead of a clock that was set back counts by its distance too: otherwise it would stay recent until the
    /// clock has caught up.
    #[must_use]
    pub fn is_authenticated_within(&self, within: Duration, now: Timestamp) -> bool {
        let at = self.record.authenticated_at;
        now.since(at).max(at.since(now)) < within
    }

    /// The id of the session.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// The user of the session.
    #[must_use]
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// The roles of the user, as the session was found with them.
    #[must_use]
    pub const fn roles(&self) -> &Roles {
        &self.roles
    }

    /// The number of notices to the user, at most [`MOST_COUNTED`](domain::notice::MOST_COUNTED), as the session was found with it.
    #[must_use]
    pub const fn notices(&self) -> u32 {
        self.notices
    }

    /// The user of the session and the roles of the user, moved out.
    #[must_use]
    pub fn into_user(self) -> (User, Roles) {
        (self.user, self.roles)
    }

    /// The times and the device of the session.
    #[must_use]
    pub const fn record(&self) -> &SessionRecord {
        &self.record
    }
}
