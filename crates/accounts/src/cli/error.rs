//! Why a command failed, as one line for the operator, and with which exit code.

use std::process::ExitCode;

use auth::{HashQueueFull, PasswordRefusal, PasswordTooLong};
use domain::StoreError;
use domain::user::{AddRoleError, EmailError, TakenKeys, UsernameError};

use super::ImportCommandError;
use crate::{RegisterError, SetPasswordError};

/// The exit code of a command that was refused for what it was given.
pub(super) const REFUSED: u8 = 2;

/// The exit code of a command about a user who does not exist.
const NO_SUCH_USER: u8 = 3;

/// Why a command failed. Each message is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The import failed.
    #[error(transparent)]
    Import(#[from] ImportCommandError),
    /// No user has the name, the address or the id.
    #[error("there is no user {0}")]
    NoSuchUser(String),
    /// There is no such registration code, or it is revoked already.
    #[error("there is no code {0}, or it is revoked already")]
    NoSuchCode(i64),
    /// Another user has the name or the address.
    #[error("{}", taken(*.0))]
    Taken(TakenKeys),
    /// The text is not a username.
    #[error("this is not a username: {0}")]
    Username(UsernameError),
    /// The text is not an e-mail address.
    #[error("this is not an e-mail address: {0}")]
    Email(EmailError),
    /// The policy refuses the password.
    #[error("the password is refused: {}", weakness(*.0))]
    Weak(PasswordRefusal),
    /// The password is longer than any policy allows.
    #[error("the password is refused: {0}")]
    TooLong(PasswordTooLong),
    /// The password was typed twice, and not alike.
    #[error("the two passwords differ")]
    PasswordsDiffer,
    /// The password has the character NUL.
    #[error("the password has the character NUL, which no browser sends")]
    PasswordHasNul,
    /// No password was given.
    #[error("there is no password on standard input: type one, or pass one line")]
    NoPassword,
    /// Standard input has more than one line.
    #[error("standard input has more than one line: pass the password alone, on one line")]
    SeveralLines,
    /// The terminal or standard input cannot be read.
    #[error("the password cannot be read")]
    Input(#[source] std::io::Error),
    /// A link is of no use to a disabled user.
    #[error("{0} is disabled, and no link works until {0} is enabled")]
    Disabled(String),
    /// A link is of no use to a user whose deletion is requested.
    #[error("{username} is to be deleted on {due}, unless {username} logs in before: set a password by `user passwd`")]
    DeletionRequested {
        /// The username.
        username: String,
        /// From when on a log-in does not undo the deletion, as RFC 3339.
        due: String,
    },
    /// There is no link to print.
    #[cfg(feature = "poem")]
    #[error("{}{}", .0, hint(*.0))]
    Link(crate::web::ResetLinkError),
    /// The file exists already, or cannot be written.
    #[error("cannot write {file}: {cause}")]
    Unwritable {
        /// The file.
        file: String,
        /// The system's error.
        cause: std::io::Error,
    },
    /// Standard output cannot be written.
    #[error("cannot write the result: {0}")]
    Output(std::io::Error),
    /// The user has as many roles as a user may have.
    #[error("a user has at most {} roles", domain::user::MOST_ROLES)]
    TooManyRoles,
    /// The embedder refuses the user.
    #[error("{0}")]
    RefusedByHook(String),
    /// The hash queue is full, or the program is ending.
    #[error("{0}")]
    HashQueueFull(HashQueueFull),
    /// A limit refuses the command.
    #[error("too many accounts were registered")]
    Throttled,
    /// The store failed.
    #[error("the database failed: {}", causes(.0))]
    Store(StoreError),
}

impl CommandError {
    /// The exit code of the program: 2 where the command was refused for what it was given, 3 where there is no such user or code, and 1
    /// for every other failure.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NoSuchUser(_) | Self::NoSuchCode(_) => ExitCode::from(NO_SUCH_USER),
            Self::Taken(_)
            | Self::Username(_)
            | Self::Email(_)
            | Self::Weak(_)
            | Self::TooLong(_)
            | Self::PasswordsDiffer
            | Self::PasswordHasNul
            | Self::NoPassword
            | Self::SeveralLines
            | Self::TooManyRoles
            | Self::Disabled(_)
            | Self::DeletionRequested { .. }
            | Self::RefusedByHook(_) => ExitCode::from(REFUSED),
            #[cfg(feature = "poem")]
            Self::Link(_) => ExitCode::from(REFUSED),
            Self::Import(_)
            | Self::Unwritable { .. }
            | Self::Output(_)
            | Self::Input(_)
            | Self::HashQueueFull(_)
            | Self::Throttled
            | Self::Store(_) => ExitCode::FAILURE,
        }
    }
}

/// Conversions without a source: the message has the causes already, and a program that prints those too would repeat them.
macro_rules! from {
    ($($(#[$attribute:meta])* $error:ty => $variant:ident,)*) => { $(
        $(#[$attribute])*
        impl From<$error> for CommandError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )* };
}

from! {
    UsernameError => Username,
    EmailError => Email,
    PasswordTooLong => TooLong,
    StoreError => Store,
    HashQueueFull => HashQueueFull,
    #[cfg(feature = "poem")]
    crate::web::ResetLinkError => Link,
}

impl From<RegisterError> for CommandError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Weak(refusal) => Self::Weak(refusal),
            RegisterError::Username(error) => Self::Username(error),
            RegisterError::Taken(taken) => Self::Taken(taken),
            RegisterError::Throttled(_) => Self::Throttled,
            RegisterError::HashQueueFull(full) => Self::HashQueueFull(full),
            // No operator's registration is refused for a code.
            RegisterError::Code(_) | RegisterError::Closed => Self::RefusedByHook(error.to_string()),
            RegisterError::Refused(refusal) => Self::RefusedByHook(refusal.message),
            RegisterError::Store(failure) => Self::Store(failure),
        }
    }
}

/// The error of a use case about a user, with the name by which the operator has called the user.
pub(super) trait OfUser {
    fn of_user(self, user: &str) -> CommandError;
}

impl OfUser for SetPasswordError {
    fn of_user(self, user: &str) -> CommandError {
        match self {
            Self::NotFound => CommandError::NoSuchUser(user.to_owned()),
            Self::Weak(refusal) => CommandError::Weak(refusal),
            Self::HashQueueFull(full) => CommandError::HashQueueFull(full),
            Self::Store(failure) => CommandError::Store(failure),
        }
    }
}

impl OfUser for AddRoleError {
    fn of_user(self, user: &str) -> CommandError {
        match self {
            Self::NotFound => CommandError::NoSuchUser(user.to_owned()),
            Self::TooMany => CommandError::TooManyRoles,
            Self::Store(failure) => CommandError::Store(failure),
        }
    }
}

fn taken(taken: TakenKeys) -> &'static str {
    match taken {
        TakenKeys { username: true, email: true, .. } => "the username and the e-mail address are taken",
        TakenKeys { username: true, .. } => "the username is taken",
        TakenKeys { look_alike: true, email: true, .. } => {
            "the username looks like another one, and the e-mail address is taken"
        }
        TakenKeys { look_alike: true, .. } => "the username looks like another one",
        TakenKeys { .. } => "the e-mail address is taken",
    }
}

#[cfg(feature = "poem")]
fn hint(error: crate::web::ResetLinkError) -> &'static str {
    match error {
        crate::web::ResetLinkError::NoOrigin => ": pass it by --origin https://…",
        crate::web::ResetLinkError::NoPage => "",
    }
}

fn weakness(refusal: PasswordRefusal) -> String {
    match refusal {
        PasswordRefusal::Guessable { warning: Some(warning) } => format!("it is easy to guess, since {warning}"),
        other => other.to_string(),
    }
}

/// An error and its causes in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.ends_with(&text) {
            line = format!("{line}: {text}");
        }
        cause = error.source();
    }
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
