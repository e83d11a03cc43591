//! Hashes that other programs wrote match their passwords, and are replaced by ours.
//!
//! `vectors/make_hashes.py` wrote them, by the programs in `vectors/requirements.txt`.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use accounts_auth::{Cost, Hasher, Password, Random, Share, Verification, is_verifiable};
use domain::credential::PasswordHash;

struct Sevens;

impl Random for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

struct Vector {
    program: String,
    method: String,
    password: String,
    hash: String,
    is_truncated: bool,
}

fn vectors() -> Vec<Vector> {
    let parse = |line| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        Vector {
            program: text("program"),
            method: text("method"),
            password: text("password"),
            hash: text("hash"),
            is_truncated: row["truncated"] == true,
        }
    };
    include_str!("vectors/hashes.jsonl").lines().map(parse).collect()
}

fn hasher() -> Hasher {
    Hasher::new(Cost::for_tests(), Arc::new(Sevens))
}

async fn verify(hasher: &Hasher, typed: &str, stored: &PasswordHash) -> Verification {
    let typed = Password::parse(typed.to_owned()).unwrap();
    hasher.turn(Share::LOCAL).await.unwrap().verify(typed, Some(stored.clone())).await.unwrap()
}

#[test]
fn vectors_are_of_every_program_and_method() {
    let vectors = vectors();
    let programs: BTreeSet<_> = vectors.iter().map(|vector| vector.program.split(' ').next().unwrap()).collect();
    assert_eq!(programs, ["Django", "Werkzeug", "argon2-cffi", "bcrypt"].into());
    for start in [
        "pbkdf2:sha1:",
        "pbkdf2:sha256:1000000$",
        "pbkdf2:sha512:",
        "scrypt:32768:8:1$",
        "pbkdf2_sha256$1000000$",
        "pbkdf2_sha1$",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$",
        "bcrypt_sha256$$2b$12$",
        "bcrypt$$2b$12$",
        "scrypt$16384$",
        "$2a$",
        "$2b$12$",
        "$2y$",
        "$argon2id$v=19$m=65536,t=3,p=4$",
        "$argon2i$",
    ] {
        assert!(vectors.iter().any(|vector| vector.hash.starts_with(start)), "{start}");
    }
}

#[tokio::test]
async fn hash_of_other_program_matches_and_is_replaced_by_ours() {
    let hasher = hasher();
    for Vector { program, method, password, hash, .. } in vectors() {
        let stored = PasswordHash::new(hash);
        assert!(is_verifiable(&stored), "{program}, {method}");
        let result = verify(&hasher, &password, &stored).await;
        let Verification::Match { rehash: Some(fresh) } = result else { panic!("{program}, {method}, {password:?}") };
        assert!(fresh.expose().starts_with("$pbkdf2-sha256$i=1000,l=32$"));
        assert!(matches!(verify(&hasher, &password, &fresh).await, Verification::Match { rehash: None }));
    }
}

/// The first password of each method: a method has its own parameters, which a mismatch takes too.
#[tokio::test]
async fn hash_of_other_program_matches_no_other_password() {
    let (hasher, mut tested) = (hasher(), BTreeSet::new());
    for Vector { method, password, hash, .. } in vectors() {
        if tested.insert(method.clone()) {
            let stored = PasswordHash::new(hash);
            for other in [format!("{password} "), String::new()] {
                assert!(
                    matches!(verify(&hasher, &other, &stored).await, Verification::Mismatch),
                    "{method}, {other:?}"
                );
            }
        }
    }
}

/// The former program compares the first 72 bytes alone. The new hash is of the whole password.
#[tokio::test]
async fn bcrypt_reads_72_bytes_and_its_replacement_all() {
    let (hasher, mut tested) = (hasher(), 0);
    for Vector { password, hash, .. } in vectors().into_iter().filter(|vector| vector.is_truncated) {
        let stored = PasswordHash::new(hash);
        let at_72 = (0..=72).rev().find(|at| password.is_char_boundary(*at)).unwrap();
        let (read, shorter) = (&password[..at_72], &password[..at_72 - 1 - usize::from(password.starts_with('é'))]);
        let result = verify(&hasher, read, &stored).await;
        let Verification::Match { rehash: Some(fresh) } = result else { panic!("{password}") };
        assert!(matches!(verify(&hasher, shorter, &stored).await, Verification::Mismatch), "{password}");
        assert!(matches!(verify(&hasher, &password, &fresh).await, Verification::Mismatch), "{password}");
        tested += 1;
    }
    assert!(tested >= 9, "{tested}");
}

/// On the former device the password was typed in another form than on this one.
#[tokio::test]
async fn password_matches_as_typed_and_in_nfkc() {
    let (hasher, vectors) = (hasher(), vectors());
    let stored = |password: &str| {
        let vector = vectors.iter().find(|vector| vector.password == password && vector.method.contains("sha256"));
        PasswordHash::new(vector.unwrap().hash.clone())
    };
    let (composed, combining) = (stored("caf\u{e9} otter"), stored("cafe\u{301} otter"));
    let matches =
        async |typed, stored: &PasswordHash| matches!(verify(&hasher, typed, stored).await, Verification::Match { .. });
    assert!(matches("caf\u{e9} otter", &composed).await);
    assert!(matches("cafe\u{301} otter", &composed).await, "its NFKC");
    assert!(matches("cafe\u{301} otter", &combining).await, "as typed");
    assert!(!matches("caf\u{e9} otter", &combining).await, "the former program would refuse it too");
}
