//! A form as a page shows it: fields with labels, what was typed, and what is wrong. The accounts pages and an embedder's
//! forms share it; `docs/EMBEDDING.md` lists the class names.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use domain::throttle::Wait;
use poem::http::StatusCode;

use super::{Fields, FormErrors, Input};
use crate::web::messages::{self, error_title};

/// A form to be shown. In a template: `{{ form.summary() }}`, `{{ form.input("city", "City").hint("…") }}`.
#[derive(Debug, Clone, Copy)]
pub struct FormView<'a> {
    fields: &'a Fields,
    errors: &'a FormErrors,
}

impl<'a> FormView<'a> {
    /// A form that was refused: what was typed, and what is wrong.
    #[must_use]
    pub fn new(fields: &'a Fields, errors: &'a FormErrors) -> Self {
        Self { fields, errors }
    }

    /// A new form: no values, no errors.
    #[must_use]
    pub fn empty() -> Self {
        static NO_FIELDS: Fields = Fields::none();
        Self::filled(&NO_FIELDS)
    }

    /// A form with values and no errors.
    #[must_use]
    pub fn filled(fields: &'a Fields) -> Self {
        static NO_ERRORS: FormErrors = FormErrors::new();
        Self { fields, errors: &NO_ERRORS }
    }

    /// The list of errors above the form, each with a link to its field; empty where there are none.
    #[must_use]
    pub fn summary(&self) -> Summary<'a> {
        Summary {
            errors: self.errors,
            title: messages::PLEASE_CHECK,
            wait: self.errors.wait().map(messages::throttled),
        }
    }

    /// The status of the form's page: 422 where the form has errors, 429 where a limit refuses it, else 200.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.errors.wait() {
            Some(_) => StatusCode::TOO_MANY_REQUESTS,
            None if self.errors.is_empty() => StatusCode::OK,
            None => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// How long the visitor waits, where a limit refuses the form.
    #[must_use]
    pub fn wait(&self) -> Option<Wait> {
        self.errors.wait()
    }

    /// The title of the form's page: [`error_title`] where the form has errors.
    #[must_use]
    pub fn title(&self, title: &str) -> String {
        if self.errors.is_empty() { title.to_owned() } else { error_title(title) }
    }

    /// A field with its label: one line of text, required, until the methods of [`Input`] change it.
    #[must_use]
    pub fn input(&self, name: &'a str, label: &'a str) -> Input<'a> {
        Input::new(name, label, self.fields.shown(name), self.errors.of(name))
    }

    /// Whether a check box is ticked.
    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        self.fields.is_ticked(name)
    }
}

/// The list of a form's errors. Displays as safe HTML.
#[derive(Debug, Template)]
#[template(path = "summary.html")]
pub struct Summary<'a> {
    errors: &'a FormErrors,
    title: &'static str,
    /// How long the visitor waits.
    wait: Option<String>,
}

impl HtmlSafe for Summary<'_> {}

/// HTML that needs no escaping. askama renders it without `|safe`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeHtml(pub(crate) String);

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for SafeHtml {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::form::decode_form;

    fn check_view(check: impl FnOnce(FormView<'_>)) {
        let (fields, _) = decode_form(b"city=%3Cb%3E%22Rome%22&password=secret").unwrap();
        let errors = FormErrors::at("city", "No <such> city.");
        check(FormView::new(&fields, &errors));
    }

    #[test]
    fn refused_field_shows_escaped_value_and_error() {
        check_view(|form| {
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
    fn password_is_never_shown() {
        check_view(|form| {
            assert!(!form.input("password", "Password").to_string().contains("secret"));
            assert!(!form.input("password", "Password").kind("password").to_string().contains("secret"));
        });
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "`pin` is not the name of a password")]
    fn password_input_with_another_name_panics_in_debug_builds() {
        let _ = FormView::empty().input("pin", "PIN").kind("password");
    }

    #[test]
    fn valid_field_shows_its_hint_and_valid_form_no_summary() {
        let form = FormView::empty();
        let html = form.input("text", "Text").hint("Say it.").rows(4).optional().attribute("list", "a\"b").to_string();
        assert!(html.contains("<textarea") && html.contains("Say it.") && !html.contains("required"), "{html}");
        assert!(html.contains(r#"list="a&#34;b""#), "{html}");
        assert_eq!(form.summary().to_string().trim(), "");
    }
}
