//! The idempotency key of a registration: what makes a second submit of the same form recognizable.

use domain::user::{Email, RegistrationKey, Username};

use crate::SessionToken;
use crate::keyed_hash::keyed_hash;

/// The first part of the message. It keeps other uses of the secret from producing the same bytes.
const LABEL: &[u8] = b"registration v1";

/// The idempotency key of a registration: an HMAC of the form's key and of the unique names, under the secret of the
/// pre-session cookie.
///
/// Another browser, another form and other names make another key. The password is not part of it: a repeated registration
/// is recognized without comparing passwords.
#[must_use]
pub fn registration_key(
    pre_session: &SessionToken,
    form_key: &str,
    username: &Username,
    email: &Email,
) -> RegistrationKey {
    let (username, email) = (username.key(), email.key());
    let parts = [form_key, &username, &email];
    let lengths = parts.map(|part| (part.len() as u64).to_le_bytes());
    let pairs = lengths.iter().zip(&parts).flat_map(|(length, part)| [&length[..], part.as_bytes()]);
    let message: Vec<&[u8]> = [LABEL].into_iter().chain(pairs).collect();
    RegistrationKey::new(keyed_hash(pre_session.secret(), &message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fake::Counting;

    #[test]
    fn key_depends_on_browser_form_and_names() {
        let random = Counting::default();
        let [browser, other] = [(); 2].map(|()| SessionToken::new(&random));
        let key = |token, form, name, address: &str| {
            registration_key(token, form, &Username::parse(name).unwrap(), &Email::parse(address).unwrap())
        };
        let first = key(&browser, "a", "ada", "ada@example.com");
        assert_eq!(first, key(&browser, "a", "ADA", "Ada@Example.com"), "another spelling of the same names");
        for other in [
            key(&other, "a", "ada", "ada@example.com"),
            key(&browser, "b", "ada", "ada@example.com"),
            key(&browser, "a", "ben", "ada@example.com"),
            key(&browser, "a", "ada", "ben@example.com"),
            key(&browser, "aad", "ada", "ada@example.com"),
        ] {
            assert_ne!(first, other);
        }
    }
}
