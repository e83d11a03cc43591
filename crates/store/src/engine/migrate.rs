//! Brings the tables up to date when a program starts, however many start at once. The statements are in `migrations/`.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Pool, SqlSafeStr};

use crate::engine::dialect::Dialect;
use crate::engine::writer::begin;
use crate::error::{ConnectError, OpenError};

/// Tables that belong together, with their migrations for both engines and a version of their own.
///
/// ```
/// # use store::embed::MigrationSet;
/// MigrationSet::new("trips")
///     .and("posts", "CREATE TABLE posts (…) STRICT", "CREATE TABLE posts (…)")
///     .and("a place of their own", "ALTER TABLE posts …", "ALTER TABLE posts …");
/// ```
///
/// The texts are best kept in files and taken in by `include_str!`. A migration runs in the transaction of all of them, so
/// that a failing one leaves everything as it was. One that has been released is never changed: the next start would
/// refuse it.
#[derive(Debug)]
pub struct MigrationSet {
    name: &'static str,
    sqlite: Vec<Migration>,
    postgres: Vec<Migration>,
}

impl MigrationSet {
    /// A set called `name`, with nothing in it yet. Its version is kept in the table `_{name}_migrations`: the name is up to
    /// 32 of `a`-`z` and `_`, and not `accounts` or `parties`, or the database is not opened.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, sqlite: Vec::new(), postgres: Vec::new() }
    }

    /// Adds the next version, for both engines: so none can lack what the other has.
    #[must_use]
    pub fn and(mut self, what: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        for (versions, sql) in [(&mut self.sqlite, sqlite), (&mut self.postgres, postgres)] {
            let version = i64::try_from(versions.len() + 1).unwrap_or(i64::MAX);
            versions.push(Migration::new(version, what.into(), MigrationType::Simple, sql.into_sql_str(), false));
        }
        self
    }

    /// What an embedder may not call their own: it stands in a statement as it is, and PostgreSQL cuts a long one.
    pub(crate) fn check_name(&self) -> Result<(), ConnectError> {
        let is_word = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        match self.name {
            "accounts" | "parties" => Err(ConnectError::NotASetName { set: self.name }),
            name if matches!(name.len(), 1..=32) && is_word(name) => Ok(()),
            set => Err(ConnectError::NotASetName { set }),
        }
    }

    /// Users, credentials, sessions.
    pub(crate) fn accounts() -> Self {
        Self::new("accounts").and(
            "users and sessions",
            include_str!("../../../../migrations/accounts/sqlite/0001_users_and_sessions.sql"),
            include_str!("../../../../migrations/accounts/postgres/0001_users_and_sessions.sql"),
        )
    }

    /// Parties and their RSVPs.
    #[cfg(feature = "party")]
    pub(crate) fn parties() -> Self {
        Self::new("parties")
            .and(
                "parties and rsvps",
                include_str!("../../../../migrations/parties/sqlite/0001_parties_and_rsvps.sql"),
                include_str!("../../../../migrations/parties/postgres/0001_parties_and_rsvps.sql"),
            )
            .and(
                "a form hosts once",
                include_str!("../../../../migrations/parties/sqlite/0002_a_form_hosts_once.sql"),
                include_str!("../../../../migrations/parties/postgres/0002_a_form_hosts_once.sql"),
            )
            .and(
                "first guests",
                include_str!("../../../../migrations/parties/sqlite/0003_first_guests.sql"),
                include_str!("../../../../migrations/parties/postgres/0003_first_guests.sql"),
            )
    }

    /// What one engine runs. Two sets in one version table would each find the other's migrations missing. And the lock is
    /// ours, not sqlx's: its lock for SQLite does nothing.
    pub(crate) fn migrator<D: Dialect>(&self) -> Migrator {
        let mut migrator = Migrator::with_migrations(D::pick(&self.sqlite, &self.postgres).clone());
        migrator.dangerous_set_table_name(Cow::Owned(format!("_{}_migrations", self.name)));
        migrator.set_locking(false);
        migrator
    }

    fn failed(&self, newest: Option<i64>, error: MigrateError) -> ConnectError {
        let set = self.name.to_owned();
        match error {
            MigrateError::VersionMissing(found) if newest.is_none_or(|newest| found > newest) => {
                ConnectError::NewerSchema { set, found }
            }
            source => ConnectError::Migration { set, source },
        }
    }
}

/// Waits for every other program that migrates this database, without the time limits of everyday statements. The number
/// is ours by its bytes, which read "accounts".
const LOCK: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
     SELECT pg_advisory_xact_lock(7017561974736057459)";

/// Runs what each set has not seen yet, all of it in one transaction.
pub(crate) async fn migrate<D: Dialect>(pool: &Pool<D>, sets: &[MigrationSet]) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await?;
    let mut transaction = begin::<D>(&mut connection).await?;
    // SQLite's `BEGIN IMMEDIATE` is such a lock.
    sqlx::raw_sql(D::pick("", LOCK)).execute(&mut *transaction).await?;
    for set in sets {
        let migrator = set.migrator::<D>();
        let newest = migrator.iter().map(|migration| migration.version).max();
        let done = migrator.run_direct(None, &mut *transaction, false).await;
        done.map_err(|error| set.failed(newest, error))?;
    }
    Ok(transaction.commit().await?)
}

/// Whether there is a table of that name, where the connection looks for tables.
#[cfg(feature = "party")]
const HAS_TABLE: (&str, &str) =
    ("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1", "SELECT count(to_regclass($1))");

/// Tells whether each set is as this program would leave it, and leaves it as it is.
#[cfg(feature = "party")]
pub(crate) async fn is_current<D: Dialect>(
    connection: &mut D::Connection,
    sets: &[MigrationSet],
) -> Result<(), OpenError> {
    use sqlx::migrate::Migrate as _;

    for set in sets {
        let (migrator, table) = (set.migrator::<D>(), format!("_{}_migrations", set.name));
        let has_table = sqlx::query_scalar::<D, i64>(D::pick(HAS_TABLE.0, HAS_TABLE.1)).bind(table.as_str());
        let applied = match has_table.fetch_one(&mut *connection).await? {
            0 => Vec::new(),
            _ => connection.list_applied_migrations(&table).await.map_err(|error| set.failed(None, error))?,
        };
        let found = applied.iter().map(|applied| applied.version).max().unwrap_or(0);
        let known = migrator.iter().map(|migration| migration.version).max();
        if known.is_none_or(|known| found > known) {
            return Err(set.failed(known, MigrateError::VersionMissing(found)).into());
        }
        for migration in migrator.iter() {
            match applied.iter().find(|applied| applied.version == migration.version) {
                None => return Err(ConnectError::OlderSchema { set: set.name.to_owned(), found }.into()),
                Some(applied) if applied.checksum != migration.checksum => {
                    return Err(set.failed(known, MigrateError::VersionMismatch(migration.version)).into());
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_taken_in() {
        for set in [
            MigrationSet::accounts(),
            #[cfg(feature = "party")]
            MigrationSet::parties(),
        ] {
            let folder = format!("{}/../../migrations/{}/sqlite", env!("CARGO_MANIFEST_DIR"), set.name);
            assert_eq!(std::fs::read_dir(folder).unwrap().count(), set.sqlite.len(), "{}", set.name);
        }
    }
}
