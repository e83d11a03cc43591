//! The policy for new passwords: length and strength.
//!
//! The policy applies at registration and at a password change, never at log-in: passwords chosen under an earlier
//! policy stay valid.

mod strength;

use std::fmt;

use self::strength::Strength;
use crate::Password;

/// The rules for a new password: its length and its strength.
///
/// No mix of letters, digits and signs is required, and no password expires (NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0,
/// V6.2.5 and V6.2.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPolicy {
    min_length: usize,
    max_length: usize,
    site_words: Vec<String>,
}

/// Why a setting of the policy is unsafe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordPolicyError {
    /// The least length is not within 8 to 64 code points.
    #[error("the least length of a password is 8 to 64 characters, not {_0}")]
    MinLength(usize),
    /// The greatest length is not within 64 to 1,024 code points.
    #[error("the greatest length of a password is 64 to {} characters, not {_0}", Password::MAX_LENGTH)]
    MaxLength(usize),
}

/// Why the policy rejects a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// The password is empty.
    #[error("a password is required")]
    Empty,
    /// Fewer code points than the policy requires.
    #[error("a password has at least {min} characters")]
    TooShort {
        /// The fewest code points.
        min: usize,
    },
    /// More code points than the policy allows.
    #[error("a password has at most {max} characters")]
    TooLong {
        /// The most code points.
        max: usize,
    },
    /// A cracking program would guess it within a million attempts.
    #[error("the password is easy to guess")]
    Guessable {
        /// The main weakness; `None` if there is no particular one.
        warning: Option<PasswordWarning>,
    },
}

/// The main weakness of a guessable password. `Display` is a phrase for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordWarning {
    /// The password consists of context-specific words: the username, the e-mail address or the site's name (ASVS 5.0,
    /// V6.2.11).
    ContextWord,
    /// The password is on a list of common passwords, or similar to one of them.
    Common,
    /// The password is a single word with little else.
    Word,
    /// The password is a name with little else.
    Name,
    /// The password repeats a part.
    Repeat,
    /// The password is a sequence, such as `abc` or `6543`.
    Sequence,
    /// The password is a pattern on the keyboard.
    Keyboard,
    /// The password is a date or a year.
    Date,
}

impl fmt::Display for PasswordWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContextWord => "it is made of your own name, your address or this site's name",
            Self::Common => "it is a common password",
            Self::Word => "a word by itself is among the first tries",
            Self::Name => "a name by itself is among the first tries",
            Self::Repeat => "it repeats itself",
            Self::Sequence => "it is a sequence, like abc or 6543",
            Self::Keyboard => "it is a pattern on the keyboard",
            Self::Date => "it is a date or a year",
        })
    }
}

impl Default for PasswordPolicy {
    /// 8 to 1,024 code points (ASVS 5.0, V6.2.1 and V6.2.9).
    fn default() -> Self {
        Self { min_length: 8, max_length: Password::MAX_LENGTH, site_words: Vec::new() }
    }
}

impl PasswordPolicy {
    /// At least 15 code points, which NIST SP 800-63B-4, 3.1.1.2 requires of a password without a second factor.
    #[must_use]
    pub fn strict() -> Self {
        Self { min_length: 15, ..Self::default() }
    }

    /// Sets the least length, in code points.
    ///
    /// # Errors
    /// [`PasswordPolicyError::MinLength`] outside 8 to 64.
    pub fn with_min_length(self, min_length: usize) -> Result<Self, PasswordPolicyError> {
        match min_length {
            8..=64 => Ok(Self { min_length, ..self }),
            _ => Err(PasswordPolicyError::MinLength(min_length)),
        }
    }

    /// Sets the greatest length, in code points.
    ///
    /// # Errors
    /// [`PasswordPolicyError::MaxLength`] outside 64 to 1,024 ([`Password::MAX_LENGTH`]).
    pub fn with_max_length(self, max_length: usize) -> Result<Self, PasswordPolicyError> {
        match max_length {
            64..=Password::MAX_LENGTH => Ok(Self { max_length, ..self }),
            _ => Err(PasswordPolicyError::MaxLength(max_length)),
        }
    }

    /// Sets the names of the site and its product, which an attacker tries first (ASVS 5.0, V6.2.11).
    #[must_use]
    pub fn with_site_words(self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { site_words: words.into_iter().map(Into::into).collect(), ..self }
    }

    /// The least length, in code points.
    #[must_use]
    pub const fn min_length(&self) -> usize {
        self.min_length
    }

    /// The greatest length, in code points.
    #[must_use]
    pub const fn max_length(&self) -> usize {
        self.max_length
    }

    /// Rejects a new password that breaks a rule.
    ///
    /// `user_words` are the username and the e-mail address; the parts of an address count as words of their own.
    ///
    /// Takes at most about 10 ms of one core. [`crate::Turn::hash_new_password`] calls it off the async threads.
    ///
    /// # Errors
    /// The first rule of [`PasswordRefusal`] that the password breaks.
    pub fn ensure_acceptable(&self, password: &Password, user_words: &[&str]) -> Result<(), PasswordRefusal> {
        self.ensure_length(password)?;
        let context_words = user_words.iter().copied().chain(self.site_words.iter().map(String::as_str));
        match strength::estimate(password.expose(), context_words) {
            Strength::Sufficient => Ok(()),
            Strength::Guessable(warning) => Err(PasswordRefusal::Guessable { warning }),
        }
    }

    /// Rejects a new password by its length only, which takes no time. [`PasswordPolicy::ensure_acceptable`] does so too.
    ///
    /// # Errors
    /// [`PasswordRefusal::Empty`], [`PasswordRefusal::TooShort`] or [`PasswordRefusal::TooLong`].
    pub fn ensure_length(&self, password: &Password) -> Result<(), PasswordRefusal> {
        match password.length() {
            0 => Err(PasswordRefusal::Empty),
            length if length < self.min_length => Err(PasswordRefusal::TooShort { min: self.min_length }),
            length if length > self.max_length => Err(PasswordRefusal::TooLong { max: self.max_length }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
