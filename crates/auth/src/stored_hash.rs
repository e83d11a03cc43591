//! A stored password hash that was parsed: one of ours, or with the feature `import` one of another program.

use domain::credential::PasswordHash;

#[cfg(feature = "import")]
use crate::foreign::ForeignHash;
use crate::phc::Phc;

/// A password hash within the bounds of verification.
pub(crate) enum StoredHash {
    Own(Phc),
    #[cfg(feature = "import")]
    Foreign(ForeignHash),
}

impl StoredHash {
    /// Parses a stored string. `None` if it breaks a bound.
    pub(crate) fn parse(stored: &PasswordHash) -> Option<Self> {
        let own = Phc::parse(stored).map(Self::Own);
        #[cfg(feature = "import")]
        let own = own.or_else(|| ForeignHash::parse(stored).map(Self::Foreign));
        own
    }
}
