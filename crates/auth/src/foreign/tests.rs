//! Tests of the bounds. Whether hashes that the programs wrote match is in `tests/imported_hashes.rs`.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

const SALT: &str = "saltsaltsaltsalt";
const BCRYPT_REST: &str = "DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.";

fn parse(text: &str) -> Option<ForeignHash> {
    ForeignHash::parse(&PasswordHash::new(text.to_owned()))
}

fn assert_parses(text: &str, is_valid: bool) {
    assert_eq!(parse(text).is_some(), is_valid, "{text}");
}

fn hexadecimal(length: usize) -> String {
    "ab".repeat(length)
}

/// `length` bytes in Base64, with padding.
fn base64(length: usize) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(vec![7; length])
}

fn unpadded(length: usize) -> String {
    base64(length).trim_end_matches('=').to_owned()
}

#[test]
fn rounds_of_pbkdf2_outside_bounds_are_rejected() {
    for (rounds, is_valid) in [
        ("1", true),
        ("10000000", true),
        ("0", false),
        ("10000001", false),
        ("4294967295", false),
        ("99999999999999999999", false),
        ("0600000", false),
        ("+600000", false),
        ("-1", false),
        ("6e5", false),
        ("", false),
    ] {
        assert_parses(&format!("pbkdf2:sha256:{rounds}${SALT}${}", hexadecimal(32)), is_valid);
        assert_parses(&format!("pbkdf2_sha256${rounds}${SALT}${}", base64(32)), is_valid);
    }
}

#[test]
fn digest_of_pbkdf2_has_length_of_its_function() {
    for (function, length) in [("sha1", 20), ("sha256", 32), ("sha512", 64)] {
        for other in [0, 1, 19, 20, 21, 31, 32, 33, 63, 64, 65, 127] {
            assert_parses(&format!("pbkdf2:{function}:1000${SALT}${}", hexadecimal(other)), other == length);
        }
    }
    for (hasher, length) in [("pbkdf2_sha1", 20), ("pbkdf2_sha256", 32)] {
        for other in [0, 1, 20, 32, 64] {
            assert_parses(&format!("{hasher}$1000${SALT}${}", base64(other)), other == length);
        }
    }
}

#[test]
fn parameters_of_scrypt_outside_bounds_are_rejected() {
    for (n, r, p, is_valid) in [
        ("32768", "8", "1", true),
        ("16384", "8", "5", true),
        ("131072", "8", "1", true),
        ("131072", "16", "1", true),
        ("2", "1", "1", true),
        ("131072", "16", "2", false), // twice the time
        ("262144", "1", "1", false),
        ("1073741824", "8", "1", false),
        ("4294967296", "8", "1", false),
        ("32769", "8", "1", false), // no power of two
        ("1", "8", "1", false),
        ("0", "8", "1", false),
        ("32768", "17", "1", false),
        ("32768", "0", "1", false),
        ("32768", "8", "0", false),
        ("2", "1", "4294967295", false),
        ("", "", "", false),
    ] {
        assert_parses(&format!("scrypt:{n}:{r}:{p}${SALT}${}", hexadecimal(64)), is_valid);
        assert_parses(&format!("scrypt${n}${SALT}${r}${p}${}", base64(64)), is_valid);
    }
    for length in [0, 1, 32, 63, 65] {
        assert_parses(&format!("scrypt:32768:8:1${SALT}${}", hexadecimal(length)), false);
        assert_parses(&format!("scrypt$16384${SALT}$8$5${}", base64(length)), false);
    }
}

#[test]
fn cost_of_bcrypt_outside_bounds_is_rejected() {
    for (cost, is_valid) in [
        ("04", true),
        ("12", true),
        ("16", true),
        ("03", false),
        ("17", false),
        ("31", false),
        ("99", false),
        ("4", false),
        ("+5", false),
        ("012", false),
        ("", false),
    ] {
        for prefix in ["$2a$", "$2b$", "$2y$", "bcrypt$$2b$", "bcrypt_sha256$$2b$"] {
            assert_parses(&format!("{prefix}{cost}${BCRYPT_REST}"), is_valid);
        }
    }
}

#[test]
fn other_forms_of_bcrypt_are_rejected() {
    let cut = |length| BCRYPT_REST[..length].to_owned();
    for text in [
        format!("$2$12${BCRYPT_REST}"),
        format!("$2x$12${BCRYPT_REST}"),
        format!("$2b$12${}", cut(52)),
        format!("$2b$12${}", cut(22)),
        format!("$2b$12${}", cut(21)),
        "$2b$12$".to_owned(),
        format!("$2b$12${BCRYPT_REST}."),
        format!("$2b$12${BCRYPT_REST}$"),
        format!("$2b$12${}+", cut(52)),
        format!("$2b$12${}é", cut(21)), // byte 22 is within a character
        format!("bcrypt$2b$12${BCRYPT_REST}"),
        format!("bcrypt_sha512$$2b$12${BCRYPT_REST}"),
    ] {
        assert_parses(&text, false);
    }
}

#[test]
fn parameters_of_argon2_outside_bounds_are_rejected() {
    for (params, is_valid) in [
        ("m=65536,t=3,p=4", true),
        ("m=102400,t=2,p=8", true),
        ("m=262144,t=4,p=1", true),
        ("m=8,t=1,p=1", true),
        ("m=64,t=16384,p=1", true),
        ("m=262145,t=1,p=1", false),
        ("m=262144,t=5,p=1", false),
        ("m=64,t=16385,p=1", false),
        ("m=65536,t=0,p=1", false),
        ("m=65536,t=3,p=0", false),
        ("m=65536,t=3,p=17", false),
        ("m=7,t=1,p=1", false),
        ("m=31,t=1,p=4", false), // 8 KiB a lane
        ("m=4294967295,t=1,p=1", false),
        ("m=65536,t=4294967295,p=1", false),
        ("m=65536,t=3", false),
        ("m=65536,t=3,p=4,x=1", false),
        ("t=3,p=4", false),
    ] {
        for function in ["$argon2id", "$argon2i", "argon2$argon2id"] {
            assert_parses(&format!("{function}$v=19${params}${}${}", unpadded(16), unpadded(32)), is_valid);
        }
    }
}

#[test]
fn other_forms_of_argon2_are_rejected() {
    let (params, salt, digest) = ("m=65536,t=3,p=4", unpadded(16), unpadded(32));
    assert_parses(&format!("$argon2id$v=19${params}${salt}${digest}"), true);
    for text in [
        format!("$argon2d$v=19${params}${salt}${digest}"),
        format!("$argon2id$v=16${params}${salt}${digest}"),
        format!("$argon2id${params}${salt}${digest}"),
        format!("$argon2id$v=19${params}${salt}"),
        format!("$argon2id$v=19${params}${salt}$"),
        format!("$argon2id$v=19${params}${salt}${}", unpadded(15)),
        format!("$argon2id$v=19${params}${salt}${}", unpadded(65)),
        format!("$argon2id$v=19${params}$${digest}"),
        format!("$argon2id$v=19${params}${}${digest}", unpadded(7)),
        format!("argon2$$argon2id$v=19${params}${salt}${digest}"),
    ] {
        assert_parses(&text, false);
    }
}

#[test]
fn other_texts_are_rejected() {
    let digest = hexadecimal(32);
    for text in [
        String::new(),
        "!".to_owned(),
        "$".to_owned(),
        "plain text".to_owned(),
        "$1$salt$qJH7.N4xYta3aEG/dfqo/0".to_owned(),
        format!("sha256${SALT}${digest}"),
        format!("md5${SALT}${}", hexadecimal(16)),
        format!("pbkdf2:md5:1000${SALT}${}", hexadecimal(16)),
        format!("pbkdf2:sha256${SALT}${digest}"),
        format!("pbkdf2:sha256:1000:1${SALT}${digest}"),
        format!("pbkdf2:sha256:1000$${digest}"),
        format!("pbkdf2:sha256:1000${SALT}${}", digest.to_uppercase()),
        format!("pbkdf2:sha256:1000${SALT}${digest}$"),
        format!("pbkdf2:sha256:1000${SALT}"),
        format!("pbkdf2:sha256:1000$sält${digest}"),
        format!("pbkdf2:sha256:1000${}${digest}", "s".repeat(129)),
        format!("pbkdf2:sha256:1000${SALT}${digest}\0"),
        format!(" pbkdf2:sha256:1000${SALT}${digest}"),
        format!("pbkdf2_sha256$1000${SALT}${}", unpadded(32)),
        format!("pbkdf2_sha512$1000${SALT}${}", base64(64)),
        format!("scrypt:32768:8${SALT}${}", hexadecimal(64)),
        format!("scrypt:32768:8:1:1${SALT}${}", hexadecimal(64)),
        "$".repeat(1024),
    ] {
        assert_parses(&text, false);
    }
}

/// The fragments that the parsers look for.
#[rustfmt::skip] // one fragment per line would be long
const FRAGMENTS: &[&str] = &[
    "$", "$$", ":", "=", ",", "!", "pbkdf2", "pbkdf2:sha1:", "pbkdf2:sha256:", "pbkdf2:sha512:", "pbkdf2_sha256$",
    "pbkdf2_sha1$", "scrypt:", "scrypt$", "bcrypt$", "bcrypt_sha256$", "argon2", "$argon2id$v=19$", "$2b$", "$2a$12$",
    "m=65536,t=3,p=4", "m=4294967295", "t=1", "p=0", "1", "0", "1000", "32768:8:1", "16384", "8", "5", "4294967295", "1073741824",
    SALT, BCRYPT_REST, "é", "\0", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA", "abababababababababababababababababababababababababababababababab",
    "abababababababababababababababababababab", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(4096), ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_none_is_parsed_with_work(
        fragments in prop::collection::vec(
            prop_oneof![6 => prop::sample::select(FRAGMENTS).prop_map(str::to_owned), 1 => any::<String>()], 0..12,
        ),
    ) {
        let start = Instant::now();
        parse(&fragments.concat());
        prop_assert!(start.elapsed() < Duration::from_secs(1), "no work"); // microseconds; the cheapest hash takes longer
    }
}
