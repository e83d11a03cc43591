//! Maintenance of an existing database: [`Inspection`] verifies what is stored, [`back_up`] copies it.

pub(crate) mod accounts;
pub(crate) mod backup;
pub(crate) mod check;
#[cfg(feature = "party")]
pub(crate) mod parties;
mod violation;

use domain::credential::PasswordHash;
use domain::{StoreError, Timestamp};
use sqlx::{Postgres, Sqlite};

pub use self::backup::{BackupError, back_up};
use self::check::{Tables, check, check_file};
pub use self::violation::{Invariant, Violation};
use crate::engine::ExistingDatabase;
use crate::engine::migrate::Schema;
use crate::error::{ConnectError, into_store_error};

/// An existing database, opened for maintenance: it is neither created nor migrated. Other processes may use it meanwhile.
#[derive(Debug)]
pub struct Inspection {
    database: ExistingDatabase,
    tables: Tables,
}

impl Inspection {
    /// Opens the database at `url` that an [`AccountStore`](crate::AccountStore) has made. Tables other than the accounts' are
    /// not checked.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for the operator. [`ConnectError::OlderSchema`] and [`ConnectError::NewerSchema`] where
    /// another version of the program migrated the accounts' tables last.
    pub async fn of_accounts(url: &str) -> Result<Self, ConnectError> {
        let sets = [crate::accounts::migrations()];
        Ok(Self { database: ExistingDatabase::open(url, &sets, Schema::Current).await?, tables: Tables::Accounts })
    }

    /// Opens the database at `url` that a [`PartyStore`](crate::PartyStore) has made: the accounts' and the parties' tables.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for the operator. [`ConnectError::OlderSchema`] and [`ConnectError::NewerSchema`] where
    /// another version of the program migrated the database last.
    #[cfg(feature = "party")]
    pub async fn of_parties(url: &str) -> Result<Self, ConnectError> {
        let sets = [crate::accounts::migrations(), crate::parties::migrations()];
        let database = ExistingDatabase::open(url, &sets, Schema::Current).await?;
        Ok(Self { database, tables: Tables::AccountsAndParties })
    }

    /// Verifies the stored rows as they are at one moment, and calls `report` for each [`Violation`] as it is found:
    /// references to missing rows, invariants that no schema can express, and values that do not parse.
    ///
    /// On SQLite it also runs `PRAGMA integrity_check`, which finds damage of the file and rows that break a NOT NULL, CHECK
    /// or UNIQUE constraint, and stops after 100 findings. PostgreSQL enforces these constraints at each write.
    ///
    /// Whether a party is upcoming, so that nobody may wait for a seat that is free, is decided at the time `now`.
    ///
    /// Whether a password can be verified against a stored hash is decided by `is_verifiable`: a store contains no
    /// cryptography. Rows are read one by one, so that memory use does not depend on the size of the database.
    ///
    /// Other processes read and write meanwhile. On SQLite the WAL grows by what they write.
    ///
    /// # Errors
    /// The database fails, or is too damaged to be read any further. What was reported before holds.
    pub async fn check(
        mut self,
        now: Timestamp,
        is_verifiable: impl Fn(&PasswordHash) -> bool,
        mut report: impl FnMut(Violation),
    ) -> Result<(), StoreError> {
        let tables = self.tables;
        let checked = match &mut self.database {
            ExistingDatabase::Sqlite(file) => match check_file(file, &mut report).await {
                Ok(()) => check::<Sqlite>(file, tables, now, &is_verifiable, &mut report).await,
                Err(error) => Err(error),
            },
            ExistingDatabase::Postgres(server) => {
                check::<Postgres>(server, tables, now, &is_verifiable, &mut report).await
            }
        };
        let closed = self.database.close().await;
        checked.and(closed).map_err(into_store_error)
    }
}
