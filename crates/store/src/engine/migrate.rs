//! Migrations: which schema changes belong together, and how they run when a program starts, however many programs start at
//! once. The statements are in `migrations/`.

use std::borrow::Cow;
use std::path::PathBuf;

use sqlx::migrate::{AppliedMigration, Migrate as _, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Pool, SqlSafeStr, query_scalar};

use super::dialect::Dialect;
use super::row_steps::{self, RowStep};
use super::writer::begin;
use crate::error::{ConnectError, OpenError};
use crate::statements::{OnPostgres, PerEngine, statements};

/// The numbered schema changes of one crate, for both engines, with a version table of their own.
///
/// ```
/// # use accounts_store::embed::MigrationSet;
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
    row_steps: Vec<RowStep>,
}

impl MigrationSet {
    /// An empty set called `name`. Its version is stored in the table `_{name}_migrations`. The name consists of up to 32
    /// characters of `a`-`z` and `_`, and is not `accounts` or `parties`; otherwise connecting fails.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, sqlite: Vec::new(), postgres: Vec::new(), row_steps: Vec::new() }
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

    /// Adds a step that rewrites rows, after all migrations of a start.
    #[must_use]
    pub(crate) fn then_rows(mut self, step: RowStep) -> Self {
        self.row_steps.push(step);
        self
    }

    /// The set of an earlier version of the program: `versions` migrations, and no row step.
    #[cfg(test)]
    pub(crate) fn of_earlier_version(mut self, versions: usize) -> Self {
        self.sqlite.truncate(versions);
        self.postgres.truncate(versions);
        self.row_steps.clear();
        self
    }

    /// The steps that rewrite rows.
    pub(crate) fn row_steps(&self) -> &[RowStep] {
        &self.row_steps
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

    /// The migrations of this set that have run.
    async fn applied<D: Dialect>(&self, connection: &mut D::Connection) -> Result<Vec<AppliedMigration>, OpenError> {
        let table = format!("_{}_migrations", self.name);
        if !has_table::<D>(connection, &table).await? {
            return Ok(Vec::new());
        }
        let applied = connection.list_applied_migrations(&table).await;
        Ok(applied.map_err(|error| self.connect_error(None, error))?)
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

/// Takes the lock of migrations, until the transaction ends.
pub(super) async fn lock<D: Dialect>(connection: &mut D::Connection) -> sqlx::Result<()> {
    if let Some(OnPostgres(sql)) = D::pick(None, Some(LOCK)) {
        sqlx::raw_sql(sql).execute(connection).await?;
    }
    Ok(())
}

async fn has_table<D: Dialect>(connection: &mut D::Connection, name: &str) -> sqlx::Result<bool> {
    let count = query_scalar::<D, i64>(D::pick(COUNT_TABLES.sqlite, COUNT_TABLES.postgres)).bind(name);
    Ok(count.fetch_one(connection).await? > 0)
}

/// Runs the migrations that each set lacks, in one transaction, and then the row steps that have not finished.
///
/// `back_up` is called within the transaction where a backup is due, with the suffix of the backup's name. It returns the copy, if
/// it makes one. Of programs that start at once, the first to hold the lock of the migrations makes the copy, and the others find
/// the schema current.
pub(crate) async fn migrate<D: Dialect, F>(
    pool: &Pool<D>,
    sets: &[MigrationSet],
    back_up: impl FnOnce(String) -> F,
) -> Result<(), OpenError>
where
    F: Future<Output = Result<Option<PathBuf>, OpenError>>,
{
    let mut connection = pool.acquire().await?;
    let mut transaction = begin::<D>(&mut connection).await?;
    lock::<D>(&mut transaction).await?;
    let copy = match backup_suffix::<D>(&mut transaction, sets).await? {
        Some(suffix) => back_up(suffix).await?,
        None => None,
    };
    if let Err(error) = run_migrations::<D>(&mut transaction, sets).await {
        if let Some(copy) = copy {
            let _ = tokio::fs::remove_file(copy).await; // nothing has changed, and the next start makes another one
        }
        return Err(error);
    }
    transaction.commit().await?;
    for set in sets {
        for step in set.row_steps() {
            row_steps::run::<D>(&mut connection, set.name, step).await?;
        }
    }
    Ok(())
}

async fn run_migrations<D: Dialect>(connection: &mut D::Connection, sets: &[MigrationSet]) -> Result<(), OpenError> {
    row_steps::create_table::<D>(&mut *connection).await?;
    for set in sets {
        let migrator = set.migrator::<D>();
        let newest = migrator.iter().map(|migration| migration.version).max();
        let is_new = set.applied::<D>(&mut *connection).await?.is_empty();
        let run = migrator.run_direct(None, &mut *connection, false).await;
        run.map_err(|error| set.connect_error(newest, error))?;
        for step in set.row_steps() {
            row_steps::register::<D>(&mut *connection, step, is_new).await?;
        }
    }
    Ok(())
}

/// The suffix of the backup that is due before the migrations: the sets that have tables and a row step that has not begun, each
/// with the version that it will have (`before-accounts-4-parties-4`). `None` if there is no such set.
async fn backup_suffix<D: Dialect>(
    connection: &mut D::Connection,
    sets: &[MigrationSet],
) -> Result<Option<String>, OpenError> {
    let has_row_steps = has_table::<D>(&mut *connection, row_steps::TABLE).await?;
    let mut due = Vec::new();
    for set in sets {
        if set.row_steps().is_empty() || set.applied::<D>(&mut *connection).await?.is_empty() {
            continue;
        }
        for step in set.row_steps() {
            if !has_row_steps || !row_steps::is_registered::<D>(&mut *connection, step).await? {
                due.push(format!("{}-{}", set.name, set.sqlite.len()));
                break;
            }
        }
    }
    Ok((!due.is_empty()).then(|| format!("before-{}", due.join("-"))))
}

/// Which schema an existing database must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    /// The one that this program would leave.
    Current,
    /// One that any version of the program has left, earlier or later.
    OfAnyVersion,
}

/// Returns an error unless each set has that schema. Changes nothing.
pub(crate) async fn ensure_schema<D: Dialect>(
    connection: &mut D::Connection,
    sets: &[MigrationSet],
    schema: Schema,
) -> Result<(), OpenError> {
    if schema == Schema::Current {
        return ensure_current::<D>(connection, sets).await;
    }
    for set in sets {
        if set.applied::<D>(&mut *connection).await?.is_empty() {
            return Err(ConnectError::OlderSchema { set: set.name.to_owned(), found: 0 }.into());
        }
    }
    Ok(())
}

async fn ensure_current<D: Dialect>(connection: &mut D::Connection, sets: &[MigrationSet]) -> Result<(), OpenError> {
    for set in sets {
        let migrator = set.migrator::<D>();
        let applied = set.applied::<D>(&mut *connection).await?;
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
        for step in set.row_steps() {
            if !row_steps::is_finished::<D>(&mut *connection, step).await? {
                return Err(ConnectError::OlderSchema { set: set.name.to_owned(), found }.into());
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
