//! Who somebody is: the user record, and the names that are unique. No password is here: see [`crate::credential`].

mod email;
mod repository;
mod username;

#[cfg(feature = "contract")]
pub mod contract;

pub use email::{Email, EmailError};
#[cfg(feature = "mock")]
pub use repository::MockUserRepository;
pub use repository::{AddUserError, TakenKeys, UserRepository};
pub use username::{Username, UsernameError};

use crate::Timestamp;

/// Identifies a user for good; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(i64);

impl UserId {
    /// The user with that number in the store.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number in the store.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who, for the store.
    pub id: UserId,
    /// Who, for people: public.
    pub username: Username,
    /// Where mail goes: nobody else's to see.
    pub email: Email,
    /// When the account was made, by the server's clock.
    pub joined_at: Timestamp,
    /// Since when an operator keeps them out; `None` for everybody else.
    pub disabled_at: Option<Timestamp>,
}

/// Somebody who is about to have an account.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name they chose.
    pub username: Username,
    /// The address they gave.
    pub email: Email,
    /// When, by the server's clock.
    pub joined_at: Timestamp,
}
