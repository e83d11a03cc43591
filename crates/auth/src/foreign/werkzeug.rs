//! What `werkzeug.security` writes, which Flask applications use: `pbkdf2:sha256:600000$salt$digest` and
//! `scrypt:32768:8:1$salt$digest`, with the digest in hexadecimal.

use super::pbkdf2::{Function, Pbkdf2Hash};
use super::scrypt::ScryptHash;
use super::{ForeignHash, number_of, salt_of};

pub(super) fn parse(text: &str) -> Option<ForeignHash> {
    let mut parts = text.split('$');
    let (method, salt, digest) = (parts.next()?, salt_of(parts.next()?)?, parts.next()?);
    let digest = base16ct::lower::decode_vec(digest).ok()?;
    let mut method = method.split(':');
    let hash = match method.next()? {
        "pbkdf2" => {
            let (function, rounds) = (function_of(method.next()?)?, number_of(method.next()?)?);
            ForeignHash::Pbkdf2(Pbkdf2Hash::new(function, rounds, salt, digest)?)
        }
        "scrypt" => {
            let (n, r, p) = (number_of(method.next()?)?, number_of(method.next()?)?, number_of(method.next()?)?);
            ForeignHash::Scrypt(ScryptHash::new(n, r, p, salt, digest)?)
        }
        _ => return None,
    };
    let is_complete = parts.next().is_none() && method.next().is_none();
    is_complete.then_some(hash)
}

fn function_of(name: &str) -> Option<Function> {
    match name {
        "sha1" => Some(Function::Sha1),
        "sha256" => Some(Function::Sha256),
        "sha512" => Some(Function::Sha512),
        _ => None,
    }
}
