//! The idempotency key of a registration: a form that is submitted twice adds one user.

use std::fmt;
use std::time::Duration;

/// What identifies one submitted registration form: a keyed hash of the form's random key and of the user's unique names.
/// Stored with the user for [`RegistrationKey::LIFETIME`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RegistrationKey([u8; 32]);

impl RegistrationKey {
    /// How long after a registration a repeat of it is recognized: ten minutes.
    pub const LIFETIME: Duration = Duration::from_mins(10);

    /// Wraps the 32 bytes of a keyed hash.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for RegistrationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrationKey(..)")
    }
}
