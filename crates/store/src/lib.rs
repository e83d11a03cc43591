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

mod accounts;
pub mod embed;
mod engine;
mod error;
#[cfg(feature = "party")]
mod inspect;
#[cfg(feature = "party")]
mod parties;
#[cfg(test)]
mod plan;

pub use accounts::AccountStore;
pub use error::ConnectError;
#[cfg(feature = "party")]
pub use inspect::{BackupError, Inspection, Invariant, Violation};
#[cfg(feature = "party")]
pub use parties::PartyStore;
