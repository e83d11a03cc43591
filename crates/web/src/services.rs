//! What the service runs on, and how a store becomes that. Beside `main` and `upkeep` nobody here names a store.

use std::sync::Arc;

use accounts::{AccountPorts, Clock};
use domain::party::{PartyRepository, Zone};
use store::PartyStore;

use crate::dinner::{Answering, Readiness};

/// What the service runs on. The program brings a real store, a test one that fails on request.
#[derive(Clone)]
pub struct Services {
    /// Users and their sessions.
    pub accounts: AccountPorts,
    /// Their parties.
    pub parties: Arc<dyn PartyRepository>,
    /// Whether the database answers.
    pub readiness: Readiness,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The zone offered to a host who has none yet.
    pub time_zone: Zone,
}

impl Services {
    /// Everything from one database.
    pub fn over(store: &PartyStore, clock: impl Clock + 'static, time_zone: Zone) -> Self {
        let accounts = store.accounts().clone();
        let readiness = move || -> Answering {
            let accounts = accounts.clone();
            Box::pin(async move { accounts.ping().await })
        };
        Self {
            accounts: store.accounts().clone().into(),
            parties: store.parties(),
            readiness: Arc::new(readiness),
            clock: Arc::new(clock),
            time_zone,
        }
    }
}
