//! Rows of CSV (RFC 4180), with a line of column names.

use csv::{ByteRecord, ReaderBuilder};

use super::date;
use super::file::{FileError, ReadRow, malformed};
use crate::ImportRow;

/// The column names, and whether a file must have them.
const COLUMNS: [(&str, bool); 4] = [("username", true), ("email", true), ("password_hash", true), ("joined_at", false)];

pub(super) fn read(text: &[u8], file: &str) -> Result<Vec<ReadRow>, FileError> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(text);
    let failed = |error: csv::Error| FileError::Io { file: file.to_owned(), source: error.into() };
    let columns = Columns::of(reader.byte_headers().map_err(failed)?, file)?;
    let (mut rows, mut record, mut lines) = (Vec::new(), ByteRecord::new(), Lines { text, at: 0, line: 1 });
    while reader.read_byte_record(&mut record).map_err(failed)? {
        let line = lines.of_row_after(record.position().map_or(0, csv::Position::byte));
        rows.push(columns.row(&record, line).map_err(|reason| malformed(line, reason)));
    }
    Ok(rows)
}

/// Counts the lines of the text up to the rows. The position of a record by `csv` may be before the line feed of the row above,
/// or before blank lines.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row that begins after the line breaks at `position`.
    fn of_row_after(&mut self, position: u64) -> u64 {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        let breaks = self.text[position..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = position + breaks;
        self.line += self.text[self.at..start].split(|byte| *byte == b'\n').count() as u64 - 1;
        self.at = start;
        self.line
    }
}

/// Where each of [`COLUMNS`] is.
struct Columns {
    count: usize,
    positions: [Option<usize>; 4],
}

impl Columns {
    fn of(header: &ByteRecord, file: &str) -> Result<Self, FileError> {
        let file = || file.to_owned();
        if header.is_empty() {
            return Err(FileError::NoHeader { file: file() });
        }
        let mut positions = [None; 4];
        for (position, name) in header.iter().enumerate() {
            let column = COLUMNS.iter().position(|(column, _)| column.as_bytes() == name.trim_ascii());
            let Some(column) = column else {
                return Err(FileError::UnknownColumn { file: file(), position: position + 1 });
            };
            if positions[column].replace(position).is_some() {
                return Err(FileError::RepeatedColumn { file: file(), name: COLUMNS[column].0 });
            }
        }
        for ((name, is_required), position) in COLUMNS.iter().zip(positions) {
            if *is_required && position.is_none() {
                return Err(FileError::MissingColumn { file: file(), name });
            }
        }
        Ok(Self { count: header.len(), positions })
    }

    fn row(&self, record: &ByteRecord, line: u64) -> Result<ImportRow, String> {
        if record.len() != self.count {
            return Err(format!("{} values instead of {}", record.len(), self.count));
        }
        let mut values = [const { String::new() }; 4];
        for (value, position) in values.iter_mut().zip(self.positions) {
            let bytes = position.and_then(|position| record.get(position)).unwrap_or_default();
            *value = String::from_utf8(bytes.to_owned()).map_err(|_| "the text is not UTF-8")?;
        }
        let [username, email, password_hash, joined_at] = values;
        let joined_at = date::parse(&joined_at)?;
        Ok(ImportRow { line, username, email, password_hash, joined_at })
    }
}
