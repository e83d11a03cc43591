//! The jobs that DinnerParty adds to the maintenance task of the accounts.

use std::sync::Arc;

use accounts::{MaintenanceJob, StoreError, Timestamp};
use async_trait::async_trait;
use domain::party::PartyRepository;

/// Marks listed parties that are over, so that lists of the others need not pass them.
pub(crate) struct MarkPartiesOver(pub(crate) Arc<dyn PartyRepository>);

#[async_trait]
impl MaintenanceJob for MarkPartiesOver {
    fn name(&self) -> &'static str {
        "marks of parties that are over"
    }

    async fn step(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.0.mark_over(now, limit).await
    }
}
