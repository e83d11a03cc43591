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

/// A typed text as a page shows it: without control characters, except for the tab and the ends of lines, and without the
/// marks that change the direction of the text after them.
///
/// HTML allows no other control character. A user can neither see nor delete one, so the shown form can be sent again.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let is_shown = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => false,
        c => !c.is_control(),
    };
    if text.chars().all(is_shown) {
        return Cow::Borrowed(text);
    }
    text.chars().filter(|c| is_shown(*c)).collect()
}

/// The same in a field of one line: a tab and the end of a line are a space. A browser would join the words around them.
#[must_use]
pub fn printable_line(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    let is_blank = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}');
    if text.contains(is_blank) { text.replace("\r\n", " ").replace(is_blank, " ").into() } else { text }
}

impl HtmlSafe for Input<'_> {}
