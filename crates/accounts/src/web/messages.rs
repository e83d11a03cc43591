//! Every message of the account pages and error pages, for people. What happened is decided elsewhere.

mod account;
mod upload;

use std::borrow::Cow;

use auth::PasswordRefusal;
use domain::user::{EmailError, Username, UsernameError};

pub(super) use self::account::*;
pub(super) use self::upload::*;
use crate::{LogInBy, Wait};

/// The message of an error page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// The title of the page.
    pub(super) title: &'static str,
    /// One or two sentences.
    pub(super) text: Cow<'static, str>,
}

impl Message {
    const fn new(title: &'static str, text: &'static str) -> Self {
        Self { title, text: Cow::Borrowed(text) }
    }
}

// Flash messages.

/// Those that a guest gets. A guest's flash message that is missing here is not shown.
pub(super) const GUEST_MESSAGES: [&str; 10] = [
    REGISTERED,
    REGISTERED_BEFORE,
    LOGGED_OUT,
    SESSION_ENDED,
    LOG_IN_REQUIRED,
    LOG_IN_FOR_UPLOAD,
    SESSION_ENDED_UPLOAD,
    DELETION_REQUESTED,
    PASSWORD_CHANGED_LOG_IN,
    PASSWORD_IS_SET,
];
/// After a registration that does not log in, on the log-in page.
pub(super) const REGISTERED: &str = "Your account is ready. Log in to continue.";
/// After a registration form that was sent again, where the account is not as it was registered any more.
pub(super) const REGISTERED_BEFORE: &str = "This form has registered an account before. Please log in.";
/// After a log-out.
pub(super) const LOGGED_OUT: &str = "You are logged out.";
/// The page that deletes an account.
pub(super) const DELETE_TITLE: &str = "Delete your account";
/// The link to the account page below the button.
pub(super) const KEEP_ACCOUNT: &str = "Keep my account";
/// What the deletion of an account means.
pub(super) const DELETE_CONSEQUENCES: [&str; 3] = [
    "You are logged out everywhere, at once.",
    "For 14 days you can change your mind: log in, and your account stays.",
    "After that your e-mail address and password are gone for good. For 90 days more your name stays reserved, \
        and the record of your log-ins is kept.",
];
/// After the deletion of an account was requested.
pub(super) const DELETION_REQUESTED: &str =
    "Your account will be deleted in 14 days. If you change your mind, log in before then.";
/// A protected page was opened with a session that has ended or expired.
pub(super) const SESSION_ENDED: &str = "Your session has ended. Please log in again.";

/// After a registration that logs in.
pub(super) fn welcome(username: &Username) -> String {
    format!("Your account is ready. Welcome, {username}.")
}

/// After a log-in.
pub(super) fn welcome_back(username: &Username, has_undone_deletion: bool) -> String {
    let kept = if has_undone_deletion { " Your account stays: it won't be deleted." } else { "" };
    format!("Welcome back, {username}.{kept}")
}

/// After a link has set a new password, on the log-in page.
pub(super) const PASSWORD_IS_SET: &str = "Your new password is set. Log in with it to continue.";

// A link that sets a new password.

/// The title of the page.
pub(super) const RESET_TITLE: &str = "Set a new password";
/// Above the form, before the username and after it.
pub(super) const RESET_EXPLAINED: [&str; 2] = [
    "Choose a new password for the account of",
    "Every browser is logged out then, and you log in with the new password.",
];
/// The link is unknown, was used or has expired.
pub(super) const RESET_UNUSABLE: Message = Message::new(
    "This link doesn't work any more",
    "A link that sets a new password works once, and for 30 minutes. Nothing changed. Please ask for a new one.",
);

// Error pages.

/// An anonymous visitor opened a protected page. Also as a flash message.
pub(super) const LOG_IN_FIRST: Message = Message::new("Log in", LOG_IN_REQUIRED);
const LOG_IN_REQUIRED: &str = "Sorry you must be logged in to view this page";
/// A page requires that the password was given a short time ago.
pub(super) const CONFIRM_FIRST: Message = Message::new("Confirm it's you", "Please type your password again to go on.");
/// A form that requires the password again is too large for the page that asks for it, or there is no page that shows it.
pub(super) const CONFIRM_BESIDE_THEN_SEND: Message = Message::new(
    "Confirm it's you",
    "Please type your password beside this page, then send this once more: what you typed is kept here.",
);
/// The link to that page.
pub(super) const CONFIRM_BESIDE: &str = "Type your password beside this page (opens a new tab)";
/// The user may not do this.
pub(super) const FORBIDDEN: Message = Message::new("You can't do that", "You can't do that with this account.");
/// The CSRF token of the form does not belong to the current session.
pub(super) const STALE_FORM: Message =
    Message::new("Once more, please", "This form was open for too long. Please send it once more.");
/// The form was rendered for another user.
pub(super) const ACCOUNT_CHANGED: Message = Message::new(
    "The account has changed",
    "This form was opened with another account. What you typed is kept, and not sent yet.",
);
/// The form was rendered before the visitor logged in.
pub(super) const FORM_FROM_BEFORE_LOG_IN: Message = Message::new(
    "Once more, please",
    "This form was opened before you logged in. What you typed is kept, and not sent yet.",
);
/// Below these messages: as whom the form will be sent.
pub(super) fn will_be_sent_as(username: &Username) -> String {
    format!("You are logged in as {username}, so it will be sent as {username}.")
}
/// The button that sends a form again.
pub(super) const SEND_AGAIN: &str = "Send it once more";
/// The same, where the account has changed.
pub(super) fn send_as(username: &Username) -> String {
    format!("Send it as {username}")
}
/// A form that requires a log-in is too large for the log-in page, or there is no page that shows it.
pub(super) const LOG_IN_BESIDE_THEN_SEND: Message = Message::new(
    "Log in first",
    "You are not logged in. Log in beside this page, then send it once more: what you typed is kept here.",
);
/// The link to the log-in page on that page.
pub(super) const LOG_IN_BESIDE: &str = "Log in beside this page (opens a new tab)";
/// Another site sent the form, or nothing shows that it comes from this origin.
pub(super) const CROSS_SITE: Message = Message::new(
    "Not one of our forms",
    "That did not come from one of our forms, so we left everything as it is. Please go to the page itself and send it from there.",
);
/// The body is not a form.
pub(super) const NOT_A_FORM: Message =
    Message::new("That is not a form", "This page takes a form, sent the way a browser sends one.");
/// The body cannot be read or decoded.
pub(super) const UNDECODABLE: Message =
    Message::new("We couldn't read that", "What was sent is damaged. Nothing changed, please try again.");
/// The host is not ours.
pub(super) const MISDIRECTED: Message =
    Message::new("Not here", "This server answers only to the name it was given. Please check the address.");
/// The store failed before a change was saved.
pub(super) const NOT_SAVED: Message =
    Message::new("Please try again", "We couldn't save that. Nothing changed, please try again.");
/// The store failed during the commit, or the handler timed out.
pub(super) const OUTCOME_UNKNOWN: Message = Message::new(
    "Please look first",
    "We can't tell whether that was saved. Please look before you send it once more.",
);
/// The store failed in a request that changes nothing.
pub(super) const NOT_READ: Message =
    Message::new("Please try again", "We couldn't look that up. Please try again in a moment.");
/// The hash queue is full.
pub(super) const BUSY: Message = Message::new("Please try again", "We're very busy. Please try again in a moment.");

/// The message for an action that a limit refuses.
pub(super) fn too_many(wait: Wait) -> Message {
    Message { title: "Please wait a moment", text: throttled(wait).into() }
}

/// The sentence for an attempt that a limit refuses.
pub(super) fn throttled(wait: Wait) -> String {
    format!("Too many attempts. Please wait {} and try again.", duration(wait.seconds()))
}

/// A wait in words: seconds up to a quarter of an hour, then minutes, rounded up.
fn duration(seconds: u64) -> String {
    let (number, unit) = if seconds <= 900 { (seconds, "second") } else { (seconds.div_ceil(60), "minute") };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// The message for an HTTP status of 400 or more.
pub(super) fn status(status: u16) -> Message {
    match status {
        404 => Message::new("Page not found", "This page doesn't exist, or not anymore."),
        405 => Message::new("Not that way", "This address does not answer to that. Please go back and use its page."),
        408 => Message::new("Too slow", "What you sent did not arrive in time. Nothing changed, please try again."),
        413 => {
            Message::new("Too much at once", "What was sent is larger than we take. Nothing changed. Please send less.")
        }
        414 | 431 => Message::new(
            "Too long",
            "The address, or what your browser sent with it, is longer than we take. Please start from the first page.",
        ),
        400..=499 => Message::new(
            "We couldn't do that",
            "Something about that request was off. Nothing changed. Please go back and try again.",
        ),
        503 => BUSY,
        _ => Message::new(
            "Something went wrong",
            "That was our fault, and it has been noted. Please try again in a moment.",
        ),
    }
}

// Forms that wait for a log-in.

/// On the log-in page, for a form that was sent with a session that has ended.
pub(super) const SESSION_ENDED_FORM: &str =
    "Your session has ended. Please log in again, and we'll finish this for you: what you typed is kept.";
/// On the log-in page, for a form that was sent without a session.
pub(super) const LOG_IN_FOR_FORM: &str = "Please log in first, or register. What you typed is kept.";
/// The same where registration is closed.
pub(super) const LOG_IN_FOR_FORM_ALONE: &str = "Please log in first. What you typed is kept.";
/// On the registration page, and on the log-in page after an error or a switch, while a form waits.
pub(super) const FORM_WAITS: &str = "What you typed before is kept. You can send it right after this.";
/// On the page that asks for the password again, for a form that was sent.
pub(super) const CONFIRM_FOR_FORM: &str = "What you typed is kept, and not sent yet.";
/// On the log-in page, for a form of a user whose deletion is requested.
pub(super) const LOG_IN_KEEPS_ACCOUNT: &str = "Your account is going to be deleted. If you log in, it stays.";

/// Above the form that was waiting, after the log-in. `other` is the user who will send it, where it was opened with another account.
pub(super) fn not_sent_yet(other: Option<&Username>) -> Cow<'static, str> {
    match other {
        None => "What you typed is here, and not sent yet. Please press the button to send it.".into(),
        Some(username) => format!(
            "This form was opened with another account. What you typed is here, and not sent yet. If you press the button, it is \
             sent as {username}."
        )
        .into(),
    }
}
/// The title of a page with the button alone.
pub(super) const RESUME_TITLE: &str = "Almost done";

/// On that page. `is_of_other` is whether the form was opened with another account.
pub(super) fn resume(username: Option<&Username>, is_of_other: bool) -> String {
    let opened = if is_of_other { "This form was opened with another account. " } else { "" };
    match username {
        Some(username) => {
            format!("{opened}You are logged in as {username}. What you typed is kept, and not sent yet.")
        }
        None => format!("{opened}You are logged in. What you typed is kept, and not sent yet."),
    }
}

/// The button on that page.
pub(super) fn resume_button(username: Option<&Username>, is_of_other: bool) -> String {
    username.filter(|_| is_of_other).map_or_else(|| "Send it".into(), send_as)
}

// Links between the account pages.

/// The sentence before the link to the registration page.
pub(super) const REGISTER_QUESTION: &str = "New here?";
/// The link to the registration page.
pub(super) const REGISTER_LINK: &str = "Register";
/// The sentence before the link to the log-in page.
pub(super) const LOG_IN_QUESTION: &str = "Have an account?";
/// The link to the log-in page.
pub(super) const LOG_IN_LINK: &str = "Log in";

/// The sentence before the link to the registration page, where it asks for a code.
pub(super) const REGISTER_WITH_CODE_QUESTION: &str = "Have a registration code?";
/// On the log-in page, in place of that link.
pub(super) const REGISTRATION_CLOSED_ASIDE: &str = "Registration is closed.";

// Registration codes.

/// The title of the registration page where nobody may register.
pub(super) const REGISTRATION_CLOSED_TITLE: &str = "Registration is closed";
/// On that page.
pub(super) const REGISTRATION_CLOSED: &str = "This site takes no new accounts at the moment.";
/// Below the field of the code.
pub(super) const CODE_HINT: &str = "Four groups of letters and digits, from the person who invited you.";
/// The field of the code is blank.
pub(super) const CODE_MISSING: &str = "Please type your registration code.";
/// The code is unknown, used up, expired or revoked.
pub(super) const CODE_UNUSABLE: &str =
    "That registration code doesn't work. Please check it, or ask for a new one: it may be used up or expired.";

// Errors of a field.

/// A log-in or a registration by a browser that did not send back the cookie of its page.
pub(super) const NO_COOKIES: &str = "Your browser doesn't keep cookies from this site. Logging in needs one.";

/// The title of a page whose form has errors: it begins with "Error:", so that a screen reader says so first.
#[must_use]
pub fn error_title(title: &str) -> String {
    format!("Error: {title}")
}

/// Above a form with errors.
pub(super) const PLEASE_CHECK: &str = "Please check what you typed:";
/// A field was sent more than once.
pub(super) const FIELD_REPEATED: &str = "This field was sent more than once. Please fill it in again.";
/// A field contains U+0000.
pub(super) const FIELD_HAS_NUL: &str =
    "This field held a character that can't be stored. Please check it and send it again.";
/// The log-in form has neither an e-mail address nor a username.
pub(super) const IDENTIFIER_MISSING: &str = "Please type your username or email.";
/// The log-in form has no password.
pub(super) const PASSWORD_MISSING: &str = "Please type your password.";
/// The password that was asked again in a session is wrong.
pub(super) const WRONG_PASSWORD: &str = "That isn't your password. Please try again.";
/// The username is taken.
pub(super) const USERNAME_TAKEN: &str = "That username is taken.";
/// The username looks like that of another user.
pub(super) const USERNAME_LOOKS_ALIKE: &str = "That username looks like another one. Please choose a different one.";
/// The e-mail address is taken.
pub(super) const EMAIL_TAKEN: &str = "An account with that email already exists.";
/// The registration form has no password.
pub(super) const PASSWORD_EMPTY: &str = "Please choose a password.";
/// The password is above the length limit.
pub(super) const PASSWORD_TOO_LONG: &str = "Please choose a password of at most 1,024 characters.";
/// The second password differs from the first.
pub(super) const PASSWORDS_DIFFER: &str = "The two passwords differ.";

/// The label of the first field of the log-in form.
pub(super) fn log_in_label(by: LogInBy) -> &'static str {
    match by {
        LogInBy::EmailOrUsername => "Username or email",
        LogInBy::Email => "Email",
        LogInBy::Username => "Username",
    }
}

/// The log-in was refused, for any reason.
pub(super) fn mismatch(by: LogInBy) -> &'static str {
    match by {
        LogInBy::EmailOrUsername => "That username or email and password don't match. Please try again.",
        LogInBy::Email => "That email and password don't match. Please try again.",
        LogInBy::Username => "That username and password don't match. Please try again.",
    }
}

/// The hint below the field of a new password.
pub(super) fn password_hint(min_length: usize) -> String {
    format!("At least {min_length} characters. Three or four random words work well.")
}

/// Why a text is not a username.
pub(super) fn username(error: UsernameError) -> String {
    match error {
        UsernameError::Empty => "Please choose a username.".into(),
        UsernameError::TooShort => format!("A username has at least {} characters.", Username::MIN_LENGTH),
        UsernameError::TooLong => format!("A username has at most {} characters.", Username::MAX_LENGTH),
        UsernameError::Character => "A username is made of letters, digits, underscores, hyphens, and dots.".into(),
        UsernameError::Invisible => "There's an invisible character in this. Please type it again.".into(),
        UsernameError::OnlyDots => "A username needs more than dots.".into(),
        UsernameError::Reserved => "That username is reserved. Please choose another.".into(),
        UsernameError::MixedScript => {
            "That username mixes letters of several alphabets. Please use one of them.".into()
        }
    }
}

/// Why a text is not an e-mail address.
pub(super) fn email(error: EmailError) -> String {
    match error {
        EmailError::Empty => "Please give your email address.".into(),
        EmailError::TooLong => "An email address has at most 254 characters.".into(),
        EmailError::MissingAt => "An email address has an @ in it, such as name@example.com.".into(),
        EmailError::SeveralAts => "Please give one email address. This has more than one @.".into(),
        EmailError::WhiteSpace => "An email address has no spaces in it.".into(),
        EmailError::Character(wrong) => format!("An email address can't contain {wrong}"),
        EmailError::Invisible(_) => "There's an invisible character in this. Please type it again.".into(),
        EmailError::LocalPart => "Please check the part before the @. It looks like name@example.com.".into(),
        EmailError::Domain => "Please check the part after the @. It looks like name@example.com.".into(),
    }
}

/// Why a password is refused.
pub(super) fn password(refusal: &PasswordRefusal) -> String {
    match refusal {
        PasswordRefusal::Empty => PASSWORD_EMPTY.into(),
        PasswordRefusal::TooShort { min } => format!("Please choose a password of at least {min} characters."),
        PasswordRefusal::TooLong { max } => format!("Please choose a password of at most {max} characters."),
        PasswordRefusal::Guessable { warning: Some(warning) } => {
            format!("That password is easy to guess: {warning}. Three or four random words work well.")
        }
        PasswordRefusal::Guessable { warning: None } => {
            "That password is easy to guess. Three or four random words work well.".into()
        }
    }
}
