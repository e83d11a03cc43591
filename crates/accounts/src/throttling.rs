//! Throttling: how many attempts a caller has. Which limits apply is decided here; how a limit counts is in
//! [`domain::throttle`], and the counters are in the store.

mod action;
mod failure_sample;
mod log_in;
mod networks;
mod registration;
mod reset;
mod settings;

pub use action::{Action, ThrottleError};
pub(crate) use failure_sample::FailureSample;
pub(crate) use log_in::{CountedAttempt, LogInLimits};
pub use settings::Throttling;

use domain::StoreError;
use domain::event::EventKind;
use domain::throttle::{Attempt, Limit, Throttled};
use domain::user::UserId;
use tokio::time::timeout;

use crate::log_budget::LogLine;
use crate::timeouts::COUNT_TIMEOUT;
use crate::{Accounts, Caller};

impl Accounts {
    /// Counts an attempt that holds a core of the hash queue: [`Self::count`] within [`COUNT_TIMEOUT`].
    async fn count_in_turn(&self, limits: &[Limit]) -> Result<Result<Attempt, Throttled>, StoreError> {
        in_turn(self.count(limits)).await
    }

    /// Counts an attempt at all of the limits, or refuses it and counts it at none.
    async fn count(&self, limits: &[Limit]) -> Result<Result<Attempt, Throttled>, StoreError> {
        self.inner.ports.throttles.count(limits, self.inner.clock.now()).await
    }

    /// Emits an attempt that a limit has refused.
    fn emit_throttled(&self, action: &'static str, caller: &Caller) {
        self.report_throttled(action, None, caller);
    }

    /// Emits that an action of the embedder was refused for a limit that the embedder counts itself. [`Accounts::throttle`] does so
    /// for its own.
    ///
    /// A visitor can cause such events, so ten lines are written in 10 s; then one line says how many more there were.
    pub fn report_throttled(&self, action: &'static str, user: Option<UserId>, caller: &Caller) {
        self.emit(&self.event(EventKind::Throttled, caller).of(user).about(action));
    }

    /// Adds a failed log-in to the sample by address.
    pub(crate) fn sample_failure(&self, caller: &Caller) {
        if let Some(networks) = caller.networks()
            && let Some(most) = self.inner.failure_sample.add(networks, self.inner.clock.now())
        {
            tracing::warn!(
                network = %most.outer(),
                "one address makes most of the failed log-ins: is it a proxy that passes no address?"
            );
        }
    }

    /// Whether a log line that a stranger can cause is written.
    pub(crate) fn logs(&self, line: LogLine) -> bool {
        self.inner.log_budget.admits(line)
    }
}

/// Runs a commit of an attempt that holds a core of the hash queue, and fails where it takes longer than [`COUNT_TIMEOUT`].
async fn in_turn<T>(commit: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(COUNT_TIMEOUT, commit).await.map_err(StoreError::outcome_unknown)?
}
