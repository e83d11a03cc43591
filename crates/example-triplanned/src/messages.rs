//! The messages that pages show.

use accounts::{ShortText, TextError};

pub(crate) const POSTED: &str = "Your postcard is on the rack.";
pub(crate) const POSTCARDS_STAY: &str = "Your postcards stay on the rack, without your name.";
pub(crate) const DESCRIPTION_EMPTY: &str = "Please say something about it.";
pub(crate) const DESCRIPTION_TOO_LONG: &str = "Please use at most 2,000 characters.";
pub(crate) const CHARACTER: &str =
    "There was a character in here that can't be shown. Please check this and send it again.";

/// The message for an invalid name of a place. `what` is the field, such as "the city".
pub(crate) fn short_text(error: TextError, what: &str) -> String {
    match error {
        TextError::Empty => format!("Please name {what}."),
        TextError::TooLong => format!("Please use at most {} characters.", ShortText::MAX_LENGTH),
        TextError::Character => CHARACTER.into(),
    }
}
