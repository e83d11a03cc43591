//! A number that stands for a text: the same one in every build and on every machine, which the standard library's
//! hasher does not promise. It tells texts apart and resists nobody.

/// FNV-1a over 64 bits (Fowler, Noll and Vo), its halves folded together: its low bits alone see too little of a short
/// text.
pub(crate) fn fingerprint(text: &str) -> u64 {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_fingerprint_that_the_algorithm_gives_it() {
        // The reference's own vectors for "" and "foobar", folded.
        assert_eq!(fingerprint(""), 0xcbf2_9ce4_8422_2325 ^ 0xcbf2_9ce4);
        assert_eq!(fingerprint("foobar"), 0x8594_4171_f739_67e8 ^ 0x8594_4171);
    }
}
