//! One answer to "is this their password?", at one price. Pure: what is stored, the cost and chance are arguments;
//! [`crate::Hasher`] runs it off the async threads.

use std::hint::black_box;

use domain::credential::PasswordHash;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::phc::Phc;
use crate::{Cost, Password, Random};

/// Whether any password could match a stored hash; if not, nobody can log in with it. For whoever looks after a database.
#[must_use]
pub fn is_verifiable(stored: &PasswordHash) -> bool {
    Phc::parse(stored).is_some()
}

/// What a typed password is to a stored hash.
#[derive(Debug)]
pub enum Verification {
    /// It is the password.
    Match {
        /// The same password hashed at today's cost, to store in the old one's place; `None` where that is the cost.
        rehash: Option<PasswordHash>,
    },
    /// It is not, or nobody has that name.
    Mismatch,
    /// The stored hash breaks our bounds, so nobody can log in with it: to the visitor a mismatch, and a line in the
    /// log for the operator.
    Unreadable,
}

/// The rounds of PBKDF2-HMAC-SHA256; an argument below, so that tests can count them. Not the hasher and verifier of
/// `password-hash`: theirs run no fewer than 1,000 rounds, and what a cheaper hash is topped up by may be fewer.
pub(crate) type Stretch<'a> = dyn FnMut(&Password, &[u8], u32) -> [u8; 32] + 'a;

/// The real one. A NUL at the very end makes no difference, since HMAC fills its key up with them; no form lets one in.
pub(crate) fn stretch(password: &Password, salt: &[u8], rounds: u32) -> [u8; 32] {
    pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.expose().as_bytes(), salt, rounds)
}

/// Hashes a password under a fresh salt.
pub(crate) fn hash(password: &Password, cost: Cost, random: &dyn Random, stretch: &mut Stretch<'_>) -> PasswordHash {
    let salt = random.bytes::<{ Phc::SALT }>();
    let digest = stretch(password, &salt, cost.get());
    Phc { rounds: cost.get(), salt: salt.to_vec(), digest }.to_hash()
}

/// Holds a password against what is stored, or against nothing. Nobody there, a wrong password, a hash of fewer rounds
/// and one that cannot be read all take `cost`'s rounds; only a hash of more rounds takes its own.
pub(crate) fn verify(
    password: &Password,
    stored: Option<&PasswordHash>,
    cost: Cost,
    random: &dyn Random,
    stretch: &mut Stretch<'_>,
) -> Verification {
    let known = stored.and_then(Phc::parse);
    let is_known = known.is_some();
    // The decoy is nobody's hash: its digest is as random as a real one, so it costs nothing to make.
    let phc = known.unwrap_or_else(|| Phc {
        rounds: cost.get(),
        salt: random.bytes::<{ Phc::SALT }>().to_vec(),
        digest: random.bytes(),
    });

    let equal = bool::from(stretch(password, &phc.salt, phc.rounds).ct_eq(&phc.digest));
    if let missing @ 1.. = cost.get().saturating_sub(phc.rounds) {
        black_box(stretch(password, &phc.salt, missing));
    }

    if is_known && equal {
        let is_current = phc.rounds == cost.get() && phc.salt.len() == Phc::SALT;
        Verification::Match { rehash: (!is_current).then(|| hash(password, cost, random, stretch)) }
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

    fn typed(text: &str) -> Password {
        Password::parse(text.to_owned()).unwrap()
    }

    fn hashed(text: &str, cost: Cost) -> PasswordHash {
        hash(&typed(text), cost, &Counting::default(), &mut stretch)
    }

    /// The rounds that were spent, with a function that spends none.
    fn rounds_spent(password: &str, stored: Option<&PasswordHash>, cost: Cost) -> u32 {
        let mut spent = 0;
        verify(&typed(password), stored, cost, &Counting::default(), &mut |_, _, rounds| {
            spent += rounds;
            [0; 32]
        });
        spent
    }

    #[test]
    fn the_function_is_pbkdf2_hmac_sha256() {
        // The known answer for 4,096 rounds (RFC 6070's inputs with SHA-256), first 32 bytes.
        let stored = Phc {
            rounds: 4_096,
            salt: b"saltSALTsaltSALTsaltSALTsaltSALTsalt".to_vec(),
            digest: [
                0x34, 0x8c, 0x89, 0xdb, 0xcb, 0xd3, 0x2b, 0x2f, 0x32, 0xd8, 0x14, 0xb8, 0x11, 0x6e, 0x84, 0xcf, 0x2b,
                0x17, 0x34, 0x7e, 0xbc, 0x18, 0x00, 0x18, 0x1c, 0x4e, 0x2a, 0x1f, 0xb8, 0xdd, 0x53, 0xe1,
            ],
        };
        let random = Counting::default();
        let found = verify(
            &typed("passwordPASSWORDpassword"),
            Some(&stored.to_hash()),
            Cost::for_tests(),
            &random,
            &mut stretch,
        );
        assert!(matches!(found, Verification::Match { rehash: Some(_) }));
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let random = Counting::default();
        let [one, other] = [(); 2].map(|()| hash(&typed("otter"), Cost::for_tests(), &random, &mut stretch));
        assert_ne!(one.expose(), other.expose());
        assert!(one.expose().starts_with("$pbkdf2-sha256$i=1000,l=32$AAECAwQFBgcICQoLDA0ODw$"), "16 bytes of salt");
    }

    #[test]
    fn an_old_hash_verifies_and_is_made_anew_at_todays_cost() {
        let stored = hashed("otter", Cost::for_tests());
        let Verification::Match { rehash: Some(fresh) } =
            verify(&typed("otter"), Some(&stored), Cost::DEFAULT, &Counting::default(), &mut stretch)
        else {
            panic!("a match, and a fresh hash")
        };
        assert!(fresh.expose().starts_with("$pbkdf2-sha256$i=600000,l=32$"));
        let again = verify(&typed("otter"), Some(&fresh), Cost::DEFAULT, &Counting::default(), &mut stretch);
        assert!(matches!(again, Verification::Match { rehash: None }));
    }

    #[test]
    fn a_longer_salt_is_of_another_time_too() {
        let salt = vec![9; 17];
        let digest = stretch(&typed("otter"), &salt, 1_000);
        let stored = Phc { rounds: 1_000, salt, digest }.to_hash();
        let found = verify(&typed("otter"), Some(&stored), Cost::for_tests(), &Counting::default(), &mut stretch);
        assert!(matches!(found, Verification::Match { rehash: Some(_) }));
    }

    #[test]
    fn a_password_is_verified_exactly_and_whole() {
        let long = "x".repeat(72);
        for (chosen, other) in
            [("Otter", "otter"), ("otter ", "otter"), ("otter", "ot\0ter"), (&format!("{long}A"), &format!("{long}B"))]
        {
            let stored = hashed(chosen, Cost::for_tests());
            let found =
                |text| verify(&typed(text), Some(&stored), Cost::for_tests(), &Counting::default(), &mut stretch);
            assert!(matches!(found(chosen), Verification::Match { rehash: None }), "{chosen:?}");
            assert!(matches!(found(other), Verification::Mismatch), "{other:?}");
        }
    }

    #[test]
    fn nobody_matches_not_even_a_guess_of_the_decoy() {
        // The counting source makes the decoy's digest known: 16 bytes of salt, then these.
        let digest = std::array::from_fn(|at| u8::try_from(16 + at).unwrap());
        let found = verify(&typed("otter"), None, Cost::for_tests(), &Counting::default(), &mut |_, _, _| digest);
        assert!(matches!(found, Verification::Mismatch));
        let unreadable = PasswordHash::new("$pbkdf2-sha256$i=1,l=32$$".to_owned());
        let found =
            verify(&typed("otter"), Some(&unreadable), Cost::for_tests(), &Counting::default(), &mut |_, _, _| digest);
        assert!(matches!(found, Verification::Unreadable));
        assert!(!is_verifiable(&unreadable) && is_verifiable(&hashed("otter", Cost::for_tests())));
    }

    #[test]
    fn every_failure_costs_todays_rounds() {
        let current = hashed("otter", Cost::for_tests());
        let cheaper = Phc { rounds: 1_500, salt: vec![1; 16], digest: [1; 32] }.to_hash();
        let hostile = PasswordHash::new(current.expose().replace("i=1000", "i=4294967295"));
        let today = Cost::DEFAULT;
        assert_eq!(rounds_spent("wrong", None, today), 600_000, "nobody");
        assert_eq!(rounds_spent("wrong", Some(&cheaper), today), 600_000, "fewer rounds, topped up");
        assert_eq!(rounds_spent("wrong", Some(&hostile), today), 600_000, "unreadable");
        assert_eq!(rounds_spent("wrong", Some(&current), Cost::for_tests()), 1_000, "today's");
        assert_eq!(rounds_spent("wrong", Some(&cheaper), Cost::for_tests()), 1_500, "dearer, until its next log-in");
    }
}
