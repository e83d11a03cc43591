//! What the error of a use case says to the visitor: the errors of its form, which is shown again, or a problem.

use crate::web::account_pages::code_error;
use crate::web::form::{Fields, FormErrors};
use crate::web::messages;
use crate::web::page::{PageContext, Problem};
use crate::web::request::CODE_FIELD;
use crate::{ChangePasswordError, ConfirmPasswordError, LogInError, RegisterError, SignInError};

impl LogInError {
    /// The errors of the log-in form, in our words: at its field `email`, or the wait.
    ///
    /// # Errors
    /// [`Problem`]: what the visitor cannot correct.
    pub fn form_errors(self, page: &PageContext) -> Result<FormErrors, Problem> {
        match self {
            Self::Mismatch => Ok(FormErrors::at("email", messages::mismatch(page.accounts().inner.log_in_by))),
            Self::Throttled(throttled) => Ok(FormErrors::throttled(throttled.wait)),
            Self::HashQueueFull(_) => Err(Problem::HashQueueFull),
            Self::Store(failure) => Err(failure.into()),
        }
    }
}

impl RegisterError {
    /// The errors of the registration form, in our words: at its fields `code`, `username`, `email` and `password`, at a field of the
    /// embedder's, or the wait.
    ///
    /// # Errors
    /// [`Problem`]: what the visitor cannot correct.
    pub fn form_errors(self, page: &PageContext) -> Result<FormErrors, Problem> {
        match self {
            Self::Code(_) => {
                let typed = page.request().submitted().map_or("", |fields: &Fields| fields.shown(CODE_FIELD));
                Ok(FormErrors::at(CODE_FIELD, code_error(typed)))
            }
            Self::Closed => Err(Problem::Forbidden),
            Self::Weak(refusal) => Ok(FormErrors::at("password", messages::password(&refusal))),
            Self::Username(error) => Ok(FormErrors::at("username", messages::username(error))),
            Self::Throttled(throttled) => Ok(FormErrors::throttled(throttled.wait)),
            Self::Taken(taken) => {
                let mut errors = FormErrors::new();
                if taken.username {
                    errors.add("username", messages::USERNAME_TAKEN);
                } else if taken.look_alike {
                    errors.add("username", messages::USERNAME_LOOKS_ALIKE);
                }
                if taken.email {
                    errors.add("email", messages::EMAIL_TAKEN);
                }
                Ok(errors)
            }
            Self::Refused(refusal) => Ok(FormErrors::at(refusal.field, refusal.message)),
            Self::HashQueueFull(_) => Err(Problem::HashQueueFull),
            Self::Store(failure) => Err(failure.into()),
        }
    }
}

impl ChangePasswordError {
    /// The errors of the form that changes the password, in our words: at its fields `password` and `new_password`, or the wait.
    ///
    /// # Errors
    /// [`Problem`]: what the visitor cannot correct.
    pub fn form_errors(self, _: &PageContext) -> Result<FormErrors, Problem> {
        match self {
            Self::Mismatch => Ok(FormErrors::at("password", messages::WRONG_PASSWORD)),
            Self::Weak(refusal) => Ok(FormErrors::at("new_password", messages::password(&refusal))),
            Self::Throttled(throttled) => Ok(FormErrors::throttled(throttled.wait)),
            Self::SessionEnded => Err(Problem::LoginRequired),
            Self::HashQueueFull(_) => Err(Problem::HashQueueFull),
            Self::Store(failure) => Err(failure.into()),
        }
    }
}

impl ConfirmPasswordError {
    /// The errors of the form that asks for the password again, in our words: at its field `password`, or the wait.
    ///
    /// # Errors
    /// [`Problem`]: what the visitor cannot correct.
    pub fn form_errors(self, _: &PageContext) -> Result<FormErrors, Problem> {
        match self {
            Self::Mismatch => Ok(FormErrors::at("password", messages::WRONG_PASSWORD)),
            Self::Throttled(throttled) => Ok(FormErrors::throttled(throttled.wait)),
            Self::SessionEnded => Err(Problem::LoginRequired),
            Self::HashQueueFull(_) => Err(Problem::HashQueueFull),
            Self::Store(failure) => Err(failure.into()),
        }
    }
}

/// A sign-in that a page does not explain itself: 403, or 503 where the store failed.
impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::NotFound | SignInError::Disabled | SignInError::Changed => Self::Forbidden,
            SignInError::Store(failure) => failure.into(),
        }
    }
}
