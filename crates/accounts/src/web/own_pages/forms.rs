//! The forms of our pages, for own pages with the same fields.

use auth::Password;
use domain::trim_invisible;
use zeroize::Zeroizing;

use crate::web::form::{Fields, Form, FormErrors, PasswordFields};
use crate::web::messages;

/// The log-in form: the fields `email` (the e-mail address or the username), `password` and `remember`.
///
/// A form with other fields parses them itself, and makes one by [`LogInForm::new`].
#[derive(Debug)]
#[non_exhaustive]
pub struct LogInForm {
    /// The e-mail address or the username as typed.
    pub identifier: String,
    /// The password as typed; `None` for one above the length limit, which matches no user and is rejected without hashing.
    pub password: Option<Password>,
    /// "Remember me".
    pub remember: bool,
}

impl LogInForm {
    /// What was typed.
    #[must_use]
    pub fn new(identifier: impl Into<String>, password: impl Into<Zeroizing<String>>, remember: bool) -> Self {
        Self { identifier: identifier.into(), password: Password::parse(password).ok(), remember }
    }
}

impl Form for LogInForm {
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let identifier = errors.field(fields, "email", |typed| match trim_invisible(typed) {
            "" => Err(messages::IDENTIFIER_MISSING),
            typed => Ok(typed.to_owned()),
        });
        let password = take_password(&mut errors, passwords);
        match (identifier, password) {
            (Some(identifier), Some(typed)) => Ok(Self::new(identifier, typed, fields.is_ticked("remember"))),
            _ => Err(errors),
        }
    }
}

/// The form that changes the password: the fields `password`, `new_password` and `new_password2`.
#[derive(Debug)]
#[non_exhaustive]
pub struct ChangePasswordForm {
    /// The current password as typed; `None` for one above the length limit, which counts as a wrong one.
    pub current: Option<Password>,
    /// The new password as typed.
    pub new: Password,
}

impl ChangePasswordForm {
    /// What was typed.
    #[must_use]
    pub fn new(current: impl Into<Zeroizing<String>>, new: Password) -> Self {
        Self { current: Password::parse(current).ok(), new }
    }
}

impl Form for ChangePasswordForm {
    fn parse(_: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let current = take_password(&mut errors, passwords);
        let new = passwords.take_new(&mut errors, "new_password", "new_password2");
        match (current, new) {
            (Some(current), Some(new)) if errors.is_empty() => Ok(Self::new(current, new)),
            _ => Err(errors),
        }
    }
}

/// The form that asks for the password again: the field `password`.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConfirmForm {
    /// The password as typed; `None` for one above the length limit, which counts as a wrong one.
    pub password: Option<Password>,
}

impl ConfirmForm {
    /// What was typed.
    #[must_use]
    pub fn new(password: impl Into<Zeroizing<String>>) -> Self {
        Self { password: Password::parse(password).ok() }
    }
}

impl Form for ConfirmForm {
    fn parse(_: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        take_password(&mut errors, passwords).map(Self::new).ok_or(errors)
    }
}

/// The field `password`, which must not be empty.
fn take_password(errors: &mut FormErrors, passwords: &mut PasswordFields) -> Option<Zeroizing<String>> {
    let typed = errors.value("password", passwords.take("password"))?;
    let missing = if typed.is_empty() { Err(messages::PASSWORD_MISSING) } else { Ok(typed) };
    errors.value("password", missing)
}
