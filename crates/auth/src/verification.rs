//! Verification of a password against a stored hash, at the same cost for every failure.
//!
//! Pure: the stored hash, the cost and the random source are arguments. [`crate::Hasher`] runs it off the async
//! threads.

use std::hint::black_box;

use domain::credential::PasswordHash;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::phc::Phc;
use crate::stored_hash::StoredHash;
use crate::{Cost, Password, Random};

/// Whether a stored hash is within the bounds that verification accepts, or marks an account without a password.
///
/// If it is neither, the user cannot log in. With the feature `import` the hashes of other programs count too. For the
/// maintenance commands, and for an import.
#[must_use]
pub fn is_verifiable(stored: &PasswordHash) -> bool {
    stored.is_no_password() || StoredHash::parse(stored).is_some()
}

/// The result of verifying a typed password against a stored hash.
#[derive(Debug)]
pub enum Verification {
    /// The password matches.
    Match {
        /// The same password hashed at the current cost, to replace the stored hash. `None` if the stored hash has the
        /// current cost. A hash of another program is always replaced.
        rehash: Option<PasswordHash>,
    },
    /// The password does not match, or there is no stored hash, or the account has no password.
    Mismatch,
    /// The stored hash is outside the bounds of verification, so no password matches it. For the visitor this is a
    /// mismatch; the caller logs it for the operator.
    Unreadable,
}

/// Key derivation by PBKDF2-HMAC-SHA256: password, salt, rounds. An argument below, so that tests can count the rounds.
///
/// The hasher of `password-hash` is not used: it takes at least 1,000 rounds, and the rounds that a cheaper hash lacks
/// may be fewer.
pub(crate) type DeriveKey<'a> = dyn FnMut(&Password, &[u8], u32) -> [u8; 32] + 'a;

/// The production [`DeriveKey`].
///
/// A trailing NUL does not change the result, since HMAC pads its key with zeros. No form accepts a NUL.
pub(crate) fn derive_key(password: &Password, salt: &[u8], rounds: u32) -> [u8; 32] {
    pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.expose().as_bytes(), salt, rounds)
}

/// Whether a mismatch takes the rounds of `cost`, and nothing else. Not so for a stored hash of more rounds, and for one of
/// another program.
pub(crate) fn takes_cost(stored: Option<&PasswordHash>, cost: Cost) -> bool {
    match stored.and_then(StoredHash::parse) {
        None => true,
        Some(StoredHash::Own(phc)) => phc.rounds <= cost.rounds(),
        #[cfg(feature = "import")]
        Some(StoredHash::Foreign(_)) => false,
    }
}

/// Takes the time of a hash, and has no result.
pub(crate) fn compute_dummy(cost: Cost) {
    black_box(pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(black_box(&[]), &[0; Phc::SALT_LENGTH], cost.rounds()));
}

/// Hashes a password with a fresh salt.
pub(crate) fn hash(
    password: &Password,
    cost: Cost,
    random: &dyn Random,
    derive_key: &mut DeriveKey<'_>,
) -> PasswordHash {
    let salt = random.bytes::<{ Phc::SALT_LENGTH }>();
    let digest = derive_key(password, &salt, cost.rounds());
    Phc { rounds: cost.rounds(), salt: salt.to_vec(), digest }.to_hash()
}

/// Verifies a password against a stored hash, or against a dummy hash if there is none.
///
/// An unknown user, a wrong password, a stored hash of fewer rounds and one that does not parse all take the rounds of
/// `cost`. Only a stored hash of more rounds takes its own, and one of another program the time of its function.
pub(crate) fn verify(
    password: &Password,
    stored: Option<&PasswordHash>,
    cost: Cost,
    random: &dyn Random,
    derive_key: &mut DeriveKey<'_>,
) -> Verification {
    let stored = stored.filter(|stored| !stored.is_no_password());
    let known = match stored.and_then(StoredHash::parse) {
        #[cfg(feature = "import")]
        Some(StoredHash::Foreign(foreign)) if foreign.verify(password) => {
            return Verification::Match { rehash: Some(hash(password, cost, random, derive_key)) };
        }
        #[cfg(feature = "import")]
        Some(StoredHash::Foreign(_)) => return Verification::Mismatch,
        Some(StoredHash::Own(phc)) => Some(phc),
        None => None,
    };
    let is_known = known.is_some();
    // The dummy hash has a random digest. It is not derived from a password, so it takes no rounds to make.
    let phc = known.unwrap_or_else(|| Phc {
        rounds: cost.rounds(),
        salt: random.bytes::<{ Phc::SALT_LENGTH }>().to_vec(),
        digest: random.bytes(),
    });

    let is_equal = bool::from(derive_key(password, &phc.salt, phc.rounds).ct_eq(&phc.digest));
    if let missing @ 1.. = cost.rounds().saturating_sub(phc.rounds) {
        black_box(derive_key(password, &phc.salt, missing));
    }

    if is_known && is_equal {
        let is_current = phc.rounds == cost.rounds() && phc.salt.len() == Phc::SALT_LENGTH;
        Verification::Match { rehash: (!is_current).then(|| hash(password, cost, random, derive_key)) }
    } else if stored.is_some() && !is_known {
        Verification::Unreadable
    } else {
        Verification::Mismatch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fake::Counting;

    const TEST_COST: Cost = Cost::for_tests();

    fn typed(text: &str) -> Password {
        Password::parse(text.to_owned()).unwrap()
    }

    fn hashed(text: &str, cost: Cost) -> PasswordHash {
        hash(&typed(text), cost, &Counting::default(), &mut derive_key)
    }

    fn verified(text: &str, stored: Option<&PasswordHash>, cost: Cost) -> Verification {
        verify(&typed(text), stored, cost, &Counting::default(), &mut derive_key)
    }

    /// Counts the rounds of a verification, with a key derivation that does nothing else.
    fn rounds_taken(password: &str, stored: Option<&PasswordHash>, cost: Cost) -> u32 {
        let mut taken = 0;
        verify(&typed(password), stored, cost, &Counting::default(), &mut |_, _, rounds| {
            taken += rounds;
            [0; 32]
        });
        taken
    }

    #[test]
    fn key_derivation_is_pbkdf2_hmac_sha256() {
        // The known answer for 4,096 rounds (RFC 6070's inputs with SHA-256), first 32 bytes.
        let stored = Phc {
            rounds: 4_096,
            salt: b"saltSALTsaltSALTsaltSALTsaltSALTsalt".to_vec(),
            digest: [
                0x34, 0x8c, 0x89, 0xdb, 0xcb, 0xd3, 0x2b, 0x2f, 0x32, 0xd8, 0x14, 0xb8, 0x11, 0x6e, 0x84, 0xcf, 0x2b,
                0x17, 0x34, 0x7e, 0xbc, 0x18, 0x00, 0x18, 0x1c, 0x4e, 0x2a, 0x1f, 0xb8, 0xdd, 0x53, 0xe1,
            ],
        };
        let result = verified("passwordPASSWORDpassword", Some(&stored.to_hash()), TEST_COST);
        assert!(matches!(result, Verification::Match { rehash: Some(_) }));
    }

    #[test]
    fn two_hashes_of_one_password_differ_by_salt() {
        let random = Counting::default();
        let [first, second] = [(); 2].map(|()| hash(&typed("otter"), TEST_COST, &random, &mut derive_key));
        assert_ne!(first.expose(), second.expose());
        assert!(first.expose().starts_with("$pbkdf2-sha256$i=1000,l=32$AAECAwQFBgcICQoLDA0ODw$"), "16 bytes of salt");
    }

    #[test]
    fn hash_of_other_cost_matches_and_is_rehashed() {
        let stored = hashed("otter", TEST_COST);
        let Verification::Match { rehash: Some(rehash) } = verified("otter", Some(&stored), Cost::DEFAULT) else {
            panic!("a match with a rehash")
        };
        assert!(rehash.expose().starts_with("$pbkdf2-sha256$i=600000,l=32$"));
        let result = verified("otter", Some(&rehash), Cost::DEFAULT);
        assert!(matches!(result, Verification::Match { rehash: None }));
    }

    #[test]
    fn hash_with_longer_salt_is_rehashed() {
        let salt = vec![9; 17];
        let digest = derive_key(&typed("otter"), &salt, 1_000);
        let stored = Phc { rounds: 1_000, salt, digest }.to_hash();
        let result = verified("otter", Some(&stored), TEST_COST);
        assert!(matches!(result, Verification::Match { rehash: Some(_) }));
    }

    #[test]
    fn password_matches_only_exactly_and_in_full_length() {
        let long = "x".repeat(72);
        for (chosen, other) in
            [("Otter", "otter"), ("otter ", "otter"), ("otter", "ot\0ter"), (&format!("{long}A"), &format!("{long}B"))]
        {
            let stored = hashed(chosen, TEST_COST);
            let result = |text| verified(text, Some(&stored), TEST_COST);
            assert!(matches!(result(chosen), Verification::Match { rehash: None }), "{chosen:?}");
            assert!(matches!(result(other), Verification::Mismatch), "{other:?}");
        }
    }

    #[test]
    fn dummy_hash_never_matches() {
        // The counting source makes the digest of the dummy hash known: 16 bytes of salt, then these.
        let digest = std::array::from_fn(|at| u8::try_from(16 + at).unwrap());
        let result = |stored| verify(&typed("otter"), stored, TEST_COST, &Counting::default(), &mut |_, _, _| digest);
        let unreadable = PasswordHash::new("$pbkdf2-sha256$i=1,l=32$$".to_owned());
        assert!(matches!(result(None), Verification::Mismatch));
        assert!(matches!(result(Some(&unreadable)), Verification::Unreadable));
        assert!(!is_verifiable(&unreadable) && is_verifiable(&hashed("otter", TEST_COST)));
    }

    #[test]
    fn account_without_password_mismatches_at_current_cost() {
        let none = PasswordHash::no_password();
        for typed in ["", "!", "otter"] {
            assert!(matches!(verified(typed, Some(&none), TEST_COST), Verification::Mismatch), "{typed:?}");
        }
        assert_eq!(rounds_taken("otter", Some(&none), Cost::DEFAULT), 600_000);
        assert!(is_verifiable(&none) && takes_cost(Some(&none), TEST_COST));
    }

    #[test]
    fn every_failure_takes_rounds_of_current_cost() {
        let current = hashed("otter", TEST_COST);
        let cheaper = Phc { rounds: 1_500, salt: vec![1; 16], digest: [1; 32] }.to_hash();
        let hostile = PasswordHash::new(current.expose().replace("i=1000", "i=4294967295"));
        assert_eq!(rounds_taken("wrong", None, Cost::DEFAULT), 600_000, "unknown user");
        assert_eq!(rounds_taken("wrong", Some(&cheaper), Cost::DEFAULT), 600_000, "fewer rounds, missing ones added");
        assert_eq!(rounds_taken("wrong", Some(&hostile), Cost::DEFAULT), 600_000, "unreadable");
        assert_eq!(rounds_taken("wrong", Some(&current), TEST_COST), 1_000, "current cost");
        assert_eq!(rounds_taken("wrong", Some(&cheaper), TEST_COST), 1_500, "more rounds, until its next log-in");
    }
}
