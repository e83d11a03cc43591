//! Lists come in pages: a bounded number of rows, and where the next ones begin.

/// Some rows of a list, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, Cursor> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

impl<T, Cursor> Page<T, Cursor> {
    /// Makes a page of `rows`, which were read with one row more than `size`, so that "is there more?" costs no count.
    pub fn from_rows(mut rows: Vec<T>, size: PageSize, cursor: impl FnOnce(&T) -> Cursor) -> Self {
        let more = rows.len() > size.rows();
        rows.truncate(size.rows());
        let next = if more { rows.last().map(cursor) } else { None };
        Self { items: rows, next }
    }
}

/// How many rows a page holds: 1 to 100, so that no request reads a whole table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u8);

impl PageSize {
    /// What a list shows when nobody asked for more or less: 20 rows.
    pub const DEFAULT: Self = Self(20);

    /// The nearest allowed size.
    #[must_use]
    pub fn clamped(rows: i64) -> Self {
        Self(u8::try_from(rows.clamp(1, 100)).unwrap_or(100))
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }

    /// One row more than the page holds: what to ask a database for.
    #[must_use]
    pub fn rows_and_one(self) -> i64 {
        i64::from(self.0) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_whether_there_is_more() {
        let two = PageSize::clamped(2);
        assert_eq!(Page::from_rows(vec![1, 2, 3], two, |n| *n), Page { items: vec![1, 2], next: Some(2) });
        assert_eq!(Page::from_rows(vec![1, 2], two, |n| *n), Page { items: vec![1, 2], next: None });
    }

    #[test]
    fn no_request_makes_a_page_empty_or_huge() {
        assert_eq!(PageSize::clamped(i64::MIN).rows(), 1);
        assert_eq!(PageSize::clamped(i64::MAX).rows(), 100);
    }
}
