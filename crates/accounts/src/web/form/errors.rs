//! What is wrong with a form, by field, and how long its sender waits.

use std::fmt::Display;

use domain::throttle::Wait;

use super::Fields;

/// The errors of a form: one message per field, in the order in which they were added; or the wait, where a limit refuses it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors {
    fields: Vec<(&'static str, String)>,
    wait: Option<Wait>,
}

impl FormErrors {
    /// No errors.
    #[must_use]
    pub const fn new() -> Self {
        Self { fields: Vec::new(), wait: None }
    }

    /// One error.
    #[must_use]
    pub fn at(field: &'static str, message: impl Display) -> Self {
        Self { fields: vec![(field, message.to_string())], wait: None }
    }

    /// A form that a limit refuses. [`super::FormView::summary`] says how long the visitor waits, and
    /// [`PageContext::render_form`](crate::web::PageContext::render_form) responds with 429 and `Retry-After`.
    #[must_use]
    pub const fn throttled(wait: Wait) -> Self {
        Self { fields: Vec::new(), wait: Some(wait) }
    }

    /// How long the visitor waits, where a limit refuses the form.
    #[must_use]
    pub const fn wait(&self) -> Option<Wait> {
        self.wait
    }

    /// Adds the error of a field. The first error of a field stays, since later ones mostly follow from it.
    pub fn add(&mut self, field: &'static str, message: impl Display) {
        if self.of(field).is_none() {
            self.fields.push((field, message.to_string()));
        }
    }

    /// Parses the value of a field, or adds its error.
    pub fn field<T, E: Display>(
        &mut self,
        fields: &Fields,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match fields.one(name) {
            Ok(value) => self.value(name, parse(value)),
            Err(error) => self.value(name, Err(error)),
        }
    }

    /// The parsed value of a field, or `None` after adding its error.
    pub fn value<T>(&mut self, name: &'static str, parsed: Result<T, impl Display>) -> Option<T> {
        parsed.map_err(|error| self.add(name, error)).ok()
    }

    /// Puts the errors in the order of `fields`, such as that of the form. Fields that are not in it come last, as added.
    pub fn sort_by_fields(&mut self, fields: &[&str]) {
        let position = |field: &str| fields.iter().position(|other| *other == field).unwrap_or(fields.len());
        self.fields.sort_by_key(|(field, _)| position(field));
    }

    /// Adds the errors of another part of the form.
    pub fn extend(&mut self, others: Self) {
        for (field, message) in others.fields {
            self.add(field, message);
        }
        self.wait = self.wait.max(others.wait);
    }

    /// The message of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| *name == field).map(|(_, message)| message.as_str())
    }

    /// Whether there is no error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.wait.is_none()
    }

    /// The errors as (field, message), in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields.iter().map(|(field, message)| (*field, message.as_str()))
    }
}
