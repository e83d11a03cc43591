//! How long a login lives: opening, renewing and expiring, as functions of values. The clock is an argument, and may
//! have been set since.

use std::time::Duration;

use domain::Timestamp;
use domain::session::{Device, SessionRecord};
use domain::user::UserId;

use super::LiveSession;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Last seen is written no more often than this, so that a page does not cost a write.
const RENEWED_EVERY: Duration = MINUTE;

/// How far ahead of the clock a session's times may be, because the clock was set back. Beyond it they are not
/// believed, or a session opened under a clock of next year would live until then.
const BELIEVED_AHEAD: Duration = DAY;

/// How long one kind of login lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    idle: Duration,
    absolute: Duration,
}

/// Why two durations are not a lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LifetimeError {
    /// Idle is under [`Lifetime::SHORTEST_IDLE`].
    #[error("a session's idle limit is at least {} seconds", Lifetime::SHORTEST_IDLE.as_secs())]
    IdleTooShort,
    /// Idle is longer than absolute, and would never be reached.
    #[error("a session's idle limit is at most its absolute limit")]
    IdleBeyondAbsolute,
    /// Absolute is over [`Lifetime::LONGEST`].
    #[error("a session's absolute limit is at most {} days", Lifetime::LONGEST.as_secs() / DAY.as_secs())]
    TooLong,
}

impl Lifetime {
    /// Two minutes: last seen is written once a minute, so with less somebody active would be logged out.
    pub const SHORTEST_IDLE: Duration = Duration::from_mins(2);
    /// 30 days, the most before somebody must log in again (NIST SP 800-63B-4, 2.1.3).
    pub const LONGEST: Duration = Duration::from_hours(30 * 24);

    /// A login that ends `idle` after the last request that came with it, and in any case `absolute` after it was opened.
    ///
    /// # Errors
    /// The first rule of [`LifetimeError`] that the two break.
    pub const fn new(idle: Duration, absolute: Duration) -> Result<Self, LifetimeError> {
        if idle.as_nanos() < Self::SHORTEST_IDLE.as_nanos() {
            Err(LifetimeError::IdleTooShort)
        } else if idle.as_nanos() > absolute.as_nanos() {
            Err(LifetimeError::IdleBeyondAbsolute)
        } else if absolute.as_nanos() > Self::LONGEST.as_nanos() {
            Err(LifetimeError::TooLong)
        } else {
            Ok(Self { idle, absolute })
        }
    }

    /// How long it lives without a request.
    #[must_use]
    pub const fn idle(self) -> Duration {
        self.idle
    }

    /// How long it lives at most; a remembered login's cookie has this age.
    #[must_use]
    pub const fn absolute(self) -> Duration {
        self.absolute
    }

    fn expires_at(self, created_at: Timestamp, last_seen_at: Timestamp) -> Timestamp {
        (created_at + self.absolute).min(last_seen_at + self.idle)
    }
}

/// How long logins live: the service's policy, which counts for those that are open too when it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    browser: Lifetime,
    remembered: Lifetime,
}

impl Default for Lifetimes {
    /// Without "remember me" 12 hours idle and 7 days in all; with it 14 and 30 days.
    fn default() -> Self {
        let [half_a_day, week] = [12 * HOUR, 7 * DAY];
        Self {
            browser: Lifetime { idle: half_a_day, absolute: week },
            remembered: Lifetime { idle: 2 * week, absolute: Lifetime::LONGEST },
        }
    }
}

/// What is written when a request came with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// When the request came.
    pub seen_at: Timestamp,
    /// When the session may be forgotten now.
    pub expires_at: Timestamp,
    /// Nothing is to be written where another request has been noted after this: of many at once one is written.
    pub unless_seen_after: Timestamp,
}

impl Lifetimes {
    /// These lifetimes, of logins without and with "remember me".
    #[must_use]
    pub const fn new(browser: Lifetime, remembered: Lifetime) -> Self {
        Self { browser, remembered }
    }

    /// The lifetime of a login without "remember me", which the browser forgets when it is closed.
    #[must_use]
    pub const fn browser(&self) -> Lifetime {
        self.browser
    }

    /// The lifetime of a login with "remember me".
    #[must_use]
    pub const fn remembered(&self) -> Lifetime {
        self.remembered
    }

    const fn of(&self, remembered: bool) -> Lifetime {
        if remembered { self.remembered } else { self.browser }
    }

    /// The session of somebody who gave their password just now.
    #[must_use]
    pub fn open(&self, user: UserId, remembered: bool, device: Device, now: Timestamp) -> SessionRecord {
        SessionRecord {
            user,
            created_at: now,
            last_seen_at: now,
            authenticated_at: now,
            expires_at: self.of(remembered).expires_at(now, now),
            remembered,
            device,
        }
    }

    /// Whether a session has not expired at `now`.
    ///
    /// The result follows from the session's times and this policy alone. `expires_at` is for the purge, and may have
    /// been computed under an earlier policy.
    pub(super) fn is_live(&self, record: &SessionRecord, now: Timestamp) -> bool {
        let lifetime = self.of(record.remembered);
        let ahead = record.created_at.max(record.last_seen_at).since(now);
        ahead <= BELIEVED_AHEAD
            && now.since(record.created_at) < lifetime.absolute
            && now.since(record.last_seen_at) < lifetime.idle
    }

    /// Returns what to write for a request with this session. `None` if the last write was less than a minute ago, or
    /// if the session has expired since it was checked.
    #[must_use]
    pub fn renew(&self, session: &LiveSession, now: Timestamp) -> Option<Renewal> {
        let record = session.record();
        let is_due = now.since(record.last_seen_at) >= RENEWED_EVERY && self.is_live(record, now);
        let expires_at = self.of(record.remembered).expires_at(record.created_at, now);
        is_due.then_some(Renewal { seen_at: now, expires_at, unless_seen_after: now - RENEWED_EVERY })
    }
}

#[cfg(test)]
mod tests;
