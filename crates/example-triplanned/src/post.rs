//! A post: a city, a country and a description.

use accounts::web::{Fields, Form, FormErrors, PasswordFields};
use accounts::{ShortText, UserId, trim_invisible};

use crate::messages;
use crate::stamp::Stamp;

/// A published post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Post {
    pub(crate) id: i64,
    pub(crate) author: String,
    pub(crate) city: String,
    pub(crate) country: String,
    pub(crate) description: String,
}

impl Post {
    /// The stamp of the post's country.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::of(&self.country)
    }
}

/// A post to publish.
#[derive(Debug, Clone)]
pub(crate) struct NewPost {
    pub(crate) author: UserId,
    pub(crate) place: Place,
}

/// The parsed form.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) city: ShortText,
    pub(crate) country: ShortText,
    pub(crate) description: Description,
}

impl Form for Place {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let city = errors
            .field(fields, "city", |typed| ShortText::parse(typed).map_err(|e| messages::short_text(e, "the city")));
        let country = errors.field(fields, "country", |typed| {
            ShortText::parse(typed).map_err(|e| messages::short_text(e, "the country"))
        });
        let description = errors.field(fields, "description", Description::parse);
        match (city, country, description) {
            (Some(city), Some(country), Some(description)) => Ok(Self { city, country, description }),
            _ => Err(errors),
        }
    }
}

/// A text of 1 to 2,000 code points, which may have line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Description(String);

impl Description {
    const MAX: usize = 2000;

    fn parse(typed: &str) -> Result<Self, &'static str> {
        let text = trim_invisible(typed).replace("\r\n", "\n"); // browsers send line breaks so
        match text.chars().take(Self::MAX + 1).count() {
            0 => Err(messages::DESCRIPTION_EMPTY),
            n if n > Self::MAX => Err(messages::DESCRIPTION_TOO_LONG),
            _ if text.chars().any(|c| c.is_control() && c != '\n') => Err(messages::CHARACTER),
            _ => Ok(Self(text)),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn description_allows_line_breaks_and_no_other_control_characters() {
        assert_eq!(Description::parse(" Rain.\r\nAnd fog. ").unwrap().as_str(), "Rain.\nAnd fog.");
        assert_eq!(Description::parse(" \r\n \u{200b}"), Err(messages::DESCRIPTION_EMPTY));
        assert_eq!(Description::parse("a\u{1b}[31m"), Err(messages::CHARACTER));
        assert!(Description::parse(&"é".repeat(2000)).is_ok());
        assert_eq!(Description::parse(&"é".repeat(2001)), Err(messages::DESCRIPTION_TOO_LONG));
    }
}
