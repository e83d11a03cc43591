//! A submitted form: its fields, and the type that they parse into.

use poem::{FromRequest, Request, RequestBody};

use super::{Fields, FormErrors, PasswordFields, TypedPasswords};
use crate::web::page::Problem;
use crate::web::request::RequestContext;

/// A form: a type that the fields parse into, as a whole or not at all.
pub trait Form: Sized {
    /// Parses the fields. Passwords are in `passwords`, and are taken from there.
    ///
    /// # Errors
    /// [`FormErrors`]: what is wrong, by field.
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors>;
}

/// A form that was submitted: what was typed, and what it parsed into.
///
/// Extracting it fails with 415 where the body is not a form. A form with errors is extracted, so that its page can show it
/// again, with status 422.
#[derive(Debug)]
pub struct Submitted<F> {
    /// What was typed, without passwords.
    pub fields: Fields,
    /// The parsed form, or what is wrong with it.
    pub form: Result<F, FormErrors>,
}

/// A request has one form: a second extractor in the same handler finds no passwords.
impl<'a, F: Form> FromRequest<'a> for Submitted<F> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let fields = RequestContext::of(request)?.submitted().cloned().ok_or(Problem::NotAForm)?;
        let mut passwords = request.data::<TypedPasswords>().map(TypedPasswords::take).unwrap_or_default();
        Ok(Self { form: F::parse(&fields, &mut passwords), fields })
    }
}
