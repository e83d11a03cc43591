//! How somebody proves who they are: the stored hash of their password, kept apart from the user record.

mod repository;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;

pub use repository::CredentialRepository;
#[cfg(feature = "mock")]
pub use repository::MockCredentialRepository;

use crate::user::User;

/// A password's hash in PHC form. A secret: it cannot be printed, nor compared in a time that tells.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes the hash as it was stored or just made. What it says is checked where it is verified.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, for the store and the verifier alone.
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

/// A user and the hash their password must match.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Whose it is.
    pub user: User,
    /// What a typed password is held against.
    pub hash: PasswordHash,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_cannot_be_printed() {
        assert_eq!(format!("{:?}", PasswordHash::new("$pbkdf2-sha256$secret".into())), "PasswordHash(..)");
    }
}
