//! The keys under which attempts are counted.

use domain::throttle::ThrottleKey;
use sha2::{Digest, Sha256};

/// The key of what is counted: the SHA-256 of a kind and its parts, each with its length in front.
///
/// People type passwords where a name belongs, so no typed text is stored. Other parts, such as an address, can be found
/// by trying all of them: a key is as private as its parts.
#[must_use]
pub fn throttle_key(kind: &str, parts: &[&[u8]]) -> ThrottleKey {
    let parts = [kind.as_bytes()].into_iter().chain(parts.iter().copied());
    let hash =
        parts.fold(Sha256::new(), |hash, part| hash.chain_update((part.len() as u64).to_le_bytes()).chain_update(part));
    ThrottleKey::new(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_depends_on_kind_and_each_part() {
        let key = throttle_key("log-in", &[b"ada", b"203.0.113.9"]);
        assert_eq!(key, throttle_key("log-in", &[b"ada", b"203.0.113.9"]));
        for other in [
            throttle_key("reset", &[b"ada", b"203.0.113.9"]),
            throttle_key("log-in", &[b"ben", b"203.0.113.9"]),
            throttle_key("log-in", &[b"ada", b"203.0.113.8"]),
            throttle_key("log-in", &[b"ada2", b"03.0.113.9"]),
            throttle_key("log-in", &[b"ada203.0.113.9"]),
            throttle_key("log-in", &[b"ada", b"203.0.113.9", b""]),
        ] {
            assert_ne!(key, other);
        }
    }
}
