//! The services that the app is built from. Apart from `main.rs` and the maintenance commands, only this file
//! names the `store` crate.

use std::sync::Arc;
use std::time::Duration;

use accounts::ports::AccountPorts;
use accounts::{Clock, Random};
use domain::party::{PartyRepository, Quotas, RsvpTexts, Zone};
use store::PartyStore;

use crate::state::{ReadinessCheck, ReadinessFuture};

/// The services that the app is built from. The program passes a real store, a test one that fails on request.
#[derive(Clone)]
pub struct Services {
    /// Users, credentials and sessions.
    pub accounts: AccountPorts,
    /// Parties and RSVPs.
    pub parties: Arc<dyn PartyRepository>,
    /// Pings the database for `/health/ready`.
    pub readiness: ReadinessCheck,
    /// The clock that rules, sessions and pages use.
    pub clock: Arc<dyn Clock>,
    /// The random source of salts, session tokens and the parties' links.
    pub random: Arc<dyn Random>,
    /// The time zone that the form offers a host without an earlier party.
    pub time_zone: Zone,
    /// How much one user may store.
    pub quotas: Quotas,
    /// How long notes and allergies are stored after the end of their party.
    pub guest_texts_retention: Duration,
}

impl Services {
    /// All services from one database, with the default quotas and the default retention.
    pub fn over(
        store: &PartyStore,
        clock: impl Clock + 'static,
        random: impl Random + 'static,
        time_zone: Zone,
    ) -> Self {
        let accounts = store.accounts().clone();
        let readiness = move || -> ReadinessFuture {
            let accounts = accounts.clone();
            Box::pin(async move { accounts.ping().await })
        };
        Self {
            accounts: store.accounts().clone().into(),
            parties: store.parties(),
            readiness: Arc::new(readiness),
            clock: Arc::new(clock),
            random: Arc::new(random),
            time_zone,
            quotas: Quotas::default(),
            guest_texts_retention: RsvpTexts::RETENTION,
        }
    }
}
