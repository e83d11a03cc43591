//! Keyset pagination: a bounded number of rows, and the cursor of the next page.

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, Cursor> {
    /// The rows, at most as many as the page size.
    pub items: Vec<T>,
    /// The cursor of the next page. `None` on the last page.
    pub next: Option<Cursor>,
}

impl<T, Cursor> Page<T, Cursor> {
    /// Makes a page of `rows`, which were read with a limit of [`PageSize::rows_and_one`].
    ///
    /// The additional row shows that there is a next page, without a count. `cursor` makes the cursor of the last row.
    pub fn from_rows(mut rows: Vec<T>, size: PageSize, cursor: impl FnOnce(&T) -> Cursor) -> Self {
        let has_next = rows.len() > size.rows();
        rows.truncate(size.rows());
        let next = if has_next { rows.last().map(cursor) } else { None };
        Self { items: rows, next }
    }
}

/// The number of rows of a page: 1 to 100, so that no request reads a whole table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u8);

impl PageSize {
    /// 20 rows.
    pub const DEFAULT: Self = Self(20);

    /// The nearest allowed size to `rows`.
    #[must_use]
    pub fn clamped(rows: i64) -> Self {
        Self(u8::try_from(rows.clamp(1, 100)).unwrap_or(100))
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }

    /// The number of rows plus one: the `LIMIT` of the query.
    #[must_use]
    pub fn rows_and_one(self) -> i64 {
        i64::from(self.0) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_last_page_has_no_cursor() {
        let two = PageSize::clamped(2);
        assert_eq!(Page::from_rows(vec![1, 2, 3], two, |n| *n), Page { items: vec![1, 2], next: Some(2) });
        assert_eq!(Page::from_rows(vec![1, 2], two, |n| *n), Page { items: vec![1, 2], next: None });
    }

    #[test]
    fn page_size_is_clamped_to_1_to_100() {
        assert_eq!(PageSize::clamped(i64::MIN).rows(), 1);
        assert_eq!(PageSize::clamped(i64::MAX).rows(), 100);
    }
}
