//! A database opened to be looked at: it is neither made nor migrated, and nothing is written to it. What is looked for is
//! in `check`, how it is copied in `backup`.

mod backup;
mod check;
mod counts;
mod invariants;
mod values;
mod violation;

use std::path::Path;

use domain::StoreError;
use domain::credential::PasswordHash;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection};

pub use self::backup::BackupError;
use self::check::{check, check_file};
pub use self::violation::{Invariant, Violation};
use crate::embed::MigrationSet;
use crate::engine;
use crate::error::{ConnectError, failed};

/// An existing database with the tables of accounts and parties, which others may be using meanwhile.
#[derive(Debug)]
pub struct Inspection {
    connection: Connection,
}

#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Inspection {
    /// Opens the database at `url`, which must be there, in the schema that this program knows.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for whoever started the program. [`ConnectError::OlderSchema`] and
    /// [`ConnectError::NewerSchema`] where another version of the program made it.
    pub async fn open(url: &str) -> Result<Self, ConnectError> {
        let sets = [MigrationSet::accounts(), MigrationSet::parties()];
        Ok(Self { connection: engine::look(url, &sets).await? })
    }

    /// Recomputes what must hold of the stored rows, as they are at one moment, and tells `tell` each breach as it is found.
    /// Whether a password can be held against a stored hash is for `is_verifiable` to say: a store knows no cryptography.
    /// Rows are read one by one, so that it takes no more memory for a large database than for a small one.
    ///
    /// Others go on reading and writing. On SQLite the WAL grows meanwhile by what they write.
    ///
    /// # Errors
    /// The database fails, or is too damaged to be read on; what was told until then holds.
    pub async fn check(
        mut self,
        is_verifiable: impl Fn(&PasswordHash) -> bool,
        mut tell: impl FnMut(Violation),
    ) -> Result<(), StoreError> {
        let checked = match &mut self.connection {
            Connection::Sqlite(file) => match check_file(file, &mut tell).await {
                Ok(()) => check::<Sqlite>(file, &is_verifiable, &mut tell).await,
                Err(error) => Err(error),
            },
            Connection::Postgres(server) => check::<Postgres>(server, &is_verifiable, &mut tell).await,
        };
        let closed = self.close().await;
        checked.and(closed).map_err(failed)
    }

    /// Writes what is stored at this moment to a new SQLite file at `copy`, readable by its owner alone, and looks whether
    /// it is whole. Others go on reading and writing.
    ///
    /// # Errors
    /// [`BackupError`]; there is then no file at `copy` that was not there before.
    pub async fn back_up(mut self, copy: &Path) -> Result<(), BackupError> {
        let copied = match &mut self.connection {
            Connection::Sqlite(file) => backup::copy(file, copy).await,
            Connection::Postgres(_) => Err(BackupError::NotAFile),
        };
        let closed = self.close().await;
        copied.and(closed.map_err(BackupError::Failed))
    }

    /// Whatever came of it: the last connection to a file folds its WAL.
    async fn close(self) -> sqlx::Result<()> {
        match self.connection {
            Connection::Sqlite(file) => sqlx::Connection::close(file).await,
            Connection::Postgres(server) => sqlx::Connection::close(server).await,
        }
    }
}
