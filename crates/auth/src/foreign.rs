//! Password hashes of other programs, for users who were imported from them.
//!
//! They are only verified, never written: a match is rehashed at the current cost. A stored string is not trusted: every
//! parameter is within bounds before any work, and each set of parameters has one spelling. A mismatch may take less
//! time or more than one of ours; [`crate::Turn::verify`] adds what is missing.
//!
//! [`werkzeug`] and [`django`] parse what those programs write; the other modules have one function each, with its
//! bounds.

mod argon2;
mod bcrypt;
mod django;
mod pbkdf2;
mod scrypt;
mod werkzeug;

use std::sync::{Mutex, PoisonError};

use domain::credential::PasswordHash;

use self::argon2::Argon2Hash;
use self::bcrypt::BcryptHash;
use self::pbkdf2::Pbkdf2Hash;
use self::scrypt::ScryptHash;
use crate::Password;

/// Held while a memory-hard function runs: a process computes one at a time, of at most 256 MiB.
static MEMORY_HARD: Mutex<()> = Mutex::new(());

/// A password hash of another program, within the bounds.
pub(crate) enum ForeignHash {
    Pbkdf2(Pbkdf2Hash),
    Scrypt(ScryptHash),
    Bcrypt(BcryptHash),
    Argon2(Argon2Hash),
}

impl ForeignHash {
    /// The longest string, in bytes. Those of the programs have at most 200.
    const MAX_LENGTH: usize = 512;

    /// Parses a stored string. `None` if no program writes it, or if it breaks a bound.
    pub(crate) fn parse(stored: &PasswordHash) -> Option<Self> {
        let text = stored.expose();
        if text.len() > Self::MAX_LENGTH {
            return None;
        }
        let bcrypt = || BcryptHash::parse(text).map(Self::Bcrypt);
        let argon2 = || Argon2Hash::parse(text).map(Self::Argon2);
        werkzeug::parse(text).or_else(|| django::parse(text)).or_else(bcrypt).or_else(argon2)
    }

    /// Whether the password matches, as it was typed or in NFKC.
    ///
    /// The other programs hash the bytes as they are typed, which differ between devices. Text in NFKC already, such as
    /// any in ASCII, takes one computation.
    pub(crate) fn verify(&self, password: &Password) -> bool {
        password.expose_typed().is_some_and(|typed| self.verify_bytes(typed.as_bytes()))
            || self.verify_bytes(password.expose().as_bytes())
    }

    fn verify_bytes(&self, password: &[u8]) -> bool {
        let _one_at_a_time = self.is_memory_hard().then(|| MEMORY_HARD.lock().unwrap_or_else(PoisonError::into_inner));
        match self {
            Self::Pbkdf2(hash) => hash.verify(password),
            Self::Scrypt(hash) => hash.verify(password),
            Self::Bcrypt(hash) => hash.verify(password),
            Self::Argon2(hash) => hash.verify(password),
        }
    }

    fn is_memory_hard(&self) -> bool {
        matches!(self, Self::Scrypt(_) | Self::Argon2(_))
    }
}

/// A salt as the bytes of its text: 1 to 128 printable ASCII characters. The programs choose letters and digits.
fn salt_of(text: &str) -> Option<Vec<u8>> {
    let is_valid = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_valid.then(|| text.as_bytes().to_vec())
}

/// A number as the programs write it: decimal digits without a leading zero.
fn number_of(text: &str) -> Option<u32> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_decimal { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
