//! Rows that come as one text: a line for each, a field for each column. The first is the number of the party that a line is
//! about; what the others mean is `row`'s.
//!
//! The driver moves each column of each row as an allocation of its own from SQLite's thread to ours: 1,200 of them for a
//! page of 50 parties, which took more of its time than finding the rows. A page is therefore put together by the database.
//! The separators are the ones ASCII has for it; no name, label or zone holds a control character.

use std::error::Error;
use std::num::ParseIntError;

use crate::error::corrupt;

/// Stands between two lines.
const LINE: char = '\u{1e}';
/// Stands between two fields.
const FIELD: u8 = 0x1f;

/// The expression for one line: its columns, which may be NULL.
macro_rules! line {
    ($first:literal $(, $next:literal)* $(,)?) => {
        concat!("concat(", $first, $(", '\u{1f}', ", $next,)* ")")
    };
}
/// The statement for all lines of `$rows`, a statement that gives them in order in a column `line`.
macro_rules! lines {
    ($rows:expr) => {
        concat!("SELECT string_agg(line, '\u{1e}') FROM (", $rows, ") AS lines")
    };
}
pub(super) use {line, lines};

/// The fields of one line, each read once and in order.
pub(super) struct Fields<'t> {
    line: &'t str,
    rest: Option<&'t str>,
}

/// The lines of what a statement of `lines` gave: NULL where there are none.
pub(super) fn read(text: Option<&str>) -> impl Iterator<Item = Fields<'_>> {
    text.into_iter().flat_map(|text| text.split(LINE)).map(|line| Fields { line, rest: Some(line) })
}

impl<'t> Fields<'t> {
    pub(super) fn text(&mut self) -> sqlx::Result<&'t str> {
        let rest = self.rest.ok_or_else(|| self.malformed("it has too few fields"))?;
        // Byte by byte: fields are short, and a search for a character takes longer to begin than to find it.
        let Some(end) = rest.bytes().position(|byte| byte == FIELD) else {
            self.rest = None;
            return Ok(rest);
        };
        self.rest = Some(&rest[end + 1..]);
        Ok(&rest[..end])
    }

    pub(super) fn number(&mut self) -> sqlx::Result<i64> {
        let text = self.text()?;
        text.parse().map_err(|error: ParseIntError| self.malformed(error))
    }

    /// A text, where the column is not NULL.
    pub(super) fn some_text(&mut self) -> sqlx::Result<Option<&'t str>> {
        Ok(Some(self.text()?).filter(|text| !text.is_empty()))
    }

    /// A number, where the column is not NULL.
    pub(super) fn some_number(&mut self) -> sqlx::Result<Option<i64>> {
        let text = self.some_text()?;
        text.map(|text| text.parse().map_err(|error: ParseIntError| self.malformed(error))).transpose()
    }

    /// Nothing is left: whoever wrote a separator into a column past our types is found out.
    pub(super) fn end(self) -> sqlx::Result<()> {
        self.rest.map_or(Ok(()), |_| Err(self.malformed("it has too many fields: a text holds a separator")))
    }

    /// After a separator inside of a text each field is another column's: which one is wrong, `dinnerparty check` finds, and
    /// here only the line is known.
    fn malformed(&self, why: impl Into<Box<dyn Error + Send + Sync>>) -> sqlx::Error {
        let first = self.line.split(char::from(FIELD)).next();
        let party = first.and_then(|first| first.parse().ok()).unwrap_or_default(); // a number, as the column's type has it
        corrupt("parties", "line", party)(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_field_by_field_to_its_end() {
        let mut lines = read(Some("7\u{1f}soup\u{1f}\u{1f}\u{1e}8\u{1f}stew\u{1f}3\u{1f}x"));
        let (mut one, mut other) = (lines.next().unwrap(), lines.next().unwrap());
        assert_eq!((one.number().unwrap(), one.text().unwrap()), (7, "soup"));
        assert_eq!((one.some_number().unwrap(), one.some_text().unwrap()), (None, None));
        assert!(one.end().is_ok());
        assert_eq!((other.number().unwrap(), other.text().unwrap()), (8, "stew"));
        assert_eq!((other.some_number().unwrap(), other.some_text().unwrap()), (Some(3), Some("x")));
        assert!(lines.next().is_none() && read(None).next().is_none());
    }

    #[test]
    fn a_line_of_another_length_is_refused_and_so_is_what_is_no_number() {
        let line = |text: &'static str| read(Some(text)).next().unwrap();
        let mut short = line("7");
        assert!(short.number().is_ok() && short.text().is_err());
        assert!(line("seven").number().is_err() && line("seven").some_number().is_err());
        assert!(line("a\u{1f}b").end().is_err());
    }
}
