//! Checked texts: a venue, a dish, a city; an address; details of several lines.

use std::fmt;

use unicode_normalization::char::is_combining_mark;

use crate::invisible::{is_invisible, trim_invisible};

/// A text of 1 to `MAX_LENGTH` code points, as typed, without white space and invisible characters around each line: of one
/// line, or of several if `HAS_LINES`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MAX_LENGTH: usize, const HAS_LINES: bool>(String);

/// One line of 1 to 200 code points: a venue, a dish, a city.
pub type ShortText = Text<200, false>;

/// Why a text is not a [`Text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The text has no visible character.
    #[error("a text is required")]
    Empty,
    /// More code points than the type allows.
    #[error("the text is too long")]
    TooLong,
    /// The text has a control character, a character that changes the text direction after it, or a character with more
    /// than 8 combining marks.
    #[error("the text holds a character that cannot be shown")]
    Character,
}

/// The most combining marks on one character: 8, the most of any script (Tibetan). More marks leave the line and cover the
/// text above.
const MAX_MARKS: usize = 8;

impl<const MAX_LENGTH: usize, const HAS_LINES: bool> Text<MAX_LENGTH, HAS_LINES> {
    /// The greatest length in code points, after line breaks are one character each.
    pub const MAX_LENGTH: usize = MAX_LENGTH;

    /// Parses a text as typed. Line breaks become `\n` in a text of several lines.
    ///
    /// # Errors
    /// The first rule of [`TextError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        let text = if HAS_LINES { trim_lines(typed) } else { trim_invisible(typed).to_owned() };
        if text.chars().take(MAX_LENGTH + 1).count() > MAX_LENGTH {
            return Err(TextError::TooLong);
        }
        if text.chars().all(|c| is_invisible(c) || c.is_whitespace()) {
            return Err(TextError::Empty);
        }
        if text.chars().any(|c| is_unshowable(c) && !Self::is_line_break(c)) || max_marks(&text) > MAX_MARKS {
            return Err(TextError::Character);
        }
        Ok(Self(text))
    }

    /// Parses a text as typed that may be left out: a blank one is `None`.
    ///
    /// # Errors
    /// [`TextError::TooLong`] or [`TextError::Character`].
    pub fn parse_optional(typed: &str) -> Result<Option<Self>, TextError> {
        match Self::parse(typed) {
            Ok(text) => Ok(Some(text)),
            Err(TextError::Empty) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes a stored text, which was parsed before it was stored.
    ///
    /// Checks only what would break a page, so that a stricter [`Text::parse`] makes no stored text unreadable.
    ///
    /// # Errors
    /// The first rule of [`TextError`] that the text breaks.
    pub fn from_stored(text: String) -> Result<Self, TextError> {
        match text.len() {
            0 => Err(TextError::Empty),
            // A text has at least as many bytes as code points.
            n if n > MAX_LENGTH && text.chars().count() > MAX_LENGTH => Err(TextError::TooLong),
            _ if text.chars().any(|c| c.is_control() && !Self::is_line_break(c)) => Err(TextError::Character),
            _ => Ok(Self(text)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_line_break(c: char) -> bool {
        HAS_LINES && c == '\n'
    }
}

impl<const MAX_LENGTH: usize, const HAS_LINES: bool> fmt::Display for Text<MAX_LENGTH, HAS_LINES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text with line breaks as `\n` and each line trimmed.
fn trim_lines(typed: &str) -> String {
    let text = typed.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
    let lines: Vec<_> = text.split('\n').map(trim_invisible).collect();
    lines.join("\n").trim().to_owned()
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

    type Lines = Text<2000, true>;

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
            assert_eq!(ShortText::parse(typed), Err(TextError::Empty), "{typed:?}");
        }
        for typed in ["a\0b", "a\nb", "a\u{1b}[31mb", "a\u{202E}b"] {
            assert_eq!(ShortText::parse(typed), Err(TextError::Character), "{typed:?}");
        }
        assert!(ShortText::parse(&"ü".repeat(200)).is_ok());
        assert_eq!(ShortText::parse(&"ü".repeat(201)), Err(TextError::TooLong));
    }

    #[test]
    fn blank_text_may_be_left_out() {
        assert_eq!(ShortText::parse_optional(" Linden Street 7 "), ShortText::parse("Linden Street 7").map(Some));
        assert_eq!(ShortText::parse_optional(" \u{200b} "), Ok(None));
        assert_eq!(ShortText::parse_optional("a\nb"), Err(TextError::Character));
        assert_eq!(ShortText::parse_optional(&"ü".repeat(201)), Err(TextError::TooLong));
    }

    #[test]
    fn text_of_several_lines_keeps_line_breaks() {
        let parse = |typed: &str| Lines::parse(typed).map(|text| text.to_string());
        for (typed, text) in [
            ("  Bring a chair.\r\n\r\nNo nuts!\rThanks ", "Bring a chair.\n\nNo nuts!\nThanks"),
            ("\u{feff}\u{202a}Bring a chair.\u{202c}\u{2028}\u{200b}No nuts!\u{2069} \n", "Bring a chair.\nNo nuts!"),
        ] {
            assert_eq!(parse(typed), Ok(text.to_owned()));
        }
        assert_eq!(parse(" \r\n \u{200b} \n"), Err(TextError::Empty));
        assert_eq!(parse("a\0b"), Err(TextError::Character));
        assert_eq!(parse("a\nb\u{202e}c"), Err(TextError::Character));
        assert!(parse(&"ü".repeat(2000)).is_ok());
        assert!(parse(&"ü\r\n".repeat(1000)).is_ok());
        assert_eq!(parse(&"ü".repeat(2001)), Err(TextError::TooLong));
    }

    #[test]
    fn character_has_at_most_8_combining_marks() {
        let tallest = "\u{f67}\u{f90}\u{fb5}\u{fa8}\u{fb3}\u{fba}\u{fbc}\u{fbb}\u{f82}";
        for typed in [tallest, &tallest.repeat(9), "שָׁלוֹם", "हिन्दी", "1\u{fe0f}\u{20e3}", &"e\u{301}".repeat(100)]
        {
            assert!(ShortText::parse(typed).is_ok(), "{typed}");
        }
        for marks in ["\u{301}".repeat(9), "\u{301}".repeat(190), "\u{301}\u{200d}".repeat(9)] {
            assert_eq!(ShortText::parse(&format!("Stew a{marks}")), Err(TextError::Character), "{marks:?}");
            assert!(ShortText::from_stored(marks).is_ok(), "a stored text stays readable");
        }
    }

    #[test]
    fn stored_text_is_rejected_only_if_it_breaks_a_page() {
        assert_eq!(
            ShortText::from_stored(" a\u{202E}b ".to_owned()).map(|text| text.to_string()),
            Ok(" a\u{202E}b ".to_owned())
        );
        assert_eq!(ShortText::from_stored(String::new()), Err(TextError::Empty));
        assert_eq!(ShortText::from_stored("ü".repeat(201)), Err(TextError::TooLong));
        assert_eq!(ShortText::from_stored("a\nb".to_owned()), Err(TextError::Character));
    }

    proptest! {
        #[test]
        fn parsed_text_parses_to_itself(text in any::<String>()) {
            if let Ok(short) = ShortText::parse(&text) {
                prop_assert_eq!(&ShortText::parse(short.as_str()).unwrap(), &short);
            }
            if let Ok(lines) = Lines::parse(&text) {
                prop_assert_eq!(Lines::parse(lines.as_str()), Ok(lines.clone()));
                prop_assert_eq!(Lines::from_stored(lines.to_string()), Ok(lines));
            }
        }
    }
}
