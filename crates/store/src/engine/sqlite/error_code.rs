//! SQLite's result codes (<https://sqlite.org/rescode.html>).

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

const SQLITE_BUSY: u32 = 5;
const SQLITE_READONLY: u32 = 8;
const SQLITE_INTERRUPT: u32 = 9;
const SQLITE_IOERR: u32 = 10;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

/// Whether another process holds the lock.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    primary(error) == Some(SQLITE_BUSY)
}

/// Whether the progress handler ended the statement.
pub(crate) fn is_interrupted(error: &sqlx::Error) -> bool {
    primary(error) == Some(SQLITE_INTERRUPT)
}

/// Whether the file could not be written or synced. After a commit failed so, what a crash would find on the disk is unknown.
pub(crate) fn is_io_error(error: &sqlx::Error) -> bool {
    primary(error) == Some(SQLITE_IOERR)
}

/// Whether the file, or its folder, may not be written.
pub(crate) fn is_read_only(error: &sqlx::Error) -> bool {
    matches!(primary(error), Some(SQLITE_READONLY | SQLITE_CANTOPEN))
}

/// Whether the file holds something other than an SQLite database.
pub(crate) fn is_not_a_database(error: &sqlx::Error) -> bool {
    primary(error) == Some(SQLITE_NOTADB)
}

/// The primary result code: the low byte of an extended one.
fn primary(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?.try_downcast_ref::<SqliteError>()?;
    let extended: u32 = DatabaseError::code(error)?.parse().ok()?;
    Some(extended & 0xff)
}
