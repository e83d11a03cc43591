//! A database for one fault, and the server that it is on.

use clap::ValueEnum;
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};

/// The database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineKind {
    Sqlite,
    Postgres,
}

/// An empty database, removed when it is dropped.
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    /// A folder for logs, and for the SQLite file.
    pub(crate) folder: TempDir,
    /// PostgreSQL's server.
    pub(crate) postgres: Option<Postgres>,
}

impl TestDatabase {
    pub(crate) async fn new(engine: EngineKind) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        match engine {
            EngineKind::Sqlite => Ok(Self { url: sqlite_url(&folder), folder, postgres: None }),
            EngineKind::Postgres => Self::on(Postgres::durable().await?, folder).await,
        }
    }

    /// Creates a database on a PostgreSQL server that is reached over TCP.
    pub(crate) async fn over_tcp() -> anyhow::Result<Self> {
        Self::on(Postgres::durable_over_tcp().await?, tempfile::tempdir()?).await
    }

    async fn on(postgres: Postgres, folder: TempDir) -> anyhow::Result<Self> {
        Ok(Self { url: postgres.database().await?, folder, postgres: Some(postgres) })
    }
}
