//! The text of a search as a pattern for LIKE.

use domain::caseless_key;

/// More bytes than any search key has: a key has 464 code points, and folding makes at most eleven times their bytes.
const MAX_BYTES: usize = 16 * 1024;

/// A search. Without a pattern it finds every party.
pub(super) struct Search {
    /// Matches search keys that contain the text; `!` is the escape character.
    pub(super) pattern: Option<String>,
}

impl Search {
    /// `None` if no party can match: the text contains a control character (PostgreSQL rejects NUL), or is longer than any
    /// search key (and perhaps than a pattern that SQLite accepts).
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Self { pattern: None });
        }
        if text.len() > MAX_BYTES || text.chars().any(char::is_control) {
            return None;
        }
        let key = caseless_key(text).replace('!', "!!").replace('%', "!%").replace('_', "!_");
        Some(Self { pattern: Some(format!("%{key}%")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_the_text_are_escaped() {
        let search = Search::parse(" 100% Zoë_! ").unwrap();
        assert_eq!(search.pattern.unwrap(), "%100!% zoë!_!!%");
        assert!(Search::parse("  ").unwrap().pattern.is_none());
    }

    #[test]
    fn text_that_no_party_contains_finds_none() {
        assert!(Search::parse("a\0b").is_none());
        assert!(Search::parse(&"x".repeat(MAX_BYTES + 1)).is_none());
    }
}
