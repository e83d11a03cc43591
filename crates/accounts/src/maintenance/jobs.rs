//! The jobs of the accounts.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{AccountPorts, MaintenanceJob, StoreError, Timestamp, oldest_notice};

use crate::Accounts;

/// The jobs of the accounts, in their order.
pub(super) fn of_accounts(accounts: &Accounts) -> Vec<Arc<dyn MaintenanceJob>> {
    let purge = |rows| -> Arc<dyn MaintenanceJob> { Arc::new(Purge { ports: accounts.inner.ports.clone(), rows }) };
    let purges = [
        Expired::Sessions,
        Expired::RegistrationKeys,
        Expired::FormerUsernames,
        Expired::RegistrationCodes,
        Expired::ResetTokens,
        Expired::Counters,
        Expired::KnownBrowsers,
        Expired::Events,
        Expired::Notices,
    ];
    let deletions: Arc<dyn MaintenanceJob> = Arc::new(Deletions(accounts.clone()));
    purges.map(purge).into_iter().chain([deletions]).collect()
}

/// What is removed when it has expired.
#[derive(Clone, Copy)]
enum Expired {
    Sessions,
    RegistrationKeys,
    FormerUsernames,
    RegistrationCodes,
    ResetTokens,
    Counters,
    KnownBrowsers,
    Events,
    Notices,
}

/// Removes what has expired.
struct Purge {
    ports: AccountPorts,
    rows: Expired,
}

#[async_trait]
impl MaintenanceJob for Purge {
    fn name(&self) -> &'static str {
        match self.rows {
            Expired::Sessions => "purge of sessions",
            Expired::RegistrationKeys => "purge of registration keys",
            Expired::FormerUsernames => "purge of former usernames",
            Expired::RegistrationCodes => "purge of registration codes",
            Expired::ResetTokens => "purge of reset tokens",
            Expired::Counters => "purge of counters",
            Expired::KnownBrowsers => "purge of known browsers",
            Expired::Events => "purge of events",
            Expired::Notices => "purge of notices",
        }
    }

    async fn step(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        match self.rows {
            Expired::Sessions => self.ports.sessions.purge(now, limit).await,
            Expired::RegistrationKeys => self.ports.users.purge_registration_keys(now, limit).await,
            Expired::FormerUsernames => self.ports.users.purge_former_usernames(now, limit).await,
            Expired::RegistrationCodes => self.ports.registration_codes.purge(now, limit).await,
            Expired::ResetTokens => self.ports.credentials.purge_reset_tokens(now, limit).await,
            Expired::Counters => self.ports.throttles.purge(now, limit).await,
            Expired::KnownBrowsers => self.ports.known_browsers.purge(now, limit).await,
            Expired::Events => self.ports.events.purge(now, limit).await,
            Expired::Notices => self.ports.notices.purge(oldest_notice(now), limit).await,
        }
    }
}

/// Completes the deletions that are due.
struct Deletions(Accounts);

#[async_trait]
impl MaintenanceJob for Deletions {
    fn name(&self) -> &'static str {
        "deletion of accounts"
    }

    async fn step(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.0.complete_due_deletions(now, limit).await
    }
}
