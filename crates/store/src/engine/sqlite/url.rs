//! Which file a URL names, and with which options it is opened.

use std::path::Path;
use std::str::FromStr as _;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};

use crate::error::ConnectError;
use crate::timeouts::SQLITE_BUSY_TIMEOUT;

/// The options of `url`.
///
/// `foreign_keys` is on, since SQLite checks them only when asked to. `synchronous` is FULL: a commit that was reported is
/// on the disk. `synchronous=normal` in the URL keeps the file consistent, and may lose the last commits at a power failure.
pub(super) fn parse(url: &str) -> Result<SqliteConnectOptions, ConnectError> {
    let (url, synchronous) = split_synchronous(url)?;
    let options =
        SqliteConnectOptions::from_str(&url).map_err(|_| ConnectError::UnsupportedUrl("this is malformed"))?;
    if !names_a_file(&options) {
        return Err(ConnectError::UnsupportedUrl("this names no file"));
    }
    Ok(options.foreign_keys(true).busy_timeout(SQLITE_BUSY_TIMEOUT).synchronous(synchronous))
}

/// Whether the URL asks for a file that is only read.
pub(super) fn is_read_only(options: &SqliteConnectOptions) -> bool {
    has(options, "mode", "ro") || has(options, "immutable", "true")
}

/// Whether the database is a file, as the driver has decoded the URL. A database in memory would be another one for each
/// connection. SQLite takes a name that begins with `file:` for a URI, which can ask for anything; the driver calls a
/// database in memory by such a name.
fn names_a_file(options: &SqliteConnectOptions) -> bool {
    let name = options.get_filename().as_os_str().as_encoded_bytes();
    let is_reserved = name.is_empty() || name == b":memory:" || name.starts_with(b"file:");
    !is_reserved && !has(options, "mode", "memory") && !has(options, "vfs", "memdb")
}

/// Whether the URL sets `parameter` to `value`, as the driver has decoded it. The driver writes its options as a URL, which
/// not every file's name can be part of: hence another name.
fn has(options: &SqliteConnectOptions, parameter: &str, value: &str) -> bool {
    let url = options.clone().filename(Path::new("/")).to_url_lossy();
    url.query_pairs().any(|(name, set)| name == parameter && set == value)
}

/// The URL without its `synchronous`, which the driver does not know, and that parameter's value.
fn split_synchronous(url: &str) -> Result<(String, SqliteSynchronous), ConnectError> {
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
