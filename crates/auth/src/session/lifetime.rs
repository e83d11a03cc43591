//! Session lifetimes: opening, renewing and expiring, as functions of values.
//!
//! The time is an argument, and the clock behind it may have been set back since the session was opened.

use std::time::Duration;

use domain::Timestamp;
use domain::session::{Device, SessionRecord};
use domain::user::UserId;

use super::LiveSession;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The least time between two writes of `last_seen_at`, so that not every page view costs a write.
const RENEWAL_INTERVAL: Duration = MINUTE;

/// How far a session's times may lie ahead of a clock that was set back.
///
/// A session further ahead is rejected: one opened under a clock a year ahead would otherwise live until then.
const MAX_CLOCK_SKEW: Duration = DAY;

/// The limits of one kind of session, with or without "remember me".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    idle: Duration,
    absolute: Duration,
}

/// Why two durations are not a lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LifetimeError {
    /// The idle limit is under [`Lifetime::MIN_IDLE`].
    #[error("a session's idle limit is at least {} seconds", Lifetime::MIN_IDLE.as_secs())]
    IdleTooShort,
    /// The idle limit is longer than the absolute limit, so it would never be reached.
    #[error("a session's idle limit is at most its absolute limit")]
    IdleBeyondAbsolute,
    /// The absolute limit is over [`Lifetime::MAX_ABSOLUTE`], and not chosen by [`Lifetime::long`].
    #[error(
        "a session's absolute limit is at most {} days, or {} days by `Lifetime::long`",
        days(Lifetime::MAX_ABSOLUTE),
        days(Lifetime::MAX_LONG_ABSOLUTE)
    )]
    TooLong,
    /// The idle limit of a long lifetime is over [`Lifetime::MAX_LONG_IDLE`].
    #[error("the idle limit of a long session is at most {} days", days(Lifetime::MAX_LONG_IDLE))]
    LongIdleTooLong,
    /// The absolute limit of a long lifetime is over [`Lifetime::MAX_LONG_ABSOLUTE`].
    #[error("the absolute limit of a long session is at most {} days", days(Lifetime::MAX_LONG_ABSOLUTE))]
    LongTooLong,
}

const fn days(duration: Duration) -> u64 {
    duration.as_secs() / DAY.as_secs()
}

impl Lifetime {
    /// The shortest idle limit: two minutes.
    ///
    /// `last_seen_at` is written once a minute, so a shorter limit would log out an active user.
    pub const MIN_IDLE: Duration = Duration::from_mins(2);
    /// The longest absolute limit: 30 days, after which NIST SP 800-63B-4, 2.1.3 requires a new log-in.
    pub const MAX_ABSOLUTE: Duration = Duration::from_hours(30 * 24);
    /// The longest idle limit of a long lifetime: 90 days.
    pub const MAX_LONG_IDLE: Duration = Duration::from_hours(90 * 24);
    /// The longest absolute limit of a long lifetime: 400 days, to which browsers cut the `Max-Age` of a cookie (RFC 6265bis, 5.5).
    pub const MAX_LONG_ABSOLUTE: Duration = Duration::from_hours(400 * 24);

    /// A session expires `idle` after its last request, and at the latest `absolute` after it was opened.
    ///
    /// # Errors
    /// The first rule of [`LifetimeError`] that the durations break.
    pub const fn new(idle: Duration, absolute: Duration) -> Result<Self, LifetimeError> {
        if idle.as_nanos() < Self::MIN_IDLE.as_nanos() {
            Err(LifetimeError::IdleTooShort)
        } else if idle.as_nanos() > absolute.as_nanos() {
            Err(LifetimeError::IdleBeyondAbsolute)
        } else if absolute.as_nanos() > Self::MAX_ABSOLUTE.as_nanos() {
            Err(LifetimeError::TooLong)
        } else {
            Ok(Self { idle, absolute })
        }
    }

    /// A lifetime that may be longer than 30 days: `idle` at most 90 days, `absolute` at most 400 days. Who steals such a session keeps
    /// it as long, so that it is chosen by a name of its own.
    ///
    /// # Errors
    /// The first rule of [`LifetimeError`] that the durations break.
    pub const fn long(idle: Duration, absolute: Duration) -> Result<Self, LifetimeError> {
        if idle.as_nanos() > Self::MAX_LONG_IDLE.as_nanos() {
            Err(LifetimeError::LongIdleTooLong)
        } else if absolute.as_nanos() > Self::MAX_LONG_ABSOLUTE.as_nanos() {
            Err(LifetimeError::LongTooLong)
        } else {
            match Self::new(idle, absolute) {
                Err(LifetimeError::TooLong) => Ok(Self { idle, absolute }),
                other => other,
            }
        }
    }

    /// The idle limit: the time without a request after which a session expires.
    #[must_use]
    pub const fn idle(self) -> Duration {
        self.idle
    }

    /// The absolute limit, which no request extends. It is the cookie's `Max-Age` with "remember me".
    #[must_use]
    pub const fn absolute(self) -> Duration {
        self.absolute
    }

    fn expires_at(self, created_at: Timestamp, last_seen_at: Timestamp) -> Timestamp {
        (created_at + self.absolute).min(last_seen_at + self.idle)
    }
}

/// The service's session policy. A changed policy applies to open sessions too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    browser: Lifetime,
    remembered: Lifetime,
}

impl Default for Lifetimes {
    /// 12 hours idle and 7 days absolute; with "remember me" 14 and 30 days.
    fn default() -> Self {
        Self {
            browser: Lifetime { idle: 12 * HOUR, absolute: 7 * DAY },
            remembered: Lifetime { idle: 14 * DAY, absolute: Lifetime::MAX_ABSOLUTE },
        }
    }
}

/// What to write to the store for a request that came with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// When the request came.
    pub seen_at: Timestamp,
    /// The new time from which the purge may remove the session.
    pub expires_at: Timestamp,
    /// The write is skipped if another request was recorded after this time: of many concurrent requests one writes.
    pub unless_seen_after: Timestamp,
}

impl Lifetimes {
    /// The lifetimes of sessions without and with "remember me".
    #[must_use]
    pub const fn new(browser: Lifetime, remembered: Lifetime) -> Self {
        Self { browser, remembered }
    }

    /// These lifetimes with another one for sessions with "remember me".
    #[must_use]
    pub const fn with_remembered(self, remembered: Lifetime) -> Self {
        Self { remembered, ..self }
    }

    /// The lifetime without "remember me". The browser drops the cookie when it is closed.
    #[must_use]
    pub const fn browser(&self) -> Lifetime {
        self.browser
    }

    /// The lifetime with "remember me".
    #[must_use]
    pub const fn remembered(&self) -> Lifetime {
        self.remembered
    }

    /// What is left of the absolute limit of a session with "remember me", for the `Max-Age` of its cookie. `None` for a session
    /// that ends with the browser.
    #[must_use]
    pub fn remembered_for(&self, session: &LiveSession, now: Timestamp) -> Option<Duration> {
        let record = session.record();
        let left = self.remembered.absolute.saturating_sub(now.since(record.created_at));
        record.remembered.then_some(left)
    }

    const fn lifetime(&self, is_remembered: bool) -> Lifetime {
        if is_remembered { self.remembered } else { self.browser }
    }

    /// Makes the record of a new session, for a user who has just given the password.
    #[must_use]
    pub fn open(&self, user: UserId, remembered: bool, device: Device, now: Timestamp) -> SessionRecord {
        SessionRecord {
            user,
            created_at: now,
            last_seen_at: now,
            authenticated_at: now,
            expires_at: self.lifetime(remembered).expires_at(now, now),
            remembered,
            device,
        }
    }

    /// Whether a session has not expired at `now`.
    ///
    /// The result follows from the session's times and this policy alone. `expires_at` is for the purge, and may have
    /// been computed under an earlier policy.
    #[must_use]
    pub fn is_live(&self, record: &SessionRecord, now: Timestamp) -> bool {
        let lifetime = self.lifetime(record.remembered);
        let skew = record.created_at.max(record.last_seen_at).since(now);
        skew <= MAX_CLOCK_SKEW
            && now.since(record.created_at) < lifetime.absolute
            && now.since(record.last_seen_at) < lifetime.idle
    }

    /// Returns what to write for a request with this session.
    ///
    /// `None` if the last write was less than a minute ago, or if the session has expired since it was checked.
    #[must_use]
    pub fn renew(&self, session: &LiveSession, now: Timestamp) -> Option<Renewal> {
        let record = session.record();
        let is_due = now.since(record.last_seen_at) >= RENEWAL_INTERVAL && self.is_live(record, now);
        let expires_at = self.lifetime(record.remembered).expires_at(record.created_at, now);
        is_due.then_some(Renewal { seen_at: now, expires_at, unless_seen_after: now - RENEWAL_INTERVAL })
    }
}

#[cfg(test)]
mod tests;
