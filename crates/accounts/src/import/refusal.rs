//! Why a row is not imported.

use domain::user::{EmailError, TakenKeys, UsernameError};

/// A row that is not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The line of the file where the row begins. The first line is 1.
    pub line: u64,
    /// The reason.
    pub refusal: RowRefusal,
}

/// Why a row is not imported. `Display` is a sentence for the operator, without the values of the row, which are personal
/// data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowRefusal {
    /// The row cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// The username breaks a rule of registrations.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// The e-mail address breaks a rule of registrations.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// No password can be verified against the hash.
    #[error("the password hash is of no kind that can be verified, or outside its bounds")]
    UnreadableHash,
    /// The date is before 1970 or in the future.
    #[error("the date is before 1970 or in the future")]
    JoinedAt,
    /// Another row has the username, in some spelling.
    #[error("line {line} has that username with another e-mail address")]
    RepeatedUsername {
        /// The line of that row.
        line: u64,
    },
    /// Another row has the e-mail address, in some spelling.
    #[error("line {line} has that e-mail address with another username")]
    RepeatedEmail {
        /// The line of that row.
        line: u64,
    },
    /// Another row has a username that looks like this one.
    #[error("the username looks like that of line {line}")]
    LooksLikeRow {
        /// The line of that row.
        line: u64,
    },
    /// A stored user has the username or the e-mail address, but not both, or a username that looks like this one.
    #[error("{}", taken_message(*_0))]
    Taken(TakenKeys),
}

fn taken_message(taken: TakenKeys) -> &'static str {
    match (taken.username, taken.email) {
        (true, true) => "the username and the e-mail address are those of two other users",
        (true, false) => "another user has that username, or gave it up less than 90 days ago",
        (false, false) if taken.look_alike => "the username looks like that of another user",
        (false, true) if taken.look_alike => {
            "another user has that e-mail address, and the username looks like that of another user"
        }
        _ => "another user has that e-mail address",
    }
}
