//! The port of stored leases.

use std::time::Duration;

use async_trait::async_trait;

use super::LeaseHolder;
use crate::{StoreError, Timestamp};

/// Stored leases, one row a name. A name is a text of 1 to 64 code points.
///
/// Each method is one commit. `Ok` means that the commit is durable. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LeaseRepository: Send + Sync {
    /// Gives the lease `name` to `holder` until `now + duration`, unless another holder has it. The holder that has it already
    /// renews it. Returns whether `holder` has it; otherwise nothing is written.
    ///
    /// A lease has ended at the time until which it was given. So has one that was given for more than twice `duration` from
    /// `now`: it was given by a clock that was ahead.
    ///
    /// Of concurrent calls of several holders, from any process, one gets the lease.
    async fn acquire(
        &self,
        name: &str,
        holder: LeaseHolder,
        now: Timestamp,
        duration: Duration,
    ) -> Result<bool, StoreError>;

    /// Ends the lease `name` of `holder`. Returns `false` and writes nothing if `holder` does not have it.
    async fn release(&self, name: &str, holder: LeaseHolder) -> Result<bool, StoreError>;
}
