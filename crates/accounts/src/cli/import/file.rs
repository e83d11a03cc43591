//! A file of users: its format, and its rows.

use std::path::Path;
use std::{fs, io};

use super::{csv_rows, json_rows};
use crate::{ImportRow, RefusedRow, RowRefusal};

/// A row, or why it cannot be read.
pub(super) type ReadRow = Result<ImportRow, RefusedRow>;

/// Why a file cannot be read as one of users. One line.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("cannot read {file}: {source}")]
    Io { file: String, source: io::Error },
    #[error("{file} has no line of column names, such as username,email,password_hash,joined_at")]
    NoHeader { file: String },
    #[error("{file} has no column {name}{}", hint(name))]
    MissingColumn { file: String, name: &'static str },
    #[error("{file} has the column {name} twice")]
    RepeatedColumn { file: String, name: &'static str },
    /// What is there instead is not part of the message: in a file without a line of names it is a value of a user.
    #[error(
        "{file} must begin with a line of the column names username, email, password_hash and joined_at, with commas: its column {position} is none of these"
    )]
    UnknownColumn { file: String, position: usize },
}

fn hint(missing: &str) -> &'static str {
    if missing == "password_hash" { "; an empty one is an account without a password" } else { "" }
}

/// Reads all rows. A file that begins with `{` is JSON Lines, and any other one CSV.
pub(super) fn read(path: &Path) -> Result<Vec<ReadRow>, FileError> {
    let file = path.display().to_string();
    let text = fs::read(path).map_err(|source| FileError::Io { file: file.clone(), source })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    if text.trim_ascii_start().starts_with(b"{") { Ok(json_rows::read(text)) } else { csv_rows::read(text, &file) }
}

/// Some programs write it at the start of a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A row that cannot be read.
pub(super) fn malformed(line: u64, reason: impl Into<String>) -> RefusedRow {
    RefusedRow { line, refusal: RowRefusal::Malformed(reason.into()) }
}
