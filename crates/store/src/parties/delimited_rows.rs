//! Delimited rows: a page of rows as one text value. What the fields mean is not known here.
//!
//! ```text
//! rows  = [row *(U+001E row)]      ; NULL where there is no row
//! row   = field *(U+001F field)
//! field = *(any character but U+001E and U+001F)
//! ```
//!
//! A field is a column's text: an integer in decimal. The first field of a row is the party's id. A statement builds a row with
//! `concat_ws`, which leaves out a NULL with its separator, and the rows with `string_agg`. Both engines have them. U+001E and
//! U+001F are the record and unit separators of ASCII; no name, label or zone contains a control character.
//!
//! The driver moves each column of each row to the caller as an allocation of its own, 1,200 for a page of 50 parties, which
//! took longer than finding the rows. As one text they are one allocation. JSON costs more on both engines: see
//! `docs/adr/0010-delimited-rows.md`.

use std::error::Error;
use std::num::ParseIntError;

use crate::error::corrupt;

const ROW_SEPARATOR: char = '\u{1e}';
const FIELD_SEPARATOR: u8 = 0x1f;

/// Reads the fields of one row, each once and in order.
pub(super) struct DelimitedRow<'t> {
    row: &'t str,
    rest: Option<&'t str>,
}

/// Splits a text of delimited rows.
pub(super) fn split(text: Option<&str>) -> impl Iterator<Item = DelimitedRow<'_>> {
    text.into_iter().flat_map(|text| text.split(ROW_SEPARATOR)).map(|row| DelimitedRow { row, rest: Some(row) })
}

impl<'t> DelimitedRow<'t> {
    /// The next field as text.
    pub(super) fn text(&mut self) -> sqlx::Result<&'t str> {
        let rest = self.rest.ok_or_else(|| self.malformed("it has too few fields"))?;
        // Byte by byte: for fields this short, `memchr`'s setup takes longer than the loop.
        let Some(end) = rest.bytes().position(|byte| byte == FIELD_SEPARATOR) else {
            self.rest = None;
            return Ok(rest);
        };
        self.rest = Some(&rest[end + 1..]);
        Ok(&rest[..end])
    }

    /// The next field as an integer.
    pub(super) fn integer(&mut self) -> sqlx::Result<i64> {
        let text = self.text()?;
        text.parse().map_err(|error: ParseIntError| self.malformed(error))
    }

    /// The next field as text; `None` if it is empty.
    pub(super) fn optional_text(&mut self) -> sqlx::Result<Option<&'t str>> {
        Ok(Some(self.text()?).filter(|text| !text.is_empty()))
    }

    /// Returns an error if fields are left: a stored text contains a separator, which only a write past our types can do.
    pub(super) fn ensure_end(self) -> sqlx::Result<()> {
        self.rest.map_or(Ok(()), |_| Err(self.malformed("it has too many fields: a text contains a separator")))
    }

    /// After a separator inside a text each field is another column's. So the error names the row alone; `dinnerparty check`
    /// finds the column.
    fn malformed(&self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> sqlx::Error {
        let first = self.row.split(char::from(FIELD_SEPARATOR)).next();
        let party = first.and_then(|first| first.parse().ok()).unwrap_or_default();
        corrupt("parties", "delimited row", party)(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order() {
        let mut rows = split(Some("7\u{1f}soup\u{1f}\u{1f}\u{1e}8\u{1f}stew\u{1f}3\u{1f}x"));
        let (mut one, mut other) = (rows.next().unwrap(), rows.next().unwrap());
        assert_eq!((one.integer().unwrap(), one.text().unwrap()), (7, "soup"));
        assert_eq!([(); 2].map(|()| one.optional_text().unwrap()), [None, None]);
        assert!(one.ensure_end().is_ok());
        assert_eq!((other.integer().unwrap(), other.text().unwrap()), (8, "stew"));
        assert_eq!((other.integer().unwrap(), other.optional_text().unwrap()), (3, Some("x")));
        assert!(rows.next().is_none() && split(None).next().is_none());
    }

    #[test]
    fn wrong_number_of_fields_is_an_error() {
        let row = |text: &'static str| split(Some(text)).next().unwrap();
        let mut short = row("7");
        assert!(short.integer().is_ok() && short.text().is_err());
        assert!(row("a\u{1f}b").ensure_end().is_err());
    }

    #[test]
    fn field_that_is_no_integer_is_an_error() {
        let row = |text: &'static str| split(Some(text)).next().unwrap();
        assert!(row("seven").integer().is_err());
    }
}
