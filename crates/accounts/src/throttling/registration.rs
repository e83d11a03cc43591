//! The limits on registrations.

use std::time::Duration;

use domain::StoreError;
use domain::throttle::{Limit, Throttled};

use super::networks::network_limits;
use crate::{Accounts, Caller};

impl Accounts {
    /// Refuses a registration that a limit refuses. Writes nothing.
    pub(crate) async fn check_registration(&self, caller: &Caller) -> Result<Result<(), Throttled>, StoreError> {
        let limits = self.registration_limits(caller);
        let checked = self.inner.ports.throttles.check(&limits, self.inner.clock.now()).await?;
        Ok(self.emitted(checked.map(drop), caller))
    }

    /// Counts a registration, before its password is hashed.
    pub(crate) async fn count_registration(&self, caller: &Caller) -> Result<Result<(), Throttled>, StoreError> {
        let counted = self.count(&self.registration_limits(caller)).await?;
        Ok(self.emitted(counted.map(drop), caller))
    }

    /// Gives back a registration that was refused for its password or failed. One that met a taken name stays counted: that
    /// response is what a collector of names asks for.
    pub(crate) async fn give_back_registration(&self, caller: &Caller) {
        let keys: Vec<_> = self.registration_limits(caller).iter().map(|limit| limit.key).collect();
        if let Err(failure) = self.inner.ports.throttles.give_back(&keys).await {
            tracing::warn!(error = ?failure, "a registration stays counted");
        }
    }

    fn registration_limits(&self, caller: &Caller) -> Vec<Limit> {
        network_limits("registration", caller, self.inner.throttling.registrations_per_hour, Duration::from_hours(1))
    }

    fn emitted(&self, counted: Result<(), Throttled>, caller: &Caller) -> Result<(), Throttled> {
        if counted.is_err() {
            self.emit_throttled("registration", caller);
        }
        counted
    }
}
