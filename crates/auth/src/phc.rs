//! Our hashes as PHC strings: the one form that is written, and the only one that is read.
//!
//! `password-hash` reads and writes the format, which leaves open what is closed here: other functions, versions,
//! missing or further parameters, short salts, digests of 10 to 64 bytes. A stored string is not trusted: its bounds
//! are checked before any work, so that neither `i=4294967295` nor an empty digest does harm.

use domain::credential::PasswordHash;
use password_hash::phc::{self, Ident, Output, Salt};

use crate::Cost;

/// A hash that keeps the bounds: `$pbkdf2-sha256$i=600000,l=32$salt$digest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phc {
    /// 1,000 to [`Cost::CEILING`].
    pub(crate) rounds: u32,
    /// 16 to 48 bytes ([`Salt::MAX_LENGTH`]); ours have 16.
    pub(crate) salt: Vec<u8>,
    /// What PBKDF2-HMAC-SHA256 gave.
    pub(crate) digest: [u8; 32],
}

impl Phc {
    /// The length of the salts we make, in bytes (NIST SP 800-132 asks for 16).
    pub(crate) const SALT: usize = 16;
    /// The fewest rounds a stored hash may have: RFC 8018's, and the year 2000's.
    const FEWEST_ROUNDS: u32 = 1_000;
    const FUNCTION: Ident = Ident::new_unwrap("pbkdf2-sha256");

    /// Reads a stored string; `None` where it breaks a bound.
    pub(crate) fn parse(stored: &PasswordHash) -> Option<Self> {
        let read = phc::PasswordHash::new(stored.expose()).ok()?;
        let rounds = read.params.get_decimal("i").filter(|i| (Self::FEWEST_ROUNDS..=Cost::CEILING).contains(i))?;
        let salt = read.salt.filter(|salt| salt.len() >= Self::SALT)?.to_vec();
        let digest = read.hash?.as_bytes().try_into().ok()?;
        let phc = Self { rounds, salt, digest };
        // What we would not write in just these words is not ours. Nothing that was typed is compared here.
        (phc.to_hash().expose() == stored.expose()).then_some(phc)
    }

    /// The string to store.
    pub(crate) fn to_hash(&self) -> PasswordHash {
        // No `ok` below turns anything into nothing: a `Phc`'s lengths are within what the types hold.
        const {
            assert!(Salt::MIN_LENGTH <= Self::SALT && Self::SALT <= Salt::MAX_LENGTH);
            assert!(Output::MIN_LENGTH <= 32 && 32 <= Output::MAX_LENGTH);
        }
        let written = phc::PasswordHash {
            algorithm: Self::FUNCTION,
            version: None,
            params: format!("i={},l=32", self.rounds).parse().unwrap_or_default(),
            salt: Salt::new(&self.salt).ok(),
            hash: Output::new(&self.digest).ok(),
        };
        PasswordHash::new(written.to_string())
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
    use proptest::prelude::*;

    use super::*;

    const SALT: &str = "AAAAAAAAAAAAAAAAAAAAAA";
    const DIGEST: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn parse(text: &str) -> Option<Phc> {
        Phc::parse(&PasswordHash::new(text.to_owned()))
    }

    #[test]
    fn our_form_is_read_and_written() {
        let text = format!("$pbkdf2-sha256$i=600000,l=32${SALT}${DIGEST}");
        let phc = Phc { rounds: 600_000, salt: vec![0; 16], digest: [0; 32] };
        assert_eq!(phc.to_hash().expose(), text);
        assert_eq!(parse(&text), Some(phc));
    }

    #[test]
    fn rounds_outside_the_bounds_are_not_read() {
        for (rounds, read) in [
            ("999", false),
            ("1000", true),
            ("10000000", true),
            ("10000001", false),
            ("4294967295", false),
            ("99999999999999999999", false),
            ("0600000", false),
            ("+600000", false),
            ("-1", false),
            ("", false),
        ] {
            assert_eq!(parse(&format!("$pbkdf2-sha256$i={rounds},l=32${SALT}${DIGEST}")).is_some(), read, "{rounds}");
        }
    }

    #[test]
    fn salts_and_digests_of_other_lengths_are_not_read() {
        for (salt, digest, read) in [
            (16, 32, true),
            (48, 32, true),
            (15, 32, false),
            (49, 32, false),
            (16, 31, false),
            (16, 33, false),
            (16, 0, false),
        ] {
            let (salt_64, digest_64) = (BASE64.encode(vec![7; salt]), BASE64.encode(vec![7; digest]));
            let text = format!("$pbkdf2-sha256$i=10000000,l=32${salt_64}${digest_64}");
            assert_eq!(parse(&text).is_some(), read, "salt {salt}, digest {digest}");
        }
    }

    #[test]
    fn other_forms_are_not_read() {
        for text in [
            String::new(),
            "$".into(),
            "plain text".into(),
            format!("$pbkdf2-sha512$i=600000,l=32${SALT}${DIGEST}"),
            format!("$pbkdf2$i=600000,l=32${SALT}${DIGEST}"),
            format!("$pbkdf2-sha256$v=1$i=600000,l=32${SALT}${DIGEST}"),
            format!("$pbkdf2-sha256$i=600000${SALT}${DIGEST}"),
            format!("$pbkdf2-sha256$i=600000,i=1000,l=32${SALT}${DIGEST}"),
            format!("$pbkdf2-sha256$l=32,i=600000${SALT}${DIGEST}"),
            format!("$pbkdf2-sha256$i=600000,l=32,p=1${SALT}${DIGEST}"),
            format!("$pbkdf2-sha256$i=600000,l=33${SALT}${DIGEST}"),
            format!("$pbkdf2-sha256${SALT}${DIGEST}"),
            format!("$pbkdf2-sha256$i=600000,l=32${SALT}${DIGEST}$"),
            format!("$pbkdf2-sha256$i=600000,l=32${SALT}"),
            format!("$pbkdf2-sha256$i=600000,l=32${SALT}${DIGEST}="),
            format!("$pbkdf2-sha256$i=600000,l=32${SALT}$B{}", &DIGEST[..42].replace('A', "_")),
            format!("$pbkdf2-sha256$i=600000,l=32${SALT}${}B", &DIGEST[..42]),
            format!(" $pbkdf2-sha256$i=600000,l=32${SALT}${DIGEST}"),
        ] {
            assert_eq!(parse(&text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_string_panics(text in any::<String>(), rounds in any::<String>(), rest in "[A-Za-z0-9+/=$,]{0,120}") {
            parse(&text);
            parse(&format!("$pbkdf2-sha256$i={rounds},l=32${rest}"));
        }

        #[test]
        fn what_is_written_is_read_and_what_is_read_has_one_spelling(
            rounds in 1_000..=10_000_000u32,
            salt in prop::collection::vec(any::<u8>(), 16..=48),
            digest: [u8; 32],
            at in any::<prop::sample::Index>(),
            with in "[A-Za-z0-9+/=$,.]",
        ) {
            let phc = Phc { rounds, salt, digest };
            let written = phc.to_hash().expose().to_owned();
            prop_assert_eq!(parse(&written), Some(phc));
            let at = at.index(written.len());
            let changed = format!("{}{with}{}", &written[..at], &written[at + 1..]);
            if let Some(read) = parse(&changed) {
                let again = read.to_hash();
                prop_assert_eq!(again.expose(), changed);
            }
        }
    }
}
