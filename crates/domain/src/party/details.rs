//! The longer texts of a party: its details and its street address.

use std::fmt;

use crate::invisible::trim_invisible;
use crate::short_text::{ShortTextError, ensure_showable, parse_line};

/// What the host writes about a party: 1 to 2,000 code points, with line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details(String);

/// The street address of a party: one line of 1 to 300 code points. Only seated guests and the host see it (I9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

impl Details {
    /// The greatest length: 2,000 code points, after line breaks are one character each.
    pub const MAX_LENGTH: usize = 2000;

    /// Parses a text as typed. Line breaks become `\n`, white space and invisible characters around each line are removed,
    /// and a blank text is `None`.
    ///
    /// # Errors
    /// [`ShortTextError::TooLong`] or [`ShortTextError::Character`].
    pub fn parse(typed: &str) -> Result<Option<Self>, ShortTextError> {
        let text = typed.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
        let text = text.split('\n').map(trim_invisible).collect::<Vec<_>>().join("\n");
        let text = text.trim();
        if text.chars().take(Self::MAX_LENGTH + 1).count() > Self::MAX_LENGTH {
            return Err(ShortTextError::TooLong);
        }
        let mut is_blank = true;
        for line in text.split('\n') {
            match ensure_showable(line) {
                Ok(()) => is_blank = false,
                Err(ShortTextError::Empty) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((!is_blank).then(|| Self(text.to_owned())))
    }

    /// Takes a stored text, which was parsed before it was stored. Checks only what would break a page.
    ///
    /// # Errors
    /// The first rule of [`ShortTextError`] that the text breaks.
    pub fn from_stored(text: String) -> Result<Self, ShortTextError> {
        match text.chars().take(Self::MAX_LENGTH + 1).count() {
            0 => Err(ShortTextError::Empty),
            n if n > Self::MAX_LENGTH => Err(ShortTextError::TooLong),
            _ if text.chars().any(|c| c.is_control() && c != '\n') => Err(ShortTextError::Character),
            _ => Ok(Self(text)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Address {
    /// The greatest length: 300 code points.
    pub const MAX_LENGTH: usize = 300;

    /// Parses a text as typed. A blank text is `None`.
    ///
    /// # Errors
    /// [`ShortTextError::TooLong`] or [`ShortTextError::Character`].
    pub fn parse(typed: &str) -> Result<Option<Self>, ShortTextError> {
        match parse_line(typed, Self::MAX_LENGTH) {
            Ok(text) => Ok(Some(Self(text))),
            Err(ShortTextError::Empty) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes a stored text, which was parsed before it was stored. Checks only what would break a page.
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

impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn details_keep_line_breaks() {
        let details = Details::parse("  Bring a chair.\r\n\r\nNo nuts!\rThanks ").unwrap().unwrap();
        assert_eq!(details.as_str(), "Bring a chair.\n\nNo nuts!\nThanks");
        assert_eq!(Details::parse(" \r\n \u{200b} \n"), Ok(None));
        let pasted = Details::parse("\u{feff}\u{202a}Bring a chair.\u{202c}\u{2028}\u{200b}No nuts!\u{2069} \n")
            .unwrap()
            .unwrap();
        assert_eq!(pasted.as_str(), "Bring a chair.\nNo nuts!");
        assert_eq!(Details::parse("a\0b"), Err(ShortTextError::Character));
        assert_eq!(Details::parse("a\nb\u{202e}c"), Err(ShortTextError::Character));
        assert!(Details::parse(&"ü".repeat(2000)).is_ok());
        assert!(Details::parse(&"ü\r\n".repeat(1000)).is_ok());
        assert_eq!(Details::parse(&"ü".repeat(2001)), Err(ShortTextError::TooLong));
    }

    #[test]
    fn address_is_one_line_of_300_code_points() {
        assert_eq!(Address::parse(" Linden Street 7 ").unwrap().unwrap().as_str(), "Linden Street 7");
        assert_eq!(Address::parse(" "), Ok(None));
        assert_eq!(Address::parse("a\nb"), Err(ShortTextError::Character));
        assert!(Address::parse(&"ü".repeat(300)).is_ok());
        assert_eq!(Address::parse(&"ü".repeat(301)), Err(ShortTextError::TooLong));
    }

    proptest! {
        #[test]
        fn parsed_details_parse_to_themselves_and_are_restored(text in any::<String>()) {
            if let Ok(Some(details)) = Details::parse(&text) {
                prop_assert_eq!(Details::parse(details.as_str()), Ok(Some(details.clone())));
                prop_assert_eq!(Details::from_stored(details.to_string()), Ok(details));
            }
        }
    }
}
