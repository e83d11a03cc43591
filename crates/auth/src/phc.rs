//! The PHC string of a password hash: one form is written, and only this form is read.
//!
//! `password-hash` parses and formats PHC strings in general. This module rejects what the general format allows: other
//! functions, versions, missing or additional parameters, short salts, digests of 10 to 64 bytes. A stored string is
//! not trusted: its bounds are checked before any hashing, so that `i=4294967295` costs nothing and an empty digest
//! matches nothing.

use domain::credential::PasswordHash;
use password_hash::phc::{self, Ident, Output, Salt};

use crate::Cost;

/// A password hash within the bounds: `$pbkdf2-sha256$i=600000,l=32$salt$digest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phc {
    /// 1,000 to [`Cost::MAX_ROUNDS`].
    pub(crate) rounds: u32,
    /// 16 to 48 bytes ([`Salt::MAX_LENGTH`]). New hashes have 16.
    pub(crate) salt: Vec<u8>,
    /// The output of PBKDF2-HMAC-SHA256.
    pub(crate) digest: [u8; 32],
}

impl Phc {
    /// The length of a new salt, in bytes. NIST SP 800-132, 5.1 requires 16.
    pub(crate) const SALT_LENGTH: usize = 16;
    /// The fewest rounds of a stored hash: the minimum of RFC 8018, 4.2.
    const MIN_STORED_ROUNDS: u32 = 1_000;
    const FUNCTION: Ident = Ident::new_unwrap("pbkdf2-sha256");

    /// Parses a stored string. `None` if it breaks a bound.
    pub(crate) fn parse(stored: &PasswordHash) -> Option<Self> {
        let parsed = phc::PasswordHash::new(stored.expose()).ok()?;
        let rounds =
            parsed.params.get_decimal("i").filter(|i| (Self::MIN_STORED_ROUNDS..=Cost::MAX_ROUNDS).contains(i))?;
        let salt = parsed.salt.filter(|salt| salt.len() >= Self::SALT_LENGTH)?.to_vec();
        let digest = parsed.hash?.as_bytes().try_into().ok()?;
        let phc = Self { rounds, salt, digest };
        // Rejects every other spelling of the same values. No typed password is compared here.
        (phc.to_hash().expose() == stored.expose()).then_some(phc)
    }

    /// Formats the string to store.
    pub(crate) fn to_hash(&self) -> PasswordHash {
        // The `ok`s and the default below discard no error: a `Phc` has lengths that the types can hold.
        const {
            assert!(Salt::MIN_LENGTH <= Self::SALT_LENGTH && Self::SALT_LENGTH <= Salt::MAX_LENGTH);
            assert!(Output::MIN_LENGTH <= 32 && 32 <= Output::MAX_LENGTH);
        }
        let formatted = phc::PasswordHash {
            algorithm: Self::FUNCTION,
            version: None,
            params: format!("i={},l=32", self.rounds).parse().unwrap_or_default(),
            salt: Salt::new(&self.salt).ok(),
            hash: Output::new(&self.digest).ok(),
        };
        PasswordHash::new(formatted.to_string())
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
    fn hash_is_formatted_and_parsed() {
        let text = format!("$pbkdf2-sha256$i=600000,l=32${SALT}${DIGEST}");
        let phc = Phc { rounds: 600_000, salt: vec![0; 16], digest: [0; 32] };
        assert_eq!(phc.to_hash().expose(), text);
        assert_eq!(parse(&text), Some(phc));
    }

    #[test]
    fn rounds_outside_bounds_are_rejected() {
        for (rounds, is_valid) in [
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
            assert_eq!(
                parse(&format!("$pbkdf2-sha256$i={rounds},l=32${SALT}${DIGEST}")).is_some(),
                is_valid,
                "{rounds}"
            );
        }
    }

    #[test]
    fn salt_or_digest_of_other_length_is_rejected() {
        for (salt, digest, is_valid) in [
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
            assert_eq!(parse(&text).is_some(), is_valid, "salt {salt}, digest {digest}");
        }
    }

    #[test]
    fn other_phc_forms_are_rejected() {
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
        fn parsed_hash_has_one_spelling(
            rounds in 1_000..=10_000_000u32,
            salt in prop::collection::vec(any::<u8>(), 16..=48),
            digest: [u8; 32],
            at in any::<prop::sample::Index>(),
            with in "[A-Za-z0-9+/=$,.]",
        ) {
            let phc = Phc { rounds, salt, digest };
            let formatted = phc.to_hash().expose().to_owned();
            prop_assert_eq!(parse(&formatted), Some(phc));
            let at = at.index(formatted.len());
            let changed = format!("{}{with}{}", &formatted[..at], &formatted[at + 1..]);
            if let Some(parsed) = parse(&changed) {
                let formatted = parsed.to_hash();
                prop_assert_eq!(formatted.expose(), changed);
            }
        }
    }
}
