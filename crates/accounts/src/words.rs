//! Every sentence that the accounts pages say, in one place. What happened is decided elsewhere; here is how it is told.

use std::num::NonZeroU64;

use auth::PasswordRefusal;
use domain::user::{EmailError, Username, UsernameError};

/// What a page of its own says: its title and its sentence.
pub type Told = (&'static str, &'static str);

/// Registered; on the log-in page.
pub const REGISTERED: &str = "Your account is ready. Log in to continue.";
/// A log-in refused, whatever the cause.
pub const MISMATCH: &str = "That email and password don't match. Please try again.";
/// Logged out.
pub const LOGGED_OUT: &str = "You are logged out.";
/// A protected page, to somebody not logged in.
pub const LOGIN_REQUIRED: &str = "Sorry you must be logged in to view this page";
/// A session that was and is no more.
pub const SESSION_ENDED: &str = "Your session has ended. Please log in again.";
/// A form whose token is not this browser's any more.
pub const FORM_STALE: Told = ("Once more, please", "This form was open for too long. Please send it once more.");
/// The same, where the token went with a session that another tab may have ended.
pub const FORM_OUTLIVED_SESSION: Told = (
    "Once more, please",
    "This form was open for too long, and you are not logged in. If it needs that, log in beside this page first. Then send it once more: what you typed is kept here.",
);
/// Opens the log-in page beside a form that is kept.
pub const LOG_IN_ELSEWHERE: &str = "Log in beside this page (opens a new tab)";
/// The store could not answer a change.
pub const NOT_SAVED: Told = ("Please try again", "We couldn't save that. Nothing changed, please try again.");
/// The store was lost while it saved a change.
pub const PERHAPS_SAVED: Told =
    ("Please look first", "We can't tell whether that was saved. Please look before you send it once more.");
/// The store could not answer a question.
pub const NOT_READ: Told = ("Please try again", "We couldn't look that up. Please try again in a moment.");
/// The hash queue is full.
pub const BUSY: Told = ("Please try again", "We're very busy. Please try again in a moment.");
/// A name taken.
pub const USERNAME_TAKEN: &str = "That username is taken.";
/// An address taken.
pub const EMAIL_TAKEN: &str = "An account with that email already exists.";
/// The second password is not the first.
pub const PASSWORDS_DIFFER: &str = "The two passwords differ.";
/// No password typed at the registration.
pub const PASSWORD_EMPTY: &str = "Please choose a password.";
/// A password no account can have.
pub const PASSWORD_TOO_LONG: &str = "Please choose a password of at most 1,024 characters.";
/// A field that came more than once.
pub const SENT_TWICE: &str = "This field was sent more than once. Please fill it in again.";
/// A field with U+0000 in it.
pub const HAS_NUL: &str = "This field holds a character that cannot be stored. Please type it again.";
/// Above a form with errors.
pub const PLEASE_CHECK: &str = "Please check what you typed:";

/// Something only somebody else may do.
pub const FORBIDDEN: Told = ("Not yours to do", "That is not yours to do.");
/// A form from another site, or from nobody knows where.
pub const CROSS_SITE: Told = (
    "Not one of our forms",
    "That did not come from one of our forms, so we left everything as it is. Please go to the page itself and send it from there.",
);
/// A body that is no form.
pub const NOT_A_FORM: Told = ("That is not a form", "This page takes a form, sent the way a browser sends one.");
/// A body that cannot be decoded.
pub const UNDECODABLE: Told = ("We couldn't read that", "What was sent is damaged. Nothing changed, please try again.");
/// A request for another host.
pub const MISDIRECTED: Told =
    ("Not here", "This server answers only to the name it was given. Please check the address.");
/// No e-mail address typed at the log-in.
pub const EMAIL_MISSING: &str = "Please type your email address.";
/// No password typed at the log-in.
pub const PASSWORD_MISSING: &str = "Please type your password.";

/// A status of HTTP: a title and a sentence.
#[must_use]
pub fn status(status: u16) -> Told {
    match status {
        404 => ("Page not found", "There is nothing at this address. It may have moved, or never been."),
        405 => ("Not that way", "This address does not answer to that. Please go back and use its page."),
        408 => ("Too slow", "What you sent did not arrive in time. Nothing changed, please try again."),
        413 => ("Too much at once", "What was sent is larger than we take. Nothing changed. Please send less."),
        414 | 431 => (
            "Too long",
            "The address, or what your browser sent with it, is longer than we take. Please start from the first page.",
        ),
        400..=499 => {
            ("We couldn't do that", "The request makes no sense to us. Nothing changed. Please go back and try again.")
        }
        503 => BUSY,
        _ => ("Something went wrong", "That was our fault, and it has been noted. Please try again in a moment."),
    }
}

/// Below the field of a new password.
#[must_use]
pub fn password_hint(min_length: usize) -> String {
    format!("At least {min_length} characters. A few unrelated words are easy to keep and hard to guess.")
}

/// Somebody was let in.
#[must_use]
pub fn welcome_back(username: &Username) -> String {
    format!("Welcome back, {username}.")
}

/// Too many attempts.
#[must_use]
pub fn throttled(seconds: NonZeroU64) -> String {
    let unit = if seconds.get() == 1 { "second" } else { "seconds" };
    format!("Too many attempts. Please wait {seconds} {unit} and try again.")
}

/// Why a text is no username.
#[must_use]
pub fn username(error: UsernameError) -> String {
    match error {
        UsernameError::Empty => "Please choose a username.".into(),
        UsernameError::TooShort => format!("A username has at least {} characters.", Username::MIN_LENGTH),
        UsernameError::TooLong => format!("A username has at most {} characters.", Username::MAX_LENGTH),
        UsernameError::Character => "A username is made of letters, digits, underscores, hyphens, and dots.".into(),
        UsernameError::OnlyDots => "A username needs more than dots.".into(),
        UsernameError::Reserved => "That username is reserved. Please choose another.".into(),
    }
}

/// Why a text is no e-mail address.
#[must_use]
pub fn email(error: EmailError) -> &'static str {
    match error {
        EmailError::Empty => "Please give your email address.",
        EmailError::TooLong => "An email address has at most 254 characters.",
        EmailError::Malformed => "That is not an email address. It looks like name@example.com.",
    }
}

/// Why a password is refused.
#[must_use]
pub fn password(refusal: &PasswordRefusal) -> String {
    match refusal {
        PasswordRefusal::Empty => PASSWORD_EMPTY.into(),
        PasswordRefusal::TooShort { min } => format!("Please choose a password of at least {min} characters."),
        PasswordRefusal::TooLong { max } => format!("Please choose a password of at most {max} characters."),
        PasswordRefusal::Guessable { warning: Some(warning) } => {
            format!("That password is easy to guess: {warning}. A few unrelated words are hard to guess.")
        }
        PasswordRefusal::Guessable { warning: None } => {
            "That password is easy to guess. A few unrelated words are hard to guess.".into()
        }
    }
}
