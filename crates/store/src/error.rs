//! What can go wrong: when a database is opened, which a person at the start of a program reads, and afterwards.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use domain::{CorruptValue, StoreError};

/// Why a database was not opened. Each is one line, with its causes too, and none holds a password or a whole URL.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL is none of ours. It is not repeated: it may hold a password.
    #[error("a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`: {0}")]
    UnsupportedUrl(&'static str),
    /// The folder that would hold the file is not there.
    #[error("cannot open {}: its folder does not exist", file.display())]
    MissingFolder {
        /// The file.
        file: PathBuf,
    },
    /// The file is not there, and is not to be made.
    #[error("cannot open {}: it does not exist", file.display())]
    MissingFile {
        /// The file.
        file: PathBuf,
    },
    /// The file, or the folder around it, may not be written.
    #[error("cannot open {}: it cannot be written", file.display())]
    ReadOnly {
        /// The file.
        file: PathBuf,
    },
    /// The file holds something else.
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
        /// What the driver said.
        source: sqlx::Error,
    },
    /// A set of own tables has a name that it cannot have.
    #[error("own tables cannot be called `{set}`: a name of their own is needed, up to 32 of a-z and _")]
    NotASetName {
        /// The name.
        set: &'static str,
    },
    /// A newer program has been at work on this database.
    #[error("the schema of the {set} is at version {found}, newer than this program knows: start a newer one")]
    NewerSchema {
        /// Whose tables.
        set: String,
        /// The version that is stored.
        found: i64,
    },
    /// Only an older program has been at work on this database, which is not to be changed.
    #[error(
        "the schema of the {set} is at version {found}, older than this program's: serve it once to bring it up to date"
    )]
    OlderSchema {
        /// Whose tables.
        set: String,
        /// The version that is stored; 0 where there is none.
        found: i64,
    },
    /// A migration failed or was changed after it ran. The schema is as it was.
    #[error("the schema of the {set} cannot be brought up to date")]
    Migration {
        /// Whose tables.
        set: String,
        /// What is wrong.
        source: sqlx::migrate::MigrateError,
    },
}

/// The sentence with its causes, since `fn main() -> Result<…>` prints this form to whoever started the program.
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

/// Why one attempt to open a database failed: the driver's word, or what is already told.
pub(crate) enum OpenError {
    Driver(sqlx::Error),
    Told(ConnectError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<ConnectError> for OpenError {
    fn from(error: ConnectError) -> Self {
        Self::Told(error)
    }
}

/// Why a statement failed, as the ports say it. What did not parse is itself the cause, not the driver's wrapper of it.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Decode(cause) => StoreError::new(cause),
        error => StoreError::new(error),
    }
}

/// Tells where the value is that does not parse: `.map_err(corrupt("users", "username", row.id))`.
pub(crate) fn corrupt<E: Into<Box<dyn Error + Send + Sync>>>(
    table: &'static str,
    column: &'static str,
    row: i64,
) -> impl FnOnce(E) -> sqlx::Error {
    move |source| sqlx::Error::Decode(Box::new(CorruptValue { table, column, row, source: source.into() }))
}
