//! What `django.contrib.auth.hashers` writes: the name of a hasher and its parameters, with the digest in Base64 where the
//! hasher has no format of its own.
//!
//! The hashers without a cost (`md5` and former ones) are not read: their users need a new password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::argon2::Argon2Hash;
use super::bcrypt::BcryptHash;
use super::pbkdf2::{Function, Pbkdf2Hash};
use super::scrypt::ScryptHash;
use super::{ForeignHash, number_of, salt_of};

pub(super) fn parse(text: &str) -> Option<ForeignHash> {
    let (hasher, rest) = text.split_once('$')?;
    match hasher {
        "pbkdf2_sha256" => pbkdf2(Function::Sha256, rest),
        "pbkdf2_sha1" => pbkdf2(Function::Sha1, rest),
        "scrypt" => scrypt(rest),
        "bcrypt_sha256" => Some(ForeignHash::Bcrypt(BcryptHash::parse(rest)?.of_sha256())),
        "bcrypt" => BcryptHash::parse(rest).map(ForeignHash::Bcrypt),
        "argon2" => Argon2Hash::parse(text.strip_prefix("argon2")?).map(ForeignHash::Argon2),
        _ => None,
    }
}

/// `1000000$salt$digest`
fn pbkdf2(function: Function, rest: &str) -> Option<ForeignHash> {
    let [rounds, salt, digest] = parts_of(rest)?;
    let hash = Pbkdf2Hash::new(function, number_of(rounds)?, salt_of(salt)?, BASE64.decode(digest).ok()?);
    hash.map(ForeignHash::Pbkdf2)
}

/// `16384$salt$8$5$digest`
fn scrypt(rest: &str) -> Option<ForeignHash> {
    let [n, salt, r, p, digest] = parts_of(rest)?;
    let (n, r, p) = (number_of(n)?, number_of(r)?, number_of(p)?);
    ScryptHash::new(n, r, p, salt_of(salt)?, BASE64.decode(digest).ok()?).map(ForeignHash::Scrypt)
}

fn parts_of<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}
