//! The limits on links that set a new password: on guesses of a link, and on passwords that the policy refuses.

use std::time::Duration;

use domain::StoreError;
use domain::throttle::{Limit, Throttled};

use super::networks::network_limits;
use crate::{Accounts, Caller};

impl Accounts {
    /// Refuses what a limit refuses. Writes nothing.
    pub(crate) async fn check_reset(&self, caller: &Caller) -> Result<Result<(), Throttled>, StoreError> {
        let checked = self.inner.ports.throttles.check(&self.reset_limits(caller), self.inner.clock.now()).await?;
        Ok(self.emitted_of_reset(checked.map(drop), caller))
    }

    /// Counts an attempt as a failure.
    pub(crate) async fn count_reset(&self, caller: &Caller) -> Result<Result<(), Throttled>, StoreError> {
        let counted = self.count(&self.reset_limits(caller)).await?;
        Ok(self.emitted_of_reset(counted.map(drop), caller))
    }

    /// Gives back an attempt that set a password. It does not fail with it.
    pub(crate) async fn give_back_reset(&self, caller: &Caller) {
        let keys: Vec<_> = self.reset_limits(caller).iter().map(|limit| limit.key).collect();
        if let Err(failure) = self.inner.ports.throttles.give_back(&keys).await {
            tracing::warn!(error = ?failure, "a new password stays counted as a failure");
        }
    }

    /// As many as log-ins of the caller's networks may fail, and counted apart: who sends wrong passwords from a network does not
    /// keep its owners of links from setting theirs.
    fn reset_limits(&self, caller: &Caller) -> Vec<Limit> {
        network_limits("reset", caller, self.inner.throttling.failures_per_minute, Duration::from_mins(1))
    }

    fn emitted_of_reset(&self, counted: Result<(), Throttled>, caller: &Caller) -> Result<(), Throttled> {
        if counted.is_err() {
            self.emit_throttled("reset", caller);
        }
        counted
    }
}
