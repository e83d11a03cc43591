//! From a URL to an open, migrated database. What each engine needs for that is in the modules below.

pub(crate) mod circuit_breaker;
pub(crate) mod dialect;
pub(crate) mod migrate;
mod postgres;
pub(crate) mod read_pool;
mod sqlite;
pub(crate) mod writer;

use crate::embed::{Database, MigrationSet};
use crate::error::ConnectError;
#[cfg(feature = "party")]
use crate::inspect::Connection;

/// Opens the database at `url` and brings its tables up to date.
pub(crate) async fn connect(url: &str, sets: &[MigrationSet]) -> Result<Database, ConnectError> {
    if url.starts_with("sqlite:") {
        Ok(Database::Sqlite(sqlite::open::connect(url, sets).await?))
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Database::Postgres(postgres::open::connect(url, sets).await?))
    } else {
        Err(ConnectError::UnsupportedUrl("this is neither"))
    }
}

/// Opens the database at `url` as it is: it is not made, nor are its tables brought up to date.
#[cfg(feature = "party")]
pub(crate) async fn look(url: &str, sets: &[MigrationSet]) -> Result<Connection, ConnectError> {
    if url.starts_with("sqlite:") {
        Ok(Connection::Sqlite(sqlite::open::look(url, sets).await?))
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Connection::Postgres(postgres::open::look(url, sets).await?))
    } else {
        Err(ConnectError::UnsupportedUrl("this is neither"))
    }
}
