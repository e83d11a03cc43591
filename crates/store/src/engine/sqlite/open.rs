//! Opens an SQLite file: one connection that writes, and beside it some that only read.

use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, SqliteConnection, query_scalar};
use tokio::time::{Instant, sleep};

use super::checkpoint::Wal;
use super::connection_cache::ConnectionCache;
use super::group_commit::GroupCommit;
use super::{error_code, url};
use crate::engine::OpenDatabase;
use crate::engine::migrate::{MigrationSet, Schema, ensure_schema, migrate};
use crate::engine::read_pool::ReadPool;
use crate::engine::search_pool::SearchPool;
use crate::engine::writer::Writer;
use crate::error::{ConnectError, OpenError};
use crate::inspect::backup::copy;
use crate::statements::{OnSqlite, statements};
use crate::timeouts::{OPEN_TIMEOUT, POOL_ACQUIRE_TIMEOUT, SEARCH_TIMEOUT, SQLITE_OPEN_INTERVAL};

/// Connections for pages. Each is a thread.
const PAGE_CONNECTIONS: u32 = 4;

/// Connections for searches, which may take long: few, so that pages are read beside them.
const SEARCH_CONNECTIONS: u32 = 2;

statements! {
    /// The current time in UTC with milliseconds, as a part of a file's name.
    const TIME: OnSqlite = OnSqlite("SELECT strftime('%Y%m%dT%H%M%fZ')");
}

/// Opens the file at `url`, creates it where it does not exist, and runs the migrations.
pub(crate) async fn connect(url: &str, sets: &[MigrationSet]) -> Result<OpenDatabase<Sqlite>, ConnectError> {
    let options = url::parse(url)?;
    if url::is_read_only(&options) {
        return Err(ConnectError::UnsupportedUrl("a server writes, and this one may only be read"));
    }
    let file = options.get_filename().to_owned();
    create(&file).await?;
    let deadline = Instant::now() + OPEN_TIMEOUT;
    loop {
        match open(&options, sets).await {
            Ok(database) => return Ok(database),
            Err(OpenError::Driver(error)) if error_code::is_busy(&error) && Instant::now() < deadline => {
                sleep(SQLITE_OPEN_INTERVAL).await;
            }
            Err(error) => return Err(error.into_connect_error(|source| classify(&file, source))),
        }
    }
}

/// Opens an existing file without creating or migrating it. (SQLite opens a file that may not be written read-only.)
pub(crate) async fn open_existing(
    url: &str,
    sets: &[MigrationSet],
    schema: Schema,
) -> Result<SqliteConnection, ConnectError> {
    let options = url::parse(url)?.create_if_missing(false);
    let file = options.get_filename().to_owned();
    match tokio::fs::metadata(&file).await {
        Ok(found) if found.is_dir() => return Err(ConnectError::NotADatabase { file }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ConnectError::MissingFile { file }),
        _ => {}
    }
    let open = async {
        let mut connection = options.connect().await?;
        ensure_schema::<Sqlite>(&mut connection, sets, schema).await?;
        Ok(connection)
    };
    open.await.map_err(|error: OpenError| error.into_connect_error(|source| classify(&file, source)))
}

/// Creates the file where there is none, readable by its owner alone. SQLite gives its WAL the same permissions.
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

async fn open(options: &SqliteConnectOptions, sets: &[MigrationSet]) -> Result<OpenDatabase<Sqlite>, OpenError> {
    let write_options = options.clone().journal_mode(SqliteJournalMode::Wal);
    // SQLite truncates a WAL that was longer once.
    let write_options = write_options.pragma("journal_size_limit", Wal::MAX_BYTES.to_string());
    // What is deleted is overwritten by zeros in the same commit. It costs no write that is not made anyway, but for whole
    // pages that become free (measured: 0 to 1 % of the bytes of a job).
    let write_options = write_options.pragma("secure_delete", "on");
    let read_options = options.clone().read_only(true);

    let writer = pool_options(1).connect_with(write_options).await?;
    migrate(&writer, sets, |suffix| back_up_before_migration(options, suffix)).await?;
    let wal = Wal::of(&tokio::fs::canonicalize(options.get_filename()).await.map_err(sqlx::Error::Io)?);
    let opener = |connections| pool_options(connections).connect_lazy_with(read_options.clone());
    let pages = ConnectionCache::new(PAGE_CONNECTIONS, opener(PAGE_CONNECTIONS));
    let searches = ConnectionCache::new(SEARCH_CONNECTIONS, opener(SEARCH_CONNECTIONS)).with_limit(SEARCH_TIMEOUT);
    Ok(OpenDatabase {
        read: ReadPool::new(pages),
        searches: SearchPool::new(ReadPool::new(searches), SEARCH_CONNECTIONS),
        writer: Writer::new(GroupCommit::start(writer, wal)),
    })
}

/// Copies a file that an earlier version has filled beside itself, before a row step rewrites its rows. The name of the copy ends
/// in `suffix` and the time. The writer's connection holds the lock of the migrations meanwhile.
async fn back_up_before_migration(
    options: &SqliteConnectOptions,
    suffix: String,
) -> Result<Option<PathBuf>, OpenError> {
    let mut connection = options.clone().read_only(true).connect().await?;
    let time: String = query_scalar(TIME.0).fetch_one(&mut connection).await?;
    let mut name = options.get_filename().as_os_str().to_owned();
    name.push(format!(".{suffix}-{time}"));
    let file = PathBuf::from(name);
    let copied = copy(&mut connection, &file).await;
    connection.close().await?;
    match copied {
        Ok(()) => {
            tracing::info!(copy = %file.display(), "backed up the database before its migration");
            Ok(Some(file))
        }
        Err(source) => Err(ConnectError::Backup { file, source }.into()),
    }
}

/// Without a ping before a connection is lent, and without a maximum age: a file has no line that could be cut.
fn pool_options(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(POOL_ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

fn classify(file: &Path, source: sqlx::Error) -> ConnectError {
    let file = file.to_owned();
    match source {
        source if error_code::is_read_only(&source) => ConnectError::ReadOnly { file },
        source if error_code::is_not_a_database(&source) => ConnectError::NotADatabase { file },
        source => ConnectError::Unreachable { database: file.display().to_string(), source },
    }
}
