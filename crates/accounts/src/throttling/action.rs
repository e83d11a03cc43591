//! Limits for the embedder's own actions.

use std::time::Duration;

use auth::throttle_key;
use domain::StoreError;
use domain::throttle::{Limit, LimitRule, Throttled};

use crate::{Accounts, Caller};

/// The longest period of an action: 31 days. Counters stay in the table until it ends.
const MAX_PERIOD_SECS: u64 = 31 * 86_400;

/// An action of the embedder that is limited: a name, and how often one key may do it.
///
/// ```
/// use accounts::Action;
///
/// const INVITE: Action = Action::per_hour("invite", 30);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    name: &'static str,
    limit: u32,
    period: Duration,
}

/// Why an action was refused.
#[derive(Debug, thiserror::Error)]
pub enum ThrottleError {
    /// The limit is reached.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The store failed, so that the action could not be counted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Action {
    /// An action that a key may do `limit` times (at least 1) in `period` (1 second to 31 days), which begins with the first. The
    /// name is part of the counter's key: two actions of one name share their counters.
    ///
    /// # Panics
    /// If the limit or the period is out of its range. In a constant this is an error of the compiler.
    #[must_use]
    pub const fn new(name: &'static str, limit: u32, period: Duration) -> Self {
        assert!(limit > 0, "the limit of an action is at least 1");
        assert!(
            period.as_secs() >= 1 && period.as_secs() <= MAX_PERIOD_SECS,
            "the period of an action is 1 s to 31 days"
        );
        Self { name, limit, period }
    }

    /// An action that a key may do `limit` times in a minute.
    #[must_use]
    pub const fn per_minute(name: &'static str, limit: u32) -> Self {
        Self::new(name, limit, Duration::from_mins(1))
    }

    /// An action that a key may do `limit` times in an hour.
    #[must_use]
    pub const fn per_hour(name: &'static str, limit: u32) -> Self {
        Self::new(name, limit, Duration::from_hours(1))
    }

    /// The limit of one key, such as the id of a user or an address. A store that counts in the commit of the action itself
    /// takes it as a value; [`Accounts::throttle`] counts it in a commit of its own.
    #[must_use]
    pub fn limit(&self, key: &[u8]) -> Limit {
        let key = throttle_key("action", &[self.name.as_bytes(), key]);
        Limit::new(key, LimitRule::Window { limit: self.limit, period: self.period })
    }
}

impl Accounts {
    /// Counts an action of the embedder for a key, before it is done. It is counted also where the action then fails.
    ///
    /// In a handler, `page.throttle(&INVITE, &key).await?` does the same for the request, and responds with 429 and
    /// `Retry-After`.
    ///
    /// # Errors
    /// [`ThrottleError`]. An action that is refused is not counted.
    pub async fn throttle(&self, action: &Action, key: &[u8], caller: &Caller) -> Result<(), ThrottleError> {
        match self.count(&[action.limit(key)]).await? {
            Ok(_) => Ok(()),
            Err(throttled) => {
                self.emit_throttled(action.name, caller);
                Err(throttled.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn action_outside_its_ranges_panics() {
        let is_valid =
            |limit, secs| std::panic::catch_unwind(|| Action::new("invite", limit, Duration::from_secs(secs))).is_ok();
        for (limit, secs, valid) in
            [(1, 1, true), (u32::MAX, 31 * 86_400, true), (0, 60, false), (1, 0, false), (1, 31 * 86_400 + 1, false)]
        {
            assert_eq!(is_valid(limit, secs), valid, "{limit} in {secs} s");
        }
    }
}
