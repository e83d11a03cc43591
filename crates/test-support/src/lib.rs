//! What only tests need: a throw-away PostgreSQL with databases in it, the URL of a new SQLite file, a server program
//! in a process of its own, the log of a test, and (feature `browser`) Chromium with a person in front of it.
//!
//! This crate is only ever a dev-dependency. It knows no table, no migration and no page. The PostgreSQL is the crate `test-postgres`,
//! which embedders may have too. A caller that wants a migrated database passes the migration, see
//! [`Postgres::database_from`].

#[cfg(feature = "browser")]
pub mod browser;
mod engines;
mod log;
mod program;
mod sqlite;
#[cfg(feature = "browser")]
mod timeouts;

pub use log::Log;
pub use program::Program;
pub use sqlite::sqlite_url;
pub use test_postgres::Postgres;
