//! Users: the record, and the types of its unique names. Password hashes are in [`crate::credential`].

mod deletion;
mod email;
mod import;
mod look_alike;
mod registration_key;
mod repository;
mod role;
mod username;

#[cfg(feature = "contract")]
pub mod contract;

pub use deletion::{CompleteDeletionError, Deletion, DueDeletion, RequestDeletionError, RequestedDeletion};
pub use email::{Email, EmailError};
pub use import::{ImportOutcome, ImportedUser};
pub use registration_key::RegistrationKey;
#[cfg(feature = "mock")]
pub use repository::MockUserRepository;
pub use repository::{AddUserError, ChangeEmailError, FormerUsername, RenameUserError, TakenKeys, UserRepository};
pub use role::{AddRoleError, MOST_ROLES, Role, RoleError, Roles};
pub use username::{Username, UsernameError};

use crate::Timestamp;
use crate::registration_code::CodeDigest;

/// The id of a user. An id is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(i64);

impl UserId {
    /// Wraps a row id.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The row id.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A user with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id of the user.
    pub id: UserId,
    /// The public name.
    pub username: Username,
    /// The e-mail address, which only the user may see.
    pub email: Email,
    /// When the account was created, by the server's clock.
    pub joined_at: Timestamp,
    /// When an operator disabled the account. `None` if the user may log in.
    pub disabled_at: Option<Timestamp>,
    /// The deletion of the account, if it was requested.
    pub deletion: Option<Deletion>,
}

impl User {
    /// Whether the user may have a session: the account is neither disabled nor deleted, and its deletion is not requested.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.disabled_at.is_none() && self.deletion.is_none()
    }

    /// Whether a log-in at `now` can succeed. It undoes a requested deletion that is not due.
    #[must_use]
    pub fn may_log_in(&self, now: Timestamp) -> bool {
        self.disabled_at.is_none() && self.deletion.is_none_or(|deletion| deletion.can_be_undone(now))
    }
}

/// A user to add.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The public name.
    pub username: Username,
    /// The e-mail address.
    pub email: Email,
    /// When the account is created, by the server's clock.
    pub joined_at: Timestamp,
    /// What identifies the submitted form; `None` where a repeat of it need not be recognized.
    pub registration_key: Option<RegistrationKey>,
    /// The registration code that is used up with the user; `None` where none is asked for.
    pub code: Option<CodeDigest>,
}
