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
        let counted = self.count_in_turn(&self.registration_limits(caller)).await?;
        Ok(self.emitted(counted.map(drop), caller))
    }

    /// Gives back a registration that made no account: its password was refused, its form was repeated, or the store failed. One
    /// that met a taken name stays counted: that response is what a collector of names asks for.
    ///
    /// Each has cost a turn of the hash queue. So as many are given back as log-ins of the caller's networks may fail. Beyond, they
    /// count as registrations.
    pub(crate) async fn give_back_registration(&self, caller: &Caller) {
        let given_back = async {
            if self.count(&self.give_back_limits(caller)).await?.is_ok() {
                let keys: Vec<_> = self.registration_limits(caller).iter().map(|limit| limit.key).collect();
                self.inner.ports.throttles.give_back(&keys).await?;
            }
            Ok::<_, StoreError>(())
        };
        if let Err(failure) = given_back.await {
            tracing::warn!(error = ?failure, "a registration stays counted");
        }
    }

    fn give_back_limits(&self, caller: &Caller) -> Vec<Limit> {
        let limit = self.inner.throttling.failures_per_minute;
        network_limits("registration given back", caller, limit, Duration::from_mins(1))
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
