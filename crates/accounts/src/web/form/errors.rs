//! What is wrong with a form, by field.

use std::fmt::Display;

use super::Fields;

/// The errors of a form: one message per field, in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(&'static str, String)>);

impl FormErrors {
    /// No errors.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One error.
    #[must_use]
    pub fn at(field: &'static str, message: impl Display) -> Self {
        Self(vec![(field, message.to_string())])
    }

    /// Adds the error of a field. The first error of a field stays, since later ones mostly follow from it.
    pub fn add(&mut self, field: &'static str, message: impl Display) {
        if self.of(field).is_none() {
            self.0.push((field, message.to_string()));
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
        self.0.sort_by_key(|(field, _)| position(field));
    }

    /// Adds the errors of another part of the form.
    pub fn extend(&mut self, others: Self) {
        for (field, message) in others.0 {
            self.add(field, message);
        }
    }

    /// The message of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, message)| message.as_str())
    }

    /// Whether there is no error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors as (field, message), in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(field, message)| (*field, message.as_str()))
    }
}
