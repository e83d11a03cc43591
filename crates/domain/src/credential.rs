//! Credentials: the stored password hash of a user, separate from the user record.

mod repository;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;

pub use repository::CredentialRepository;
#[cfg(feature = "mock")]
pub use repository::MockCredentialRepository;

use crate::user::User;

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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_hash() {
        assert_eq!(format!("{:?}", PasswordHash::new("$pbkdf2-sha256$secret".into())), "PasswordHash(..)");
    }
}
