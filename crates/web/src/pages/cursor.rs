//! The text form of a keyset cursor in a query string: `next.MILLISECONDS.ID` or `past.MILLISECONDS.ID`.
//!
//! A page starts after the party with that start time (UTC) and that Party ID.

use domain::Timestamp;
use domain::party::{PartyCursor, PartyId};

/// Formats a cursor for a query string.
pub(super) fn format(cursor: &PartyCursor) -> String {
    let section = if cursor.is_past { "past" } else { "next" };
    format!("{section}.{}.{}", cursor.starts_at.as_millis(), cursor.id.get())
}

/// Parses the text that [`format()`] returns. `None` for any other text.
pub(super) fn parse(text: &str) -> Option<PartyCursor> {
    let mut parts = text.split('.');
    let is_past = match parts.next()? {
        "past" => true,
        "next" => false,
        _ => return None,
    };
    let mut number = || parts.next()?.parse().ok();
    let (starts_at, id) = (Timestamp::from_millis(number()?), PartyId::new(number()?));
    Some(PartyCursor { is_past, starts_at, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatted_cursor_is_parsed_to_the_same_cursor() {
        for is_past in [true, false] {
            let cursor = PartyCursor { is_past, starts_at: Timestamp::from_millis(-5), id: PartyId::new(7) };
            assert_eq!(parse(&format(&cursor)), Some(cursor));
        }
    }

    #[test]
    fn invalid_cursor_is_none() {
        for text in ["", "past", "past.1", "now.1.2", "past.x.2", "past.1.99999999999999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
