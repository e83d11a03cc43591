//! Argon2 (RFC 9106) of other programs, as a PHC string: `$argon2id$v=19$m=65536,t=3,p=4$salt$digest`.

use argon2::{Algorithm, Argon2, Params, Version};
use password_hash::phc::{self, Output, Salt};
use subtle::ConstantTimeEq;

/// A digest of Argon2 and its parameters.
pub(crate) struct Argon2Hash {
    algorithm: Algorithm,
    params: Params,
    salt: Salt,
    digest: Output,
}

impl Argon2Hash {
    /// The greatest memory, in KiB: 256 MiB.
    const MAX_MEMORY: u32 = 256 << 10;
    const MAX_LANES: u32 = 16;
    /// The greatest product of memory, in KiB, and passes, which is the time: 4 passes over the greatest memory.
    const MAX_WORK: u64 = 1 << 20;
    /// The shortest digest, in bytes. The longest is [`Output::MAX_LENGTH`], 64.
    const MIN_DIGEST_LENGTH: usize = 16;

    /// Parses the string. Argon2id is today's function; Django chose Argon2i before version 3.2. Argon2d is for other uses
    /// than passwords.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parsed = phc::PasswordHash::new(text).ok()?;
        let algorithm = match parsed.algorithm.as_str() {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            _ => return None,
        };
        let number = |name| parsed.params.get_decimal(name);
        let (memory, passes, lanes) = (number("m")?, number("t")?, number("p")?);
        let work = u64::from(memory) * u64::from(passes);
        if parsed.version != Some(19)
            || parsed.params.iter().count() != 3
            || memory > Self::MAX_MEMORY
            || lanes > Self::MAX_LANES
            || work > Self::MAX_WORK
        {
            return None;
        }
        let digest = parsed.hash.filter(|digest| digest.len() >= Self::MIN_DIGEST_LENGTH)?;
        let params = Params::new(memory, passes, lanes, Some(digest.len())).ok()?; // the least values of the RFC
        Some(Self { algorithm, params, salt: parsed.salt?, digest })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let argon2 = Argon2::new(self.algorithm, Version::V0x13, self.params.clone());
        let mut derived = [0; Output::MAX_LENGTH];
        let derived = &mut derived[..self.digest.len()];
        let is_derived = argon2.hash_password_into(password, &self.salt, derived).is_ok();
        is_derived && bool::from(derived.ct_eq(self.digest.as_bytes()))
    }
}
