//! Limits for the embedder's own actions.

use std::time::Duration;

use auth::throttle_key;
use domain::StoreError;
use domain::throttle::{Limit, LimitRule, Throttled};

use crate::{Accounts, Caller};

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
    /// An action that a key may do `limit` times in `period`, which begins with the first. The name is part of the counter's
    /// key: two actions of one name share their counters.
    #[must_use]
    pub const fn new(name: &'static str, limit: u32, period: Duration) -> Self {
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
