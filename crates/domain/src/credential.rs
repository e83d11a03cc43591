//! Credentials: the stored password hash of a user, separate from the user record.

mod repository;
mod reset;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;

#[cfg(feature = "mock")]
pub use repository::MockCredentialRepository;
pub use repository::{CredentialRepository, PasswordChangeError};
pub use reset::{MOST_RESET_TOKENS, NewResetToken, RESET_LIFETIME, ResetDigest};

use crate::Timestamp;
use crate::session::Rotation;
use crate::user::{User, UserId};

/// The hash of a password, as a PHC string, or as another program wrote it.
///
/// `Debug` hides it, and it has no `PartialEq`, which would not take constant time.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Stored in place of a hash for an account without a password, as in `/etc/shadow` and by Django. No password matches.
    const NO_PASSWORD: &str = "!";

    /// Wraps a stored or a new string. It is parsed when a password is verified.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The mark of an account without a password: its user cannot log in until one is set.
    #[must_use]
    pub fn no_password() -> Self {
        Self(Self::NO_PASSWORD.to_owned())
    }

    /// Whether this is the mark of an account without a password.
    #[must_use]
    pub fn is_no_password(&self) -> bool {
        self.0 == Self::NO_PASSWORD
    }

    /// The PHC string, for the store and the verification only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// A user and the hash of the password.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The user.
    pub user: User,
    /// The stored hash of the password.
    pub hash: PasswordHash,
    /// The version of the password.
    pub version: PasswordVersion,
}

/// How often the password of a user was changed: it tells a password that was verified from one that was set since. A rehash
/// does not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordVersion(i64);

impl PasswordVersion {
    /// The version of a new account.
    pub const INITIAL: Self = Self(0);

    /// Wraps a stored version.
    #[must_use]
    pub const fn new(version: i64) -> Self {
        Self(version)
    }

    /// The version after one change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The stored number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A new password of a user.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The user.
    pub user: UserId,
    /// The hash of the new password.
    pub hash: PasswordHash,
    /// What authorizes the change.
    pub authorized_by: ChangeAuthority,
    /// The session that stays, with a new token. All others end.
    pub keep: Option<Rotation>,
}

/// What authorizes a change of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeAuthority {
    /// The current password, which was verified at this version. The user is not disabled.
    CurrentPassword(PasswordVersion),
    /// The operator. The user may be disabled.
    Operator,
    /// A reset token of the user, which works at `now` and is used up. The user is not disabled.
    ResetToken {
        /// The digest of the token.
        digest: ResetDigest,
        /// The time of the change.
        now: Timestamp,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_hash() {
        assert_eq!(format!("{:?}", PasswordHash::new("$pbkdf2-sha256$secret".into())), "PasswordHash(..)");
    }
}
