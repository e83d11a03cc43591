//! Which passwords may be chosen. Asked at registration and at a change, never at log-in: what was chosen under an
//! earlier policy still opens.

mod guess;

use std::fmt;

use self::guess::Verdict;
use crate::Password;

/// The rules for a new password. Length and guessability alone: no mix of letters, digits and signs is asked for, and
/// none expires (NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, V6.2.5 and V6.2.10).
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

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Nothing was typed.
    #[error("a password is required")]
    Empty,
    /// Too few code points.
    #[error("a password has at least {min} characters")]
    TooShort {
        /// The fewest.
        min: usize,
    },
    /// Too many code points for this policy.
    #[error("a password has at most {max} characters")]
    TooLong {
        /// The most.
        max: usize,
    },
    /// A program would guess it within a million tries.
    #[error("the password is easy to guess")]
    Guessable {
        /// What gives it away; `None` where it is simply not much.
        warning: Option<Warning>,
    },
}

/// What makes a password easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// It is made of the username, the e-mail address or the site's name.
    OwnWord,
    /// It is on a list of common passwords, or nearly so.
    Common,
    /// It is a word, and little else.
    Word,
    /// It is somebody's name, and little else.
    Name,
    /// It repeats itself.
    Repeat,
    /// It is a sequence, such as `abc` or `6543`.
    Sequence,
    /// It is a pattern on the keyboard.
    Keyboard,
    /// It is a date or a year.
    Date,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OwnWord => "it is made of your own name, your address or this site's name",
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
    /// At least 15 code points, as NIST SP 800-63B-4, 3.1.1.2 asks of a password that is not followed by a second factor.
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

    /// Sets the names of the site and its product, which a guesser tries first (ASVS 5.0, V6.2.11).
    #[must_use]
    pub fn with_site_words(self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { site_words: words.into_iter().map(Into::into).collect(), ..self }
    }

    /// The fewest code points, for the page that asks for a password.
    #[must_use]
    pub const fn min_length(&self) -> usize {
        self.min_length
    }

    /// The most code points.
    #[must_use]
    pub const fn max_length(&self) -> usize {
        self.max_length
    }

    /// Whether a password may be chosen by somebody whose username and e-mail address are `own_words`; an address's
    /// parts count by themselves. It takes some 10 ms of a core at worst: [`crate::Hasher::hash_new_password`] asks it off the
    /// async threads.
    ///
    /// # Errors
    /// The first rule of [`PasswordRefusal`] that it breaks.
    pub fn check(&self, password: &Password, own_words: &[&str]) -> Result<(), PasswordRefusal> {
        self.check_length(password)?;
        let words = own_words.iter().copied().chain(self.site_words.iter().map(String::as_str));
        match guess::judge(password.expose(), words) {
            Verdict::Hard => Ok(()),
            Verdict::Easy(warning) => Err(PasswordRefusal::Guessable { warning }),
        }
    }

    /// The part of [`Self::check`] that is no work.
    pub(crate) fn check_length(&self, password: &Password) -> Result<(), PasswordRefusal> {
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
