//! Copies an SQLite file while other processes use it, whatever version of the program has made it. A PostgreSQL database is copied
//! by `pg_dump`.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, query, query_scalar};
use tokio::fs;

use crate::engine::ExistingDatabase;
use crate::engine::migrate::Schema;
use crate::error::ConnectError;

/// Why no copy was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The database cannot be opened, or no version of the program has made it.
    #[error(transparent)]
    Unopened(Box<ConnectError>),
    /// The database is on a PostgreSQL server, which `pg_dump` copies.
    #[error("a PostgreSQL server is copied by pg_dump")]
    NotAFile,
    /// The file exists already, and is left unchanged.
    #[error("{} is there already", file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// The copy cannot be written there.
    #[error("cannot write {}", file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The path is not UTF-8, which SQLite requires.
    #[error("{} is not UTF-8", file.display())]
    NotUtf8 {
        /// The file.
        file: PathBuf,
    },
    /// The copy was made, and SQLite finds it damaged.
    #[error("the copy is damaged: {message}")]
    Damaged {
        /// SQLite's message.
        message: String,
    },
    /// The database failed.
    #[error("the database could not be copied")]
    Failed(#[source] sqlx::Error),
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

/// Copies the whole database at `url` at this moment to a new SQLite file at `copy`, readable by its owner alone, and verifies the
/// copy. Other processes read and write meanwhile.
///
/// The schema may be that of an earlier or a later version of the program: the copy has the same. An embedder's tables are part of
/// it.
///
/// # Errors
/// [`BackupError`]. No file is left at `copy` that was not there before.
pub async fn back_up(url: &str, copy: &Path) -> Result<(), BackupError> {
    let sets = [crate::accounts::migrations()];
    let opened = ExistingDatabase::open(url, &sets, Schema::OfAnyVersion).await;
    let mut database = opened.map_err(|error| BackupError::Unopened(Box::new(error)))?;
    let copied = match &mut database {
        ExistingDatabase::Sqlite(file) => self::copy(file, copy).await,
        ExistingDatabase::Postgres(_) => Err(BackupError::NotAFile),
    };
    let closed = database.close().await;
    copied.and(closed.map_err(BackupError::Failed))
}

/// Copies the database to `copy`. The copy is written to `copy.part`, verified and synced, and then renamed: a file at `copy`
/// is a complete backup, also after a power failure.
pub(crate) async fn copy(database: &mut SqliteConnection, copy: &Path) -> Result<(), BackupError> {
    let part = part_name(copy);
    ensure_vacant(copy).await?;
    create(&part).await?;
    let written = write(database, &part, copy).await;
    if written.is_err() {
        let _ = fs::remove_file(&part).await; // the error of the copy is the one to report
    }
    written
}

/// The name of the copy while it is written.
fn part_name(copy: &Path) -> PathBuf {
    let mut name = OsString::from(copy);
    name.push(".part");
    name.into()
}

async fn ensure_vacant(copy: &Path) -> Result<(), BackupError> {
    match fs::symlink_metadata(copy).await {
        Ok(_) => Err(BackupError::Exists { file: copy.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(BackupError::Unwritable { file: copy.to_owned(), source }),
    }
}

/// Creates an empty file that its owner alone can read; SQLite would create it readable by all users.
async fn create(part: &Path) -> Result<(), BackupError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(part).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(BackupError::Exists { file: part.to_owned() })
        }
        Err(source) => Err(BackupError::Unwritable { file: part.to_owned(), source }),
    }
}

async fn write(database: &mut SqliteConnection, part: &Path, copy: &Path) -> Result<(), BackupError> {
    // An absolute path: SQLite takes a name that begins with `file:` for a URI.
    let whole =
        std::path::absolute(part).map_err(|source| BackupError::Unwritable { file: part.to_owned(), source })?;
    let name = whole.to_str().ok_or_else(|| BackupError::NotUtf8 { file: part.to_owned() })?;
    // One read transaction: the copy has what was committed before it, and nothing that is committed later.
    query("VACUUM INTO $1").bind(name).execute(database).await?;
    sync(part).await.map_err(|source| BackupError::Unwritable { file: part.to_owned(), source })?;
    let mut copied = SqliteConnectOptions::new().filename(&whole).read_only(true).connect().await?;
    let messages: Vec<String> = query_scalar("PRAGMA integrity_check").fetch_all(&mut copied).await?;
    copied.close().await?;
    if messages != ["ok"] {
        return Err(BackupError::Damaged { message: messages.join("; ") });
    }
    ensure_vacant(copy).await?; // another process may have created it meanwhile
    let renamed = async {
        fs::rename(part, copy).await?;
        sync(copy.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))).await
    };
    renamed.await.map_err(|source| BackupError::Unwritable { file: copy.to_owned(), source })
}

/// Waits until a file, or the entries of a folder, are on the disk, which `VACUUM INTO` does not.
async fn sync(path: &Path) -> io::Result<()> {
    fs::File::open(path).await?.sync_all().await
}
