//! Copies an SQLite file while others use it. A PostgreSQL server has a program of its own for that.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, query, query_scalar};
use tokio::fs;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The database is on a PostgreSQL server, which `pg_dump` copies.
    #[error("a PostgreSQL server is copied by pg_dump")]
    NotAFile,
    /// Something is there already, and is left as it is.
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
        /// What the system said.
        source: io::Error,
    },
    /// The path is no text, as SQLite wants it.
    #[error("{} is not UTF-8", file.display())]
    NotText {
        /// The file.
        file: PathBuf,
    },
    /// The copy was made, and is not whole.
    #[error("the copy is damaged: {said}")]
    Damaged {
        /// What SQLite says of it.
        said: String,
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

/// Copies the database to `copy`. It is made beside it under another name and given its own once it is whole and on the
/// disk: what is at `copy` is a backup, whenever the power fails.
pub(crate) async fn copy(database: &mut SqliteConnection, copy: &Path) -> Result<(), BackupError> {
    let part = beside(copy);
    vacant(copy).await?;
    create(&part).await?;
    let made = make(database, &part, copy).await;
    if made.is_err() {
        let _ = fs::remove_file(&part).await; // what is told is why the copy failed
    }
    made
}

/// The name of a copy that is being made.
fn beside(copy: &Path) -> PathBuf {
    let mut name = OsString::from(copy);
    name.push(".part");
    name.into()
}

async fn vacant(copy: &Path) -> Result<(), BackupError> {
    match fs::symlink_metadata(copy).await {
        Ok(_) => Err(BackupError::Exists { file: copy.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(BackupError::Unwritable { file: copy.to_owned(), source }),
    }
}

/// Makes it empty and its owner's alone, since SQLite would let everybody read it.
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

async fn make(database: &mut SqliteConnection, part: &Path, copy: &Path) -> Result<(), BackupError> {
    // From the root on: a name that begins with `file:` would be an address to SQLite, and no file's name.
    let whole =
        std::path::absolute(part).map_err(|source| BackupError::Unwritable { file: part.to_owned(), source })?;
    let name = whole.to_str().ok_or_else(|| BackupError::NotText { file: part.to_owned() })?;
    // One read transaction: what was committed before it is in the copy, and nothing of what is committed later.
    query("VACUUM INTO $1").bind(name).execute(database).await?;
    sync(part).await.map_err(|source| BackupError::Unwritable { file: part.to_owned(), source })?;
    let mut copied = SqliteConnectOptions::new().filename(&whole).read_only(true).connect().await?;
    let said: Vec<String> = query_scalar("PRAGMA integrity_check").fetch_all(&mut copied).await?;
    copied.close().await?;
    if said != ["ok"] {
        return Err(BackupError::Damaged { said: said.join("; ") });
    }
    vacant(copy).await?; // somebody may have been quicker
    let named = async {
        fs::rename(part, copy).await?;
        sync(copy.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))).await
    };
    named.await.map_err(|source| BackupError::Unwritable { file: copy.to_owned(), source })
}

/// Waits until a file, or the names in a folder, are on the disk: `VACUUM INTO` does not.
async fn sync(path: &Path) -> io::Result<()> {
    fs::File::open(path).await?.sync_all().await
}
