//! A line of text that people write and read: a venue, a dish, a city.

use std::fmt;

use unicode_normalization::char::is_combining_mark;

use crate::visible::is_invisible;

/// One line of 1 to 200 code points, as somebody typed it, without space around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortText(String);

/// Why a text is no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShortTextError {
    /// Nothing that can be seen was typed.
    #[error("a text is required")]
    Empty,
    /// More than [`ShortText::MAX_LENGTH`] code points.
    #[error("a text has at most {} characters", ShortText::MAX_LENGTH)]
    TooLong,
    /// A control character, one that turns the direction of the page around it, or one under more than
    /// [`ShortText::MAX_MARKS`] marks.
    #[error("the text holds a character that cannot be shown")]
    Character,
}

impl ShortText {
    /// The most code points.
    pub const MAX_LENGTH: usize = 200;

    /// The most combining marks on one character: Tibetan's tallest stack has so many. More of them leave the line and
    /// cover what stands above it.
    pub const MAX_MARKS: usize = 8;

    /// Reads a label as somebody typed it.
    ///
    /// # Errors
    /// The first rule of [`ShortTextError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, ShortTextError> {
        let typed = typed.trim();
        match typed.chars().take(Self::MAX_LENGTH + 1).count() {
            n if n > Self::MAX_LENGTH => Err(ShortTextError::TooLong),
            _ if typed.chars().all(|c| is_invisible(c) || c.is_whitespace()) => Err(ShortTextError::Empty),
            _ if typed.chars().any(is_unshowable) || most_marks(typed) > Self::MAX_MARKS => {
                Err(ShortTextError::Character)
            }
            _ => Ok(Self(typed.to_owned())),
        }
    }

    /// A label that was parsed before it was stored. Only what would break a page is looked for: a mark that is refused
    /// later takes nobody's party away.
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

/// Controls, and the explicit direction marks that would run on into the text after the label.
fn is_unshowable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The most marks that stand on one character. What cannot be seen between them parts none from it.
fn most_marks(text: &str) -> usize {
    let mut marks = 0;
    let counted = text.chars().map(|c| {
        match c {
            c if is_combining_mark(c) => marks += 1,
            c if is_invisible(c) => {}
            _ => marks = 0,
        }
        marks
    });
    counted.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_label_is_one_line_that_can_be_shown() {
        assert_eq!(
            ShortText::parse("  <b>Chez Zoé</b> 🍝 ").map(|l| l.to_string()),
            Ok("<b>Chez Zoé</b> 🍝".to_owned())
        );
        assert_eq!(ShortText::parse("مطعم ليلى").map(|l| l.to_string()), Ok("مطعم ليلى".to_owned()));
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
    fn a_character_carries_as_many_marks_as_a_script_needs_and_no_more() {
        let tallest = "\u{f67}\u{f90}\u{fb5}\u{fa8}\u{fb3}\u{fba}\u{fbc}\u{fbb}\u{f82}";
        for typed in [tallest, &tallest.repeat(9), "שָׁלוֹם", "हिन्दी", "1\u{fe0f}\u{20e3}", &"e\u{301}".repeat(100)]
        {
            assert!(ShortText::parse(typed).is_ok(), "{typed}");
        }
        for marks in ["\u{301}".repeat(9), "\u{301}".repeat(190), "\u{301}\u{200d}".repeat(9)] {
            assert_eq!(ShortText::parse(&format!("Stew a{marks}")), Err(ShortTextError::Character), "{marks:?}");
            assert!(ShortText::from_stored(marks).is_ok(), "nobody's party is taken away");
        }
    }

    #[test]
    fn a_stored_label_is_refused_only_for_what_would_break_a_page() {
        assert_eq!(
            ShortText::from_stored(" a\u{202E}b ".to_owned()).map(|l| l.to_string()),
            Ok(" a\u{202E}b ".to_owned())
        );
        assert_eq!(ShortText::from_stored(String::new()), Err(ShortTextError::Empty));
        assert_eq!(ShortText::from_stored("ü".repeat(201)), Err(ShortTextError::TooLong));
        assert_eq!(ShortText::from_stored("a\nb".to_owned()), Err(ShortTextError::Character));
    }

    proptest! {
        #[test]
        fn any_text_is_a_label_or_refused(text in any::<String>()) {
            if let Ok(label) = ShortText::parse(&text) {
                prop_assert_eq!(&ShortText::parse(label.as_str()).unwrap(), &label);
            }
        }
    }
}
