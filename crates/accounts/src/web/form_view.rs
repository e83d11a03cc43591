//! A form as a page shows it: each field with its label, its hint, what was typed and what is wrong with it. One look for
//! the accounts' forms and an embedder's own; the class names are documented in `docs/EMBEDDING.md`.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use super::fields::Fields;
use super::form::FormErrors;

/// A form about to be shown. In a template: `{{ form.summary() }}`, `{{ form.input("city", "City").hint("…") }}`.
#[derive(Debug, Clone, Copy)]
pub struct FormView<'a> {
    fields: &'a Fields,
    errors: &'a FormErrors,
}

impl<'a> FormView<'a> {
    /// The form with what was typed, and what is wrong with it.
    #[must_use]
    pub fn new(fields: &'a Fields, errors: &'a FormErrors) -> Self {
        Self { fields, errors }
    }

    /// The form as it is offered first: nothing typed, nothing wrong.
    #[must_use]
    pub fn empty() -> FormView<'static> {
        static NOTHING_TYPED: Fields = Fields::none();
        static NOTHING_WRONG: FormErrors = FormErrors::new();
        FormView { fields: &NOTHING_TYPED, errors: &NOTHING_WRONG }
    }

    /// What is wrong, above the form, each with a link to its field; nothing where nothing is.
    #[must_use]
    pub fn summary(&self) -> Summary<'a> {
        Summary { errors: self.errors, title: crate::words::PLEASE_CHECK }
    }

    /// A field with its label: one line of text, required, unless said otherwise.
    #[must_use]
    pub fn input(&self, name: &'a str, label: &'a str) -> Input<'a> {
        Input {
            name,
            label,
            kind: "text",
            value: self.fields.shown(name),
            error: self.errors.of(name),
            hint: "",
            attributes: Vec::new(),
            required: true,
            rows: None,
        }
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        self.fields.is_ticked(name)
    }
}

/// What is wrong with a form. Displays as safe HTML.
#[derive(Debug, Template)]
#[template(path = "summary.html")]
pub struct Summary<'a> {
    errors: &'a FormErrors,
    title: &'static str,
}

/// A field of a form. Displays as safe HTML.
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
    /// Another `type` than `text`. What was typed into a `password` is never shown again.
    #[must_use]
    pub fn kind(self, kind: &'a str) -> Self {
        let value = if kind == "password" { "" } else { self.value };
        Self { kind, value, ..self }
    }

    /// A line below the field, until an error takes its place.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// What password managers and keyboards should take it for: HTML's `autocomplete`.
    #[must_use]
    pub fn autocomplete(self, token: &'a str) -> Self {
        self.attribute("autocomplete", token)
    }

    /// One more attribute. The name is not escaped: it is the template's own.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: &'a str) -> Self {
        self.attributes.push((name, value));
        self
    }

    /// May be left blank.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// Several lines.
    #[must_use]
    pub fn rows(self, rows: u16) -> Self {
        Self { rows: Some(rows), ..self }
    }

    fn has_note(&self) -> bool {
        self.error.is_some() || !self.hint.is_empty()
    }
}

impl HtmlSafe for Summary<'_> {}
impl HtmlSafe for Input<'_> {}

/// HTML that is safe already. Displays as it is, in askama without `|safe`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeHtml(pub(super) String);

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for SafeHtml {}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(check: impl FnOnce(FormView<'_>)) {
        let fields = Fields::decode(b"city=%3Cb%3E%22Rome%22&password=secret").unwrap();
        let errors = FormErrors::at("city", "No <such> city.");
        check(FormView::new(&fields, &errors));
    }

    #[test]
    fn what_was_typed_comes_back_as_text_beside_what_is_wrong() {
        view(|form| {
            let html = form.input("city", "City").hint("Where?").to_string();
            assert!(html.contains(r#"value="&#60;b&#62;&#34;Rome&#34;""#), "{html}");
            assert!(
                html.contains(r#"aria-invalid="true""#) && html.contains(r#"aria-describedby="city-note""#),
                "{html}"
            );
            assert!(html.contains("No &#60;such&#62; city.") && !html.contains("Where?"), "{html}");
            assert!(form.summary().to_string().contains("href=\"#city\""));
        });
    }

    #[test]
    fn a_password_does_not_come_back() {
        view(|form| assert!(!form.input("password", "Password").kind("password").to_string().contains("secret")));
    }

    #[test]
    fn a_field_without_error_has_its_hint_and_a_form_without_errors_no_summary() {
        let (fields, errors) = (Fields::default(), FormErrors::new());
        let form = FormView::new(&fields, &errors);
        let html = form.input("text", "Text").hint("Say it.").rows(4).optional().attribute("list", "a\"b").to_string();
        assert!(html.contains("<textarea") && html.contains("Say it.") && !html.contains("required"), "{html}");
        assert!(html.contains(r#"list="a&#34;b""#), "{html}");
        assert_eq!(form.summary().to_string().trim(), "");
    }
}
