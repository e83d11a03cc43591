//! Opens an SQLite file: one connection that writes, and beside it some that only read.

use std::io;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

#[cfg(feature = "party")]
use sqlx::SqliteConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Pool, Sqlite};
use tokio::time::{Instant, sleep};

use crate::embed::{Engine, MigrationSet, Writer};
use crate::engine::dialect::{is_busy, sqlite_code};
#[cfg(feature = "party")]
use crate::engine::migrate::is_current;
use crate::engine::migrate::migrate;
use crate::engine::read_pool::ReadPool;
use crate::engine::sqlite::checkpoint::Wal;
use crate::error::{ConnectError, OpenError};

/// How long a statement waits for another process that writes, a request for the connection, and a start for a file that
/// another process is just creating: switching a new file to WAL fails now and then however long one waits in it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections that read, each a thread: those that statements hand on to one another, and the pool's, for searches and
/// for whoever takes one row after the other. These may take long, so they are few: pages go on beside them.
const KEPT: u32 = 4;
const POOLED: u32 = 2;

/// SQLite's codes for a file that may not be written, and for one that holds something else.
const READONLY: u32 = 8;
const CANTOPEN: u32 = 14;
const NOTADB: u32 = 26;

pub(crate) async fn connect(url: &str, sets: &[MigrationSet]) -> Result<Engine<Sqlite>, ConnectError> {
    let options = options(url)?;
    if says(&options, "mode", "ro") || says(&options, "immutable", "true") {
        return Err(ConnectError::UnsupportedUrl("a server writes, and this one may only be read"));
    }
    let file = options.get_filename().to_owned();
    create(&file).await?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match open(&options, sets).await {
            Ok(engine) => return Ok(engine),
            Err(OpenError::Driver(error)) if is_busy(&error) && Instant::now() < deadline => {
                sleep(Duration::from_millis(20)).await;
            }
            Err(OpenError::Driver(error)) => return Err(told(&file, error)),
            Err(OpenError::Told(error)) => return Err(error),
        }
    }
}

/// Opens a file that is there, as it is. (SQLite opens one that may only be read for reading.)
#[cfg(feature = "party")]
pub(crate) async fn look(url: &str, sets: &[MigrationSet]) -> Result<SqliteConnection, ConnectError> {
    let options = options(url)?.create_if_missing(false);
    let file = options.get_filename().to_owned();
    match tokio::fs::metadata(&file).await {
        Ok(found) if found.is_dir() => return Err(ConnectError::NotADatabase { file }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ConnectError::MissingFile { file }),
        _ => {}
    }
    let looked = async {
        let mut connection = options.connect().await?;
        is_current::<Sqlite>(&mut connection, sets).await?;
        Ok(connection)
    };
    looked.await.map_err(|error| match error {
        OpenError::Driver(error) => told(&file, error),
        OpenError::Told(error) => error,
    })
}

/// `foreign_keys`, since SQLite checks them only when asked. FULL, since what was told as done stays done when the power
/// fails; `synchronous=normal` in the URL keeps the file whole and may lose the last commits.
fn options(url: &str) -> Result<SqliteConnectOptions, ConnectError> {
    let (url, synchronous) = synchronous(url)?;
    let options =
        SqliteConnectOptions::from_str(&url).map_err(|_| ConnectError::UnsupportedUrl("this is malformed"))?;
    if !names_a_file(&options) {
        return Err(ConnectError::UnsupportedUrl("this names no file"));
    }
    Ok(options.foreign_keys(true).busy_timeout(PATIENCE).synchronous(synchronous))
}

/// Whether the file is one, judged as the driver has decoded the URL: a database in memory would be another one for each
/// connection, and gone with it. SQLite takes a name that begins with `file:` for an address of its own, which can ask for
/// anything; the driver, too, calls a database in memory by such a name.
fn names_a_file(options: &SqliteConnectOptions) -> bool {
    let name = options.get_filename().as_os_str().as_encoded_bytes();
    let is_no_name = name.is_empty() || name == b":memory:" || name.starts_with(b"file:");
    !is_no_name && !says(options, "mode", "memory") && !says(options, "vfs", "memdb")
}

/// Whether the URL says `value` of `parameter`, as the driver has decoded it. It writes its options down as an address,
/// which not every file's name can be part of: hence another one.
fn says(options: &SqliteConnectOptions, parameter: &str, value: &str) -> bool {
    let address = options.clone().filename("/").to_url_lossy();
    address.query_pairs().any(|(name, said)| name == parameter && said == value)
}

/// The URL without its `synchronous`, which the driver does not know, and what that says.
fn synchronous(url: &str) -> Result<(String, SqliteSynchronous), ConnectError> {
    let (file, query) = url.split_once('?').unwrap_or((url, ""));
    let mut synchronous = SqliteSynchronous::Full;
    let mut others = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.strip_prefix("synchronous=") {
            Some("full") => synchronous = SqliteSynchronous::Full,
            Some("normal") => synchronous = SqliteSynchronous::Normal,
            Some(_) => return Err(ConnectError::UnsupportedUrl("`synchronous` is `full` or `normal`")),
            None => others.push(parameter),
        }
    }
    let mark = if others.is_empty() { "" } else { "?" };
    Ok((format!("{file}{mark}{}", others.join("&")), synchronous))
}

/// Makes the file, if there is none, so that only its owner can read it. Its WAL is given the same rights by SQLite.
async fn create(file: &Path) -> Result<(), ConnectError> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let created = options.open(file).await.map(drop);
    let file = file.to_owned();
    match created.map_err(|error| error.kind()) {
        Ok(()) => Ok(()),
        Err(io::ErrorKind::AlreadyExists) => match tokio::fs::metadata(&file).await {
            Ok(found) if found.is_dir() => Err(ConnectError::NotADatabase { file }),
            Ok(found) if found.permissions().readonly() => Err(ConnectError::ReadOnly { file }),
            _ => Ok(()),
        },
        Err(io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Err(ConnectError::MissingFolder { file }),
        Err(_) => Err(ConnectError::ReadOnly { file }),
    }
}

async fn open(options: &SqliteConnectOptions, sets: &[MigrationSet]) -> Result<Engine<Sqlite>, OpenError> {
    let writing = options.clone().journal_mode(SqliteJournalMode::Wal);
    let writing = writing.pragma("journal_size_limit", Wal::LIMIT.to_string()); // what was longer once is cut
    // A connection costs no ping: there is no line that could have been cut. Nor does it age.
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let write: Pool<Sqlite> = pool(1).connect_with(writing).await?;
    migrate(&write, sets).await?;
    let wal = Wal::of(&tokio::fs::canonicalize(options.get_filename()).await.map_err(sqlx::Error::Io)?);
    let reading = options.clone().read_only(true);
    let opener = pool(KEPT).connect_lazy_with(reading.clone());
    let read = pool(POOLED).connect_with(reading).await?;
    Ok(Engine { read: ReadPool::keeping(KEPT, PATIENCE, opener, read), writer: Writer::together(write, wal) })
}

fn told(file: &Path, source: sqlx::Error) -> ConnectError {
    let file = file.to_owned();
    match sqlite_code(&source) {
        Some(READONLY | CANTOPEN) => ConnectError::ReadOnly { file },
        Some(NOTADB) => ConnectError::NotADatabase { file },
        _ => ConnectError::Unreachable { database: file.display().to_string(), source },
    }
}
