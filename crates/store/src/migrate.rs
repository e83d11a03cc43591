//! Brings the tables up to date when a program starts, however many start at once. The statements are in `migrations/`.

use std::borrow::Cow;

use sqlx::Pool;
use sqlx::migrate::{MigrateError, Migrator};

use crate::dialect::Dialect;
use crate::error::{ConnectError, OpenError};
use crate::writer::begin;

/// Tables that belong together, with their migrations for both engines and a version of their own.
///
/// ```text
/// MigrationSet::new("posts", sqlx::migrate!("migrations/sqlite"), sqlx::migrate!("migrations/postgres"))
/// ```
///
/// The two folders hold the same file names. A migration runs in the transaction of all of them, so that a failing one
/// leaves everything as it was; hence none may be marked `-- no-transaction`. For new files to be seen, the embedder's
/// `build.rs` says `cargo:rerun-if-changed=migrations`.
#[derive(Debug)]
pub struct MigrationSet {
    name: &'static str,
    sqlite: Migrator,
    postgres: Migrator,
}

impl MigrationSet {
    /// A set called `name` (a plain word: its version is kept in the table `_{name}_migrations`).
    #[must_use]
    pub fn new(name: &'static str, sqlite: Migrator, postgres: Migrator) -> Self {
        Self { name, sqlite: versioned(name, sqlite), postgres: versioned(name, postgres) }
    }

    /// Users, credentials, sessions.
    pub(crate) fn accounts() -> Self {
        Self::new(
            "accounts",
            sqlx::migrate!("../../migrations/accounts/sqlite"),
            sqlx::migrate!("../../migrations/accounts/postgres"),
        )
    }

    /// Parties and their RSVPs.
    #[cfg(feature = "party")]
    pub(crate) fn parties() -> Self {
        Self::new(
            "parties",
            sqlx::migrate!("../../migrations/parties/sqlite"),
            sqlx::migrate!("../../migrations/parties/postgres"),
        )
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

/// Two sets in one version table would each find the other's migrations missing. And the lock is ours, not sqlx's: its
/// lock for SQLite does nothing.
fn versioned(name: &str, mut migrator: Migrator) -> Migrator {
    migrator.dangerous_set_table_name(Cow::Owned(format!("_{name}_migrations")));
    migrator.set_locking(false);
    migrator
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
        let migrator = D::pick(&set.sqlite, &set.postgres);
        let newest = migrator.iter().map(|migration| migration.version).max();
        let done = migrator.run_direct(None, &mut *transaction, false).await;
        done.map_err(|error| set.failed(newest, error))?;
    }
    Ok(transaction.commit().await?)
}
