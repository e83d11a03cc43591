//! Migrations: which schema changes belong together, and how they run when a program starts, however many programs start at
//! once. The statements are in `migrations/`.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Pool, SqlSafeStr};

use super::dialect::Dialect;
use super::writer::begin;
use crate::error::{ConnectError, OpenError};
use crate::statements::{OnPostgres, PerEngine, statements};

/// The numbered schema changes of one crate, for both engines, with a version table of their own.
///
/// ```
/// # use store::embed::MigrationSet;
/// MigrationSet::new("trips")
///     .and("posts", "CREATE TABLE posts (…) STRICT", "CREATE TABLE posts (…)")
///     .and("country", "ALTER TABLE posts …", "ALTER TABLE posts …");
/// ```
///
/// Keep the statements in files and read them by `include_str!`. All migrations of a start run in one transaction: if one
/// fails, none is applied. Never change a migration that has been released: its checksum is stored, and the next start would
/// fail.
#[derive(Debug)]
pub struct MigrationSet {
    name: &'static str,
    sqlite: Vec<Migration>,
    postgres: Vec<Migration>,
}

impl MigrationSet {
    /// An empty set called `name`. Its version is stored in the table `_{name}_migrations`. The name consists of up to 32
    /// characters of `a`-`z` and `_`, and is not `accounts` or `parties`; otherwise connecting fails.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, sqlite: Vec::new(), postgres: Vec::new() }
    }

    /// Adds the next version, described by `what`, for both engines.
    #[must_use]
    pub fn and(mut self, what: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        for (versions, sql) in [(&mut self.sqlite, sqlite), (&mut self.postgres, postgres)] {
            let version = i64::try_from(versions.len() + 1).unwrap_or(i64::MAX);
            versions.push(Migration::new(version, what.into(), MigrationType::Simple, sql.into_sql_str(), false));
        }
        self
    }

    /// Rejects a name that an embedder's set cannot have: the name becomes part of a statement, and PostgreSQL truncates a
    /// long one.
    pub(crate) fn ensure_valid_name(&self) -> Result<(), ConnectError> {
        let is_word = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        match self.name {
            "accounts" | "parties" => Err(ConnectError::NotASetName { set: self.name }),
            name if matches!(name.len(), 1..=32) && is_word(name) => Ok(()),
            set => Err(ConnectError::NotASetName { set }),
        }
    }

    /// The migrations of one engine. Each set has its own version table: in a shared one each set would miss the other's
    /// migrations. The lock is ours, since sqlx's lock does nothing on SQLite.
    pub(crate) fn migrator<D: Dialect>(&self) -> Migrator {
        let mut migrator = Migrator::with_migrations(D::pick(&self.sqlite, &self.postgres).clone());
        migrator.dangerous_set_table_name(Cow::Owned(format!("_{}_migrations", self.name)));
        migrator.set_locking(false);
        migrator
    }

    fn connect_error(&self, newest: Option<i64>, error: MigrateError) -> ConnectError {
        let set = self.name.to_owned();
        match error {
            MigrateError::VersionMissing(found) if newest.is_none_or(|newest| found > newest) => {
                ConnectError::NewerSchema { set, found }
            }
            source => ConnectError::Migration { set, source },
        }
    }
}

statements! {
    /// Waits for every other program that migrates this database, without the timeouts of other statements. The number's bytes
    /// read "accounts". SQLite's `BEGIN IMMEDIATE` holds the lock already.
    const LOCK: OnPostgres = OnPostgres("SET LOCAL statement_timeout = 0;
        SET LOCAL lock_timeout = 0;
        SELECT pg_advisory_xact_lock(7017561974736057459)");

    /// Counts the tables called `$1` in the schemas that the connection searches.
    const COUNT_TABLES: PerEngine = PerEngine {
        sqlite: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1",
        postgres: "SELECT count(to_regclass($1))",
    };
}

/// Runs the migrations that each set lacks, in one transaction.
pub(crate) async fn migrate<D: Dialect>(pool: &Pool<D>, sets: &[MigrationSet]) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await?;
    let mut transaction = begin::<D>(&mut connection).await?;
    if let Some(OnPostgres(sql)) = D::pick(None, Some(LOCK)) {
        sqlx::raw_sql(sql).execute(&mut *transaction).await?;
    }
    for set in sets {
        let migrator = set.migrator::<D>();
        let newest = migrator.iter().map(|migration| migration.version).max();
        let run = migrator.run_direct(None, &mut *transaction, false).await;
        run.map_err(|error| set.connect_error(newest, error))?;
    }
    Ok(transaction.commit().await?)
}

/// Returns an error unless the schema of each set is the one that this program would leave. Changes nothing.
pub(crate) async fn ensure_current<D: Dialect>(
    connection: &mut D::Connection,
    sets: &[MigrationSet],
) -> Result<(), OpenError> {
    use sqlx::migrate::Migrate as _;

    for set in sets {
        let (migrator, table) = (set.migrator::<D>(), format!("_{}_migrations", set.name));
        let count =
            sqlx::query_scalar::<D, i64>(D::pick(COUNT_TABLES.sqlite, COUNT_TABLES.postgres)).bind(table.as_str());
        let applied = match count.fetch_one(&mut *connection).await? {
            0 => Vec::new(),
            _ => connection.list_applied_migrations(&table).await.map_err(|error| set.connect_error(None, error))?,
        };
        let found = applied.iter().map(|applied| applied.version).max().unwrap_or(0);
        let known = migrator.iter().map(|migration| migration.version).max();
        if known.is_none_or(|known| found > known) {
            return Err(set.connect_error(known, MigrateError::VersionMissing(found)).into());
        }
        for migration in migrator.iter() {
            match applied.iter().find(|applied| applied.version == migration.version) {
                None => return Err(ConnectError::OlderSchema { set: set.name.to_owned(), found }.into()),
                Some(applied) if applied.checksum != migration.checksum => {
                    return Err(set.connect_error(known, MigrateError::VersionMismatch(migration.version)).into());
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_migration_file_is_included() {
        for set in [
            crate::accounts::migrations(),
            #[cfg(feature = "party")]
            crate::parties::migrations(),
        ] {
            let folder = format!("{}/../../migrations/{}/sqlite", env!("CARGO_MANIFEST_DIR"), set.name);
            assert_eq!(std::fs::read_dir(folder).unwrap().count(), set.sqlite.len(), "{}", set.name);
        }
    }
}
