//! PBKDF2-HMAC of other programs, with any of three hash functions.

use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::Cost;

/// The hash functions that the programs use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Sha1,
    Sha256,
    Sha512,
}

impl Function {
    /// The length of a digest, in bytes: the programs derive as many as the function has.
    fn digest_length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// A digest of PBKDF2 and its parameters.
pub(crate) struct Pbkdf2Hash {
    function: Function,
    rounds: u32,
    salt: Vec<u8>,
    digest: Vec<u8>,
}

impl Pbkdf2Hash {
    /// The hash, if it has 1 to [`Cost::MAX_ROUNDS`] rounds and a digest of the function's length.
    pub(super) fn new(function: Function, rounds: u32, salt: Vec<u8>, digest: Vec<u8>) -> Option<Self> {
        let is_valid = (1..=Cost::MAX_ROUNDS).contains(&rounds) && digest.len() == function.digest_length();
        is_valid.then_some(Self { function, rounds, salt, digest })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let mut derived = [0; 64];
        let derived = &mut derived[..self.function.digest_length()];
        match self.function {
            Function::Sha1 => pbkdf2_hmac::<Sha1>(password, &self.salt, self.rounds, derived),
            Function::Sha256 => pbkdf2_hmac::<Sha256>(password, &self.salt, self.rounds, derived),
            Function::Sha512 => pbkdf2_hmac::<Sha512>(password, &self.salt, self.rounds, derived),
        }
        derived.ct_eq(&self.digest).into()
    }
}
