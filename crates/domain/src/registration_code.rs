//! Registration codes: invitations to register, where the service asks for one. The code itself is random and known to the person
//! who got it; here and in a store is its digest.

mod repository;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;
use std::time::Duration;

#[cfg(feature = "mock")]
pub use repository::MockRegistrationCodeRepository;
pub use repository::RegistrationCodeRepository;

use crate::Timestamp;

/// How long a code that is used up, revoked or expired stays listed after its end: 90 days. From then on it may be removed.
pub const LISTED_FOR: Duration = Duration::from_hours(90 * 24);

/// The SHA-256 of a code's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeDigest([u8; 32]);

impl CodeDigest {
    /// Wraps the 32 bytes of a digest.
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

impl fmt::Debug for CodeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeDigest(..)")
    }
}

/// The id of a code, by which an operator names it. An id is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeId(i64);

impl CodeId {
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

    /// The name of the code in the detail of an event, such as `code 7`.
    #[must_use]
    pub fn name(self) -> String {
        format!("code {}", self.0)
    }
}

/// How many accounts a code registers: 1 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeUses(u32);

/// The number is not 1 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code registers 1 to {} accounts", CodeUses::MAX.get())]
pub struct CodeUsesError;

impl CodeUses {
    /// One account.
    pub const ONE: Self = Self(1);
    /// The greatest number: 10,000.
    pub const MAX: Self = Self(10_000);

    /// Checks a number.
    ///
    /// # Errors
    /// [`CodeUsesError`]
    pub fn new(uses: u32) -> Result<Self, CodeUsesError> {
        if (1..=Self::MAX.0).contains(&uses) { Ok(Self(uses)) } else { Err(CodeUsesError) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// What an operator notes about a code, such as for whom it is: one line of 1 to 200 code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeNote(String);

/// The text is no note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a note is one line of 1 to {} characters", CodeNote::MAX_LENGTH)]
pub struct CodeNoteError;

impl CodeNote {
    /// The greatest length: 200 code points.
    pub const MAX_LENGTH: usize = 200;

    /// Parses a note.
    ///
    /// # Errors
    /// [`CodeNoteError`]
    pub fn parse(text: &str) -> Result<Self, CodeNoteError> {
        let text = crate::trim_invisible(text);
        let is_line = !text.chars().any(char::is_control);
        let length = text.chars().take(Self::MAX_LENGTH + 1).count();
        if is_line && (1..=Self::MAX_LENGTH).contains(&length) { Ok(Self(text.to_owned())) } else { Err(CodeNoteError) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A code to add.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// The digest of the code.
    pub digest: CodeDigest,
    /// How many accounts it registers.
    pub uses: CodeUses,
    /// What the operator notes about it.
    pub note: Option<CodeNote>,
    /// When it is made.
    pub created_at: Timestamp,
    /// When it ends. From then on it registers nobody.
    pub expires_at: Timestamp,
}

/// A stored code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCode {
    /// The id of the code.
    pub id: CodeId,
    /// How many accounts it registers in all.
    pub uses: CodeUses,
    /// How many it has registered.
    pub used: u32,
    /// What the operator notes about it.
    pub note: Option<CodeNote>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Whether a code registers an account, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeState {
    /// It registers an account.
    Usable,
    /// It has registered as many accounts as it may.
    UsedUp,
    /// Its time has ended.
    Expired,
    /// It was revoked.
    Revoked,
}

impl StoredCode {
    /// The state at a time.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> CodeState {
        match self {
            Self { revoked_at: Some(_), .. } => CodeState::Revoked,
            Self { used, uses, .. } if *used >= uses.get() => CodeState::UsedUp,
            Self { expires_at, .. } if *expires_at <= now => CodeState::Expired,
            _ => CodeState::Usable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_1_to_10_000() {
        assert_eq!([0, 1, 10_000, 10_001].map(|uses| CodeUses::new(uses).is_ok()), [false, true, true, false]);
    }

    #[test]
    fn note_is_one_line_of_up_to_200_code_points() {
        assert_eq!(CodeNote::parse(" for Zoë ").unwrap().as_str(), "for Zoë");
        assert!(CodeNote::parse(&"ä".repeat(200)).is_ok());
        for text in ["", "  ", "a\nb", "a\0", &"ä".repeat(201)] {
            assert_eq!(CodeNote::parse(text), Err(CodeNoteError), "{text:?}");
        }
    }

    #[test]
    fn state_names_what_ends_a_code_first() {
        let (now, before) = (Timestamp::from_millis(2), Timestamp::from_millis(1));
        let code = |used, expires_at, revoked_at| StoredCode {
            id: CodeId::new(1),
            uses: CodeUses::ONE,
            used,
            note: None,
            created_at: before,
            expires_at,
            revoked_at,
        };
        let later = Timestamp::from_millis(3);
        assert_eq!(code(0, later, None).state(now), CodeState::Usable);
        assert_eq!(code(0, now, None).state(now), CodeState::Expired);
        assert_eq!(code(1, now, None).state(now), CodeState::UsedUp);
        assert_eq!(code(1, now, Some(before)).state(now), CodeState::Revoked);
    }
}
