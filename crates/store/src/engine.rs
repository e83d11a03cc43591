//! The two engines: how each is opened, read and written. No table is known here.

pub(crate) mod circuit_breaker;
pub(crate) mod dialect;
pub(crate) mod from_row;
pub(crate) mod guarded_pool;
pub(crate) mod migrate;
pub(crate) mod postgres;
pub(crate) mod read_pool;
pub(crate) mod row_steps;
pub(crate) mod search_pool;
pub(crate) mod search_queue;
pub(crate) mod sqlite;
pub(crate) mod writer;

use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection};

use self::dialect::Dialect;
use self::migrate::{MigrationSet, Schema};
use self::read_pool::ReadPool;
use self::search_pool::SearchPool;
use self::writer::Writer;
use crate::error::ConnectError;

/// An open database on one engine: two pools to read from, and the only way to write.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenDatabase<D: Dialect> {
    /// For short reads: a page's statements. SQLite refuses writes here. PostgreSQL would run them without the guarantees of
    /// the [`Writer`].
    pub read: ReadPool<D>,
    /// For reads that may take long, which then delay no page.
    pub searches: SearchPool<D>,
    /// For writing.
    pub writer: Writer<D>,
}

impl<D: Dialect> OpenDatabase<D> {
    /// Closes every connection, the writer's last: the last connection to an SQLite file copies the WAL into it, which a
    /// read-only connection cannot do.
    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.searches.close().await;
        self.writer.close().await;
    }
}

// A derive would require `D: Clone`.
impl<D: Dialect> Clone for OpenDatabase<D> {
    fn clone(&self) -> Self {
        Self { read: self.read.clone(), searches: self.searches.clone(), writer: self.writer.clone() }
    }
}

/// An open database on either engine.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file of this machine.
    Sqlite(OpenDatabase<Sqlite>),
    /// A database on a server.
    Postgres(OpenDatabase<Postgres>),
}

impl Database {
    /// Opens the database at `url`, creates an SQLite file that does not exist, and runs the migrations of `sets`.
    pub(crate) async fn connect(url: &str, sets: &[MigrationSet]) -> Result<Self, ConnectError> {
        Ok(match Scheme::of(url)? {
            Scheme::Sqlite => Self::Sqlite(sqlite::open::connect(url, sets).await?),
            Scheme::Postgres => Self::Postgres(postgres::open::connect(url, sets).await?),
        })
    }
}

/// One connection to an existing database, which is neither created nor migrated.
#[derive(Debug)]
pub(crate) enum ExistingDatabase {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl ExistingDatabase {
    /// Opens the database at `url`, in which each of `sets` has that schema.
    pub(crate) async fn open(url: &str, sets: &[MigrationSet], schema: Schema) -> Result<Self, ConnectError> {
        Ok(match Scheme::of(url)? {
            Scheme::Sqlite => Self::Sqlite(sqlite::open::open_existing(url, sets, schema).await?),
            Scheme::Postgres => Self::Postgres(postgres::open::open_existing(url, sets, schema).await?),
        })
    }

    /// Closes the connection. On SQLite the last connection to a file copies the WAL into it.
    pub(crate) async fn close(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(connection) => sqlx::Connection::close(connection).await,
            Self::Postgres(connection) => sqlx::Connection::close(connection).await,
        }
    }
}

enum Scheme {
    Sqlite,
    Postgres,
}

impl Scheme {
    fn of(url: &str) -> Result<Self, ConnectError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => Ok(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres),
            _ => Err(ConnectError::UnsupportedUrl("this is neither")),
        }
    }
}
