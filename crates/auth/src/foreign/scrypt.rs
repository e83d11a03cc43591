//! scrypt (RFC 7914) of other programs.

use scrypt::{Params, scrypt};
use subtle::ConstantTimeEq;

/// A digest of scrypt and its parameters.
pub(crate) struct ScryptHash {
    params: Params,
    salt: Vec<u8>,
    digest: [u8; Self::DIGEST_LENGTH],
}

impl ScryptHash {
    const DIGEST_LENGTH: usize = 64;
    /// The greatest N. With the greatest r it takes 256 MiB.
    const MAX_N: u32 = 1 << 17;
    const MAX_R: u32 = 16;
    /// The greatest N × r × p, which is the time: that of the greatest N and r, with p = 1.
    const MAX_WORK: u64 = 1 << 21;

    /// The hash, if N is a power of two, the parameters are at least 1 and within their bounds, and the digest has 64
    /// bytes.
    pub(super) fn new(n: u32, r: u32, p: u32, salt: Vec<u8>, digest: Vec<u8>) -> Option<Self> {
        if !n.is_power_of_two() || !(2..=Self::MAX_N).contains(&n) || !(1..=Self::MAX_R).contains(&r) {
            return None;
        }
        let work = u64::from(n) * u64::from(r) * u64::from(p); // at most 2^17 * 2^4 * 2^32
        if work > Self::MAX_WORK {
            return None;
        }
        let params = Params::new(u8::try_from(n.ilog2()).ok()?, r, p).ok()?; // rejects p = 0
        Some(Self { params, salt, digest: digest.try_into().ok()? })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let mut derived = [0; Self::DIGEST_LENGTH];
        let is_derived = scrypt(password, &self.salt, &self.params, &mut derived).is_ok();
        is_derived && bool::from(derived.ct_eq(&self.digest))
    }
}
