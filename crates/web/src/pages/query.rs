//! The query string of a page with lists.

use accounts::web::{Fields, printable_line};
use domain::party::PartyCursor;
use domain::{PageSize, trim_invisible};
use poem::Request;

use super::cursor;

/// The parameters of a query string. A missing or invalid one is ignored, so that any address shows a list.
pub(super) struct QueryParameters(Fields);

impl QueryParameters {
    pub(super) fn of(request: &Request) -> Self {
        Self::decode(request.original_uri().query().unwrap_or_default())
    }

    fn decode(query: &str) -> Self {
        Self(Fields::decode(query.as_bytes()).unwrap_or_default())
    }

    /// The first value of a text parameter, as its field shows it. A control character or a line break becomes a space, since it
    /// separates words; a direction mark is removed.
    pub(super) fn text(&self, name: &str) -> String {
        let text = self.0.shown(name);
        let is_line_break = |c| matches!(c, '\u{2028}' | '\u{2029}');
        let text: String = text.chars().map(|c| if c.is_control() || is_line_break(c) { ' ' } else { c }).collect();
        trim_invisible(&printable_line(&text)).to_owned()
    }

    pub(super) fn is_sent(&self, name: &str) -> bool {
        self.0.is_sent(name)
    }

    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.0.is_ticked(name)
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.0.one(name).ok()?.parse().ok()
    }

    /// `per_page`, limited to what a page may hold.
    pub(super) fn page_size(&self) -> PageSize {
        self.number("per_page").map_or(PageSize::DEFAULT, PageSize::clamped)
    }

    /// The keyset cursor: the party that a page starts after.
    pub(super) fn cursor(&self, name: &str) -> Option<PartyCursor> {
        cursor::parse(self.0.one(name).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_parameters_are_ignored_or_limited() {
        let query = QueryParameters::decode("q=+so%00up%0a+%E2%80%8B&per_page=1000&before=x&after=past");
        assert_eq!(query.text("q"), "so up");
        assert_eq!(query.page_size().rows(), 100);
        assert_eq!((query.number("before"), query.cursor("after")), (None, None));
    }

    #[test]
    fn search_has_no_direction_marks() {
        let query = QueryParameters::decode("q=so%E2%80%AEup+%E2%81%A6a%E2%81%A9");
        assert_eq!(query.text("q"), "soup a");
    }

    #[test]
    fn undecodable_query_has_no_parameters() {
        assert_eq!(QueryParameters::decode("q=%ff").text("q"), "");
    }

    #[test]
    fn repeated_cursor_is_ignored() {
        assert_eq!(QueryParameters::decode("after=past.1.2&after=past.1.2").cursor("after"), None);
    }
}
