//! What was typed into a form that was not sent, where the page no longer has its fields: it is shown once more, to be copied.

use accounts::web::{Fields, FormView, Input};
use askama::Template;
use askama::filters::HtmlSafe;

/// What was typed, in fields to be read alone. Displays as safe HTML, and as nothing where nothing was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "unsent.html")]
pub(super) struct Unsent(Vec<UnsentField>);

/// A field with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnsentField {
    name: &'static str,
    label: String,
    /// The lines of the field; `None` for a field of one line.
    rows: Option<u16>,
    /// The field alone.
    typed: Fields,
}

impl HtmlSafe for Unsent {}

impl Unsent {
    /// Adds what was typed in a field of one line. A blank one is left out.
    pub(super) fn with(self, name: &'static str, label: impl Into<String>, typed: &str) -> Self {
        self.add(name, label.into(), None, typed)
    }

    /// Adds what was typed in a field of so many lines. A blank one is left out.
    pub(super) fn with_lines(self, name: &'static str, label: impl Into<String>, rows: u16, typed: &str) -> Self {
        self.add(name, label.into(), Some(rows), typed)
    }

    fn add(mut self, name: &'static str, label: String, rows: Option<u16>, typed: &str) -> Self {
        if !typed.trim().is_empty() {
            self.0.push(UnsentField { name, label, rows, typed: [(name, typed)].into_iter().collect() });
        }
        self
    }

    /// Whether nothing was typed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn inputs(&self) -> Vec<Input<'_>> {
        self.0.iter().map(UnsentField::input).collect()
    }
}

impl UnsentField {
    fn input(&self) -> Input<'_> {
        let input = FormView::filled(&self.typed).input(self.name, &self.label).optional().attribute("readonly", "");
        match self.rows {
            Some(rows) => input.rows(rows),
            None => input,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_texts_are_shown_in_fields_to_be_read_alone() {
        let unsent = Unsent::default().with("heads", "How many?", "two").with_lines(
            "note",
            "Note",
            3,
            "So <b>late</b>.\r\nSorry!",
        );
        let html = unsent.with("allergies", "Allergies", " \r\n").to_string();
        assert!(html.contains("How many?") && html.contains(r#"value="two""#), "{html}");
        assert!(html.contains("So &#60;b&#62;late&#60;/b&#62;.\r\nSorry!</textarea>"), "{html}");
        assert_eq!((html.matches("readonly").count(), html.contains("Allergies")), (2, false), "{html}");
        assert!(Unsent::default().with("note", "Note", " ").is_empty());
        assert_eq!(Unsent::default().to_string().trim(), "");
    }
}
