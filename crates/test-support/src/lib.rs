//! What only tests need: a throw-away PostgreSQL with databases in it, the URL of a fresh SQLite file, a server's program,
//! and (feature `browser`) Chromium with somebody before it.
//!
//! This crate is only ever a dev-dependency, and depends on no crate of ours: it knows no table, no migration and no
//! page. Whoever wants a migrated database says how to migrate one, see [`Postgres::database_from`].

#[cfg(feature = "browser")]
pub mod browser;
mod engines;
mod postgres;
mod program;
mod sqlite;

pub use postgres::Postgres;
pub use program::Program;
pub use sqlite::sqlite_url;
