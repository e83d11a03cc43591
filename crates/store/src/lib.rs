//! All SQL of accounts and parties, on SQLite and PostgreSQL from one text. The crate contains no rules and no pages.
//!
//! [`AccountStore`] stores users, credentials and sessions; `PartyStore` (feature `party`) stores dinner parties in the
//! same database. A program names them where it is put together, and passes their ports on. An embedder's own tables beside
//! them: see [`embed`]. Maintenance of a database without serving it: see [`Inspection`] and [`back_up`].
//!
//! ```no_run
//! # async fn start() -> Result<(), accounts_store::ConnectError> {
//! let store = accounts_store::AccountStore::connect("sqlite:accounts.db").await?; // or postgres://…; runs the migrations
//! let ports: domain::AccountPorts = store.into();
//! # Ok(())
//! # }
//! ```

mod accounts;
#[cfg(test)]
mod earlier;
pub mod embed;
mod engine;
mod error;
mod hooks;
mod inspect;
mod job;
#[cfg(feature = "party")]
mod parties;
#[cfg(test)]
mod plan;
mod statements;
mod timeouts;

pub use accounts::store::AccountStore;
pub use error::ConnectError;
pub use inspect::{BackupError, Inspection, Invariant, Violation, back_up};
#[cfg(feature = "party")]
pub use parties::store::PartyStore;
#[cfg(feature = "statements")]
pub use statements::{NamedStatement, all as statements};
