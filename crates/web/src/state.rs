//! The app state: what every handler can use. Pages and routes are not known here.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use accounts::{Accounts, Random, StoreError};
use domain::NoticeRepository;
use domain::party::{LinkToken, Parties, Zone};
use domain::user::UserRepository;

use crate::preview::PreviewRenderer;

/// Pings the database. Called for each request to `/health/ready`.
pub type ReadinessCheck = Arc<dyn Fn() -> ReadinessFuture + Send + Sync>;

/// A ping under way: `Ok` once the database has responded.
pub type ReadinessFuture = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// What every handler can use. Opaque outside this crate.
pub struct AppState {
    pub(crate) accounts: Accounts,
    pub(crate) parties: Parties,
    pub(crate) users: Arc<dyn UserRepository>,
    pub(crate) notices: Arc<dyn NoticeRepository>,
    pub(crate) readiness: ReadinessCheck,
    /// The random source of the parties' links.
    pub(crate) random: Arc<dyn Random>,
    /// The time zone that the form offers a host without an earlier party.
    pub(crate) time_zone: Zone,
    pub(crate) previews: PreviewRenderer,
}

impl AppState {
    /// The token of a new link.
    pub(crate) fn new_link(&self) -> LinkToken {
        LinkToken::new(self.random.bytes())
    }
}
