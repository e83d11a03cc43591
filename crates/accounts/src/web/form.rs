//! A form is a type with one way to parse it into domain values. What was typed is kept; errors stand by their field.

use std::fmt::Display;

use poem::{FromRequest, Request, RequestBody};

use super::fields::Fields;
use super::problem::Problem;

/// A form: a type that fields parse into, whole or not at all.
pub trait Form: Sized {
    /// Reads the fields.
    ///
    /// # Errors
    /// What is wrong, by field.
    fn parse(fields: &Fields) -> Result<Self, FormErrors>;
}

/// A form that came: what was typed, and what it parsed into. Extracting it fails only where there is no form at all;
/// a form with errors is for its page to show again, with status 422.
#[derive(Debug)]
pub struct Submitted<F> {
    /// What was typed.
    pub fields: Fields,
    /// What it means, or what is wrong with it.
    pub form: Result<F, FormErrors>,
}

impl<'a, F: Form> FromRequest<'a> for Submitted<F> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        // The layer has read and decoded the body: once, under its limit.
        let fields = request.data::<Fields>().cloned().ok_or(Problem::NotAForm)?;
        Ok(Self { form: F::parse(&fields), fields })
    }
}

/// What is wrong with a form: messages by field, in the order in which the fields stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(&'static str, String)>);

impl FormErrors {
    /// Nothing wrong yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One error at one field.
    #[must_use]
    pub fn at(field: &'static str, message: impl Display) -> Self {
        Self(vec![(field, message.to_string())])
    }

    /// Notes an error at a field. The first one at a field is kept: the others mostly follow from it.
    pub fn add(&mut self, field: &'static str, message: impl Display) {
        if self.of(field).is_none() {
            self.0.push((field, message.to_string()));
        }
    }

    /// Reads a field, and notes what is wrong with it.
    pub fn field<T, E: Display>(
        &mut self,
        fields: &Fields,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match fields.one(name) {
            Ok(value) => parse(value).map_err(|error| self.add(name, error)).ok(),
            Err(error) => {
                self.add(name, error);
                None
            }
        }
    }

    /// The message at a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, message)| message.as_str())
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(field, message)| (*field, message.as_str()))
    }
}
