//! A stable fingerprint of a text: the same in every build and on every machine, which the standard library's hasher
//! does not promise.

use sha2::{Digest as _, Sha256};

/// The first 8 bytes of the text's SHA-256.
pub(crate) fn fingerprint(text: &str) -> u64 {
    let digest = Sha256::digest(text);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_is_the_start_of_sha_256() {
        // The test vector of FIPS 180-2 for "abc", and the digest of the empty text.
        assert_eq!(fingerprint("abc"), 0xba78_16bf_8f01_cfea);
        assert_eq!(fingerprint(""), 0xe3b0_c442_98fc_1c14);
    }
}
