//! The jobs that DinnerParty adds to the maintenance task of the accounts.

use std::sync::Arc;
use std::time::Duration;

use accounts::{MaintenanceJob, StoreError, Timestamp};
use async_trait::async_trait;
use domain::party::PartyRepository;

/// Removes the notes and allergies of guests some time after the party.
pub(crate) struct PurgeGuestTexts {
    pub(crate) parties: Arc<dyn PartyRepository>,
    /// How long they are stored after the end of the party.
    pub(crate) retention: Duration,
}

#[async_trait]
impl MaintenanceJob for PurgeGuestTexts {
    fn name(&self) -> &'static str {
        "purge of notes and allergies"
    }

    async fn step(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.parties.purge_texts(now - self.retention, limit).await
    }
}

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
