//! All SQL of accounts and parties, on SQLite and on PostgreSQL from one text. No rule is here, and no page.
//!
//! [`AccountStore`] keeps users, credentials and sessions; [`PartyStore`] (feature `party`) keeps dinner
//! parties in the same database. A program names them once, where it is put together, and hands their ports on. Own
//! tables beside theirs: see [`embed`]. Looking after a database without serving it: see [`Inspection`].
//!
//! ```no_run
//! # async fn start() -> Result<(), store::ConnectError> {
//! let store = store::PartyStore::connect("sqlite:dinnerparty.db").await?; // or postgres://…; migrates
//! let ports: domain::AccountPorts = store.accounts().clone().into();
//! let parties = store.parties(); // an Arc<dyn PartyRepository>
//! # Ok(())
//! # }
//! ```

mod account_store;
#[cfg(feature = "party")]
mod backup;
#[cfg(feature = "party")]
mod check;
mod circuit_breaker;
mod connect;
mod credentials;
mod dialect;
pub mod embed;
mod error;
#[cfg(feature = "party")]
mod inspection;
mod migrate;
#[cfg(feature = "party")]
mod parties;
#[cfg(feature = "party")]
mod party_store;
#[cfg(test)]
mod plan;
mod read_pool;
mod sessions;
mod users;
mod writer;

pub use account_store::AccountStore;
#[cfg(feature = "party")]
pub use backup::BackupError;
#[cfg(feature = "party")]
pub use check::{Invariant, Violation};
pub use error::ConnectError;
#[cfg(feature = "party")]
pub use inspection::Inspection;
#[cfg(feature = "party")]
pub use party_store::PartyStore;
