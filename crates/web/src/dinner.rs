//! What every page can ask for. Which pages there are is not known here.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use accounts::StoreError;
use domain::party::{Parties, Zone};
use domain::user::UserRepository;

/// Asks whether the database answers.
pub type Readiness = Arc<dyn Fn() -> Answering + Send + Sync>;

/// The database, answering or not.
pub type Answering = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// What every page can ask for; for the pages alone.
pub struct Dinner {
    pub(crate) parties: Parties,
    pub(crate) users: Arc<dyn UserRepository>,
    pub(crate) readiness: Readiness,
    pub(crate) time_zone: Zone,
}
