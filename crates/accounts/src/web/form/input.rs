//! One field of a form as a page shows it.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use super::passwords::is_password;

/// A field with its label, its hint or error, and its value. Displays as safe HTML.
#[derive(Debug, Clone, Template)]
#[template(path = "input.html")]
pub struct Input<'a> {
    name: &'a str,
    label: &'a str,
    kind: &'a str,
    value: &'a str,
    error: Option<&'a str>,
    hint: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    required: bool,
    rows: Option<u16>,
}

impl<'a> Input<'a> {
    pub(super) fn new(name: &'a str, label: &'a str, value: &'a str, error: Option<&'a str>) -> Self {
        Self { name, label, kind: "text", value, error, hint: "", attributes: Vec::new(), required: true, rows: None }
    }

    /// The `type` of the `<input>`; `text` by default. A `password` is shown empty.
    ///
    /// # Panics
    /// In debug builds, for a `password` whose name is not that of a password: its value would be in [`super::Fields`]. See
    /// [`super::PasswordFields`].
    #[must_use]
    pub fn kind(self, kind: &'a str) -> Self {
        debug_assert!(kind != "password" || is_password(self.name), "`{}` is not the name of a password", self.name);
        let value = if kind == "password" { "" } else { self.value };
        Self { kind, value, ..self }
    }

    /// A line below the field, which an error replaces.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// The `autocomplete` attribute, for password managers and on-screen keyboards.
    #[must_use]
    pub fn autocomplete(self, token: &'a str) -> Self {
        self.attribute("autocomplete", token)
    }

    /// Another attribute. The name is not escaped.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: &'a str) -> Self {
        self.attributes.push((name, value));
        self
    }

    /// Allows the field to be left blank.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// A `<textarea>` of so many lines.
    #[must_use]
    pub fn rows(self, rows: u16) -> Self {
        Self { rows: Some(rows), ..self }
    }

    fn has_note(&self) -> bool {
        self.error.is_some() || !self.hint.is_empty()
    }
}

/// A typed text as a page shows it: each control character, except for the tab and the ends of lines, is U+FFFD. HTML allows
/// none of them, and a parser reads NUL so.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let is_shown = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    if text.chars().all(is_shown) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if is_shown(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

impl HtmlSafe for Input<'_> {}
