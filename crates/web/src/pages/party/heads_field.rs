//! The field "How many of you?" of the answer card.

use std::borrow::Cow;

use accounts::web::printable_line;

/// The field, where the guest can choose the number of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeadsField {
    /// What is in the field.
    value: String,
    /// The number of the answer that the page shows, beside the number that is typed. `None` after a refusal.
    shown: Option<u32>,
    /// The greatest number of people that the rules could accept now, 1 to 10.
    max: u32,
    /// Why what was typed is refused.
    error: Option<String>,
}

impl HeadsField {
    /// The field with a number of people. `None` where only one number could be accepted.
    pub(super) fn new(value: u32, max: u32) -> Option<Self> {
        (max > 1).then(|| Self { value: value.to_string(), shown: Some(value), max, error: None })
    }

    /// The field with what was typed, and why it is refused.
    pub(super) fn refused(typed: &str, max: u32, error: String) -> Self {
        Self { value: typed.to_owned(), shown: None, max, error: Some(error) }
    }

    /// The field with what was typed before a log-in.
    pub(super) fn typed(self, typed: &str) -> Self {
        Self { value: typed.to_owned(), ..self }
    }

    pub(super) fn max(&self) -> u32 {
        self.max
    }

    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// What the field shows.
    pub(super) fn value(&self) -> Cow<'_, str> {
        printable_line(&self.value)
    }

    /// The number of the answer that the page shows.
    pub(super) fn shown(&self) -> Option<u32> {
        self.shown
    }

    /// The type of the field. A browser shows no text in a number field.
    pub(super) fn kind(&self) -> &'static str {
        if self.value.is_empty() || self.value.parse::<i64>().is_ok() { "number" } else { "text" }
    }
}
