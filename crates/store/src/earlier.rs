//! For tests: databases that an earlier version of the program has migrated and filled.

#![allow(clippy::unwrap_used, reason = "a test helper")]

use std::path::{Path, PathBuf};

use domain::Timestamp;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, query_scalar, raw_sql};
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};

use crate::engine::Database;
use crate::engine::migrate::MigrationSet;
use crate::{Inspection, accounts};

/// A database with the tables of an earlier version.
pub(crate) struct Earlier {
    pub(crate) url: String,
    _folder: TempDir,
}

impl Earlier {
    /// The database at `url`, or a new SQLite file, with the first `accounts` migrations of the accounts, and those of `more`.
    pub(crate) async fn new(url: Option<String>, accounts: usize, more: Vec<MigrationSet>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = url.unwrap_or_else(|| sqlite_url(&folder));
        let sets: Vec<_> = [accounts::migrations().of_earlier_version(accounts)].into_iter().chain(more).collect();
        match Database::connect(&url, &sets).await.unwrap() {
            Database::Sqlite(database) => database.close().await,
            Database::Postgres(database) => database.close().await,
        }
        let earlier = Self { url, _folder: folder };
        earlier.run("DROP TABLE _row_steps").await; // which came with the first step
        earlier
    }

    /// A copy of a database.
    pub(crate) fn of_file(file: &Path) -> Self {
        Self { url: format!("sqlite:{}", file.display()), _folder: tempfile::tempdir().unwrap() }
    }

    /// No URL, for a new SQLite file, and that of a new PostgreSQL database.
    pub(crate) async fn urls() -> [Option<String>; 2] {
        [None, Some(Postgres::shared().await.unwrap().database().await.unwrap())]
    }

    /// The SQLite file.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.url.strip_prefix("sqlite:").map(Path::new)
    }

    /// The copies beside the SQLite file, in the order of their names. None on PostgreSQL.
    pub(crate) fn backups(&self) -> Vec<PathBuf> {
        let Some(file) = self.file() else { return Vec::new() };
        let entries = std::fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
        let mut backups: Vec<_> = entries.filter(|path| path.to_string_lossy().contains(".before-")).collect();
        backups.sort();
        backups
    }

    /// Runs statements past the repositories.
    pub(crate) async fn run(&self, sql: &str) {
        #[expect(clippy::disallowed_methods, reason = "statements of tests")]
        let sql = raw_sql(AssertSqlSafe(sql.to_owned()));
        match self.file() {
            Some(_) => drop(sql.execute(&mut SqliteConnection::connect(&self.url).await.unwrap()).await.unwrap()),
            None => drop(sql.execute(&mut PgConnection::connect(&self.url).await.unwrap()).await.unwrap()),
        }
    }

    /// The first integer of a statement.
    pub(crate) async fn try_count(&self, sql: &'static str) -> sqlx::Result<i64> {
        match self.file() {
            Some(_) => query_scalar(sql).fetch_one(&mut SqliteConnection::connect(&self.url).await?).await,
            None => query_scalar(sql).fetch_one(&mut PgConnection::connect(&self.url).await?).await,
        }
    }

    /// As [`Earlier::try_count`].
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.try_count(sql).await.unwrap()
    }

    /// The texts that a statement selects.
    pub(crate) async fn texts(&self, sql: &'static str) -> Vec<String> {
        match self.file() {
            Some(_) => {
                query_scalar(sql).fetch_all(&mut SqliteConnection::connect(&self.url).await.unwrap()).await.unwrap()
            }
            None => query_scalar(sql).fetch_all(&mut PgConnection::connect(&self.url).await.unwrap()).await.unwrap(),
        }
    }
}

/// What `check` reports.
pub(crate) async fn violations(inspection: Inspection) -> Vec<String> {
    let mut violations = Vec::new();
    inspection
        .check(
            Timestamp::from_millis(1_900_000_000_000),
            |_| true,
            |violation| violations.push(format!("{violation:?}")),
        )
        .await
        .unwrap();
    violations
}
