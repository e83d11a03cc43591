//! Errors of opening a database, which the operator reads, and how errors of statements become errors of a port.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use domain::{CorruptValue, StoreError};

/// Why a database was not opened. Each is one line, also with its causes, and contains neither a password nor a whole URL.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL is not supported. It is not repeated, since it may contain a password.
    #[error("a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`: {0}")]
    UnsupportedUrl(&'static str),
    /// The folder of the file does not exist.
    #[error("cannot open {}: its folder does not exist", file.display())]
    MissingFolder {
        /// The file.
        file: PathBuf,
    },
    /// The file does not exist, and is not to be created.
    #[error("cannot open {}: it does not exist", file.display())]
    MissingFile {
        /// The file.
        file: PathBuf,
    },
    /// The file, or its folder, may not be written.
    #[error("cannot open {}: it cannot be written", file.display())]
    ReadOnly {
        /// The file.
        file: PathBuf,
    },
    /// The file is not an SQLite database.
    #[error("cannot open {}: it is not an SQLite database", file.display())]
    NotADatabase {
        /// The file.
        file: PathBuf,
    },
    /// The database did not open, for another reason.
    #[error("cannot open {database}")]
    Unreachable {
        /// The file, or the server and the name in it.
        database: String,
        /// The driver's error.
        source: sqlx::Error,
    },
    /// The name of an embedder's [`MigrationSet`](crate::embed::MigrationSet) is not valid.
    #[error("own tables cannot be called `{set}`: a name of their own is needed, up to 32 of a-z and _")]
    NotASetName {
        /// The name.
        set: &'static str,
    },
    /// A newer version of the program has migrated this database.
    #[error("the schema of the {set} is at version {found}, newer than this program knows: start a newer one")]
    NewerSchema {
        /// The set of tables.
        set: String,
        /// The stored version.
        found: i64,
    },
    /// Only an older version of the program has migrated this database, which is opened without migrating it.
    #[error("{}", older_schema(set, *found))]
    OlderSchema {
        /// The set of tables.
        set: String,
        /// The stored version; 0 where there is none.
        found: i64,
    },
    /// The database file was not backed up before its migration. The schema is unchanged.
    #[error("cannot back up the database to {} before its migration", file.display())]
    Backup {
        /// The copy.
        file: PathBuf,
        /// The cause.
        source: crate::BackupError,
    },
    /// A row step failed. The schema and the rows before the failed batch are migrated, and the next start goes on there.
    #[error("the rows of the {set} cannot be brought up to date ({step})")]
    RowStep {
        /// The set of tables.
        set: &'static str,
        /// The name of the step.
        step: &'static str,
        /// The cause.
        source: sqlx::Error,
    },
    /// A migration failed, or was changed after it ran. The schema is unchanged.
    #[error("the schema of the {set} cannot be brought up to date")]
    Migration {
        /// The set of tables.
        set: String,
        /// The cause.
        source: sqlx::migrate::MigrateError,
    },
}

fn older_schema(set: &str, found: i64) -> String {
    if found == 0 {
        return format!("the database has no tables of the {set}: it is another program's, or was never served");
    }
    format!(
        "the schema of the {set} is at version {found}, older than this program's: serve it once to bring it up to date"
    )
}

/// The message with its causes in one line, since `fn main() -> Result<…>` prints this form to the operator.
impl fmt::Debug for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Why one attempt to open a database failed.
pub(crate) enum OpenError {
    /// An error of the driver, which each engine classifies.
    Driver(sqlx::Error),
    /// An error that is final.
    Connect(ConnectError),
}

impl OpenError {
    /// The error for the operator; `classify` turns the driver's into one.
    pub(crate) fn into_connect_error(self, classify: impl FnOnce(sqlx::Error) -> ConnectError) -> ConnectError {
        match self {
            Self::Driver(error) => classify(error),
            Self::Connect(error) => error,
        }
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<ConnectError> for OpenError {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}

/// The error of a statement as a port's error. The source of a value that did not parse is the [`CorruptValue`], not the
/// driver's error around it.
pub(crate) fn into_store_error(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Decode(cause) => StoreError::new(cause),
        error => StoreError::new(error),
    }
}

/// Adds to a parse error which stored value does not parse: `.map_err(corrupt("users", "username", row.id))`.
pub(crate) fn corrupt<E: Into<Box<dyn Error + Send + Sync>>>(
    table: &'static str,
    column: &'static str,
    row: i64,
) -> impl FnOnce(E) -> sqlx::Error {
    move |source| sqlx::Error::Decode(Box::new(CorruptValue { table, column, row, source: source.into() }))
}
