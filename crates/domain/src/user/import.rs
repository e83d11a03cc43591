//! Users of another program: what is imported of each, and what became of it.

use super::{Email, TakenKeys, UserId, Username};
use crate::Timestamp;
use crate::credential::PasswordHash;

/// A user of another program to add.
#[derive(Debug, Clone)]
pub struct ImportedUser {
    /// The public name.
    pub username: Username,
    /// The e-mail address.
    pub email: Email,
    /// The hash that the other program stored, or [`PasswordHash::no_password`].
    pub hash: PasswordHash,
    /// When the account was created there.
    pub joined_at: Timestamp,
}

/// What became of an [`ImportedUser`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// The user was added.
    Added(UserId),
    /// A user has both keys already. Nothing of that user was changed.
    AlreadyThere(UserId),
    /// A user has one of the keys, or two users have one each. Nothing was written.
    Taken(TakenKeys),
}
