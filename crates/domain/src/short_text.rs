//! A short text of one line: a venue, a dish, a city.

use std::fmt;

use unicode_normalization::char::is_combining_mark;

use crate::invisible::{is_invisible, trim_invisible};

/// One line of 1 to 200 code points, as typed, without white space and invisible characters around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortText(String);

/// Why a text is not a [`ShortText`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShortTextError {
    /// The text has no visible character.
    #[error("a text is required")]
    Empty,
    /// More code points than the type allows.
    #[error("the text is too long")]
    TooLong,
    /// The text has a control character, a character that changes the text direction after it, or a character with more
    /// than [`ShortText::MAX_MARKS`] combining marks.
    #[error("the text holds a character that cannot be shown")]
    Character,
}

impl ShortText {
    /// The greatest length: 200 code points.
    pub const MAX_LENGTH: usize = 200;

    /// The most combining marks on one character: 8, the most of any script (Tibetan).
    ///
    /// More marks leave the line and cover the text above.
    pub const MAX_MARKS: usize = 8;

    /// Parses a text as typed.
    ///
    /// # Errors
    /// The first rule of [`ShortTextError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, ShortTextError> {
        parse_line(typed, Self::MAX_LENGTH).map(Self)
    }

    /// Takes a stored text, which was parsed before it was stored.
    ///
    /// Checks only what would break a page, so that a stricter [`ShortText::parse`] makes no stored party unreadable.
    ///
    /// # Errors
    /// The first rule of [`ShortTextError`] that the text breaks.
    pub fn from_stored(text: String) -> Result<Self, ShortTextError> {
        match text.chars().take(Self::MAX_LENGTH + 1).count() {
            0 => Err(ShortTextError::Empty),
            n if n > Self::MAX_LENGTH => Err(ShortTextError::TooLong),
            _ if text.chars().any(char::is_control) => Err(ShortTextError::Character),
            _ => Ok(Self(text)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Parses one line as typed, of 1 to `max_length` code points.
pub(crate) fn parse_line(typed: &str, max_length: usize) -> Result<String, ShortTextError> {
    let typed = trim_invisible(typed);
    if typed.chars().take(max_length + 1).count() > max_length {
        return Err(ShortTextError::TooLong);
    }
    ensure_showable(typed)?;
    Ok(typed.to_owned())
}

/// Rejects a line without a visible character, and one that a page cannot show.
pub(crate) fn ensure_showable(line: &str) -> Result<(), ShortTextError> {
    if line.chars().all(|c| is_invisible(c) || c.is_whitespace()) {
        return Err(ShortTextError::Empty);
    }
    if line.chars().any(is_unshowable) || max_marks(line) > ShortText::MAX_MARKS {
        return Err(ShortTextError::Character);
    }
    Ok(())
}

/// Whether a character is a control, a line separator, or an explicit direction mark that also affects the text after
/// it.
fn is_unshowable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The most combining marks on one character. Invisible characters between marks do not separate them from it.
fn max_marks(text: &str) -> usize {
    let mut marks = 0;
    let counts = text.chars().map(|c| {
        match c {
            c if is_combining_mark(c) => marks += 1,
            c if is_invisible(c) => {}
            _ => marks = 0,
        }
        marks
    });
    counts.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_text_is_one_visible_line() {
        assert_eq!(
            ShortText::parse("  <b>Chez Zoé</b> 🍝 ").map(|text| text.to_string()),
            Ok("<b>Chez Zoé</b> 🍝".to_owned())
        );
        for typed in ["\u{200b}Chez Zoé", "\u{feff}Chez Zoé \u{200b}", "\u{202a}Chez Zoé\u{202c}"] {
            assert_eq!(ShortText::parse(typed).map(|text| text.to_string()), Ok("Chez Zoé".to_owned()), "{typed:?}");
        }
        assert_eq!(ShortText::parse("مطعم ليلى").map(|text| text.to_string()), Ok("مطعم ليلى".to_owned()));
        for typed in [" \u{3000} ", "\u{3164}", "\u{200b} \u{2800}", "\u{e0041}"] {
            assert_eq!(ShortText::parse(typed), Err(ShortTextError::Empty), "{typed:?}");
        }
        for typed in ["a\0b", "a\nb", "a\u{1b}[31mb", "a\u{202E}b"] {
            assert_eq!(ShortText::parse(typed), Err(ShortTextError::Character), "{typed:?}");
        }
        assert!(ShortText::parse(&"ü".repeat(200)).is_ok());
        assert_eq!(ShortText::parse(&"ü".repeat(201)), Err(ShortTextError::TooLong));
    }

    #[test]
    fn character_has_at_most_8_combining_marks() {
        let tallest = "\u{f67}\u{f90}\u{fb5}\u{fa8}\u{fb3}\u{fba}\u{fbc}\u{fbb}\u{f82}";
        for typed in [tallest, &tallest.repeat(9), "שָׁלוֹם", "हिन्दी", "1\u{fe0f}\u{20e3}", &"e\u{301}".repeat(100)]
        {
            assert!(ShortText::parse(typed).is_ok(), "{typed}");
        }
        for marks in ["\u{301}".repeat(9), "\u{301}".repeat(190), "\u{301}\u{200d}".repeat(9)] {
            assert_eq!(ShortText::parse(&format!("Stew a{marks}")), Err(ShortTextError::Character), "{marks:?}");
            assert!(ShortText::from_stored(marks).is_ok(), "a stored text stays readable");
        }
    }

    #[test]
    fn stored_text_is_rejected_only_if_it_breaks_a_page() {
        assert_eq!(
            ShortText::from_stored(" a\u{202E}b ".to_owned()).map(|text| text.to_string()),
            Ok(" a\u{202E}b ".to_owned())
        );
        assert_eq!(ShortText::from_stored(String::new()), Err(ShortTextError::Empty));
        assert_eq!(ShortText::from_stored("ü".repeat(201)), Err(ShortTextError::TooLong));
        assert_eq!(ShortText::from_stored("a\nb".to_owned()), Err(ShortTextError::Character));
    }

    proptest! {
        #[test]
        fn parsed_text_parses_to_itself(text in any::<String>()) {
            if let Ok(short) = ShortText::parse(&text) {
                prop_assert_eq!(&ShortText::parse(short.as_str()).unwrap(), &short);
            }
        }
    }
}
