//! HMAC-SHA-256 under the secret of a session or of a pre-session cookie.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The HMAC-SHA-256 of the message that the parts form together. The first part is a label that no other use has.
pub(crate) fn keyed_hash(secret: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // RFC 2104 pads a key shorter than a block with zeros. Padding here, where the length is known, cannot fail.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(secret);
    let hash = parts.iter().fold(Hmac::<Sha256>::new((&*block).into()), Mac::chain_update);
    hash.finalize().into_bytes().into()
}
