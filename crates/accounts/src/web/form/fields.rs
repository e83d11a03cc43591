//! The fields of a form, decoded once and strictly. Passwords are not among them: see [`super::PasswordFields`].

use std::fmt;
use std::mem::take;

use zeroize::Zeroizing;

use super::PasswordFields;
use super::passwords::is_password;
use crate::IdempotencyKey;
use crate::web::messages;

/// The name of the form field that carries an idempotency key.
pub(crate) const IDEMPOTENCY_FIELD: &str = "once";

/// The most fields of a form. Each field costs two allocations, and no page has a hundredth of them.
pub(crate) const MAX_FIELDS: usize = 1000;

/// The fields of a form as they were typed, in their order, without its passwords. They may be shown again.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// Why a field has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The field was sent more than once.
    #[error("{}", messages::FIELD_REPEATED)]
    Repeated,
    /// The field contains U+0000, which PostgreSQL cannot store and no browser lets a user type.
    #[error("{}", messages::FIELD_HAS_NUL)]
    Nul,
}

/// A body is not a form: it has an invalid percent escape, invalid UTF-8, or more than 1,000 fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the form cannot be decoded")]
pub struct Undecodable;

impl Fields {
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Decodes a query string, or a form's body. Passwords are dropped: a form that has some is parsed by [`super::Form`].
    ///
    /// # Errors
    /// [`Undecodable`]
    pub fn decode(text: &[u8]) -> Result<Self, Undecodable> {
        decode_form(text).map(|(fields, _)| fields)
    }

    /// The value of a field; empty where the field was not sent, as for a field left blank.
    ///
    /// # Errors
    /// [`FieldError`]: the field has no single value.
    ///
    /// # Panics
    /// In debug builds, if the name is that of a password: its value is in [`PasswordFields`].
    pub fn one(&self, name: &str) -> Result<&str, FieldError> {
        debug_assert!(!is_password(name), "`{name}` is a password: take it from `PasswordFields`");
        one(self.values(name))
    }

    /// The key of the hidden field that [`PageContext::idempotency_field`](crate::web::PageContext::idempotency_field) writes.
    /// `None` where there is no valid one: the form has its effect each time that it is submitted.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<IdempotencyKey> {
        self.one(IDEMPOTENCY_FIELD).ok().and_then(IdempotencyKey::parse)
    }

    /// All values of a field.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field was sent, also without a value. Of several buttons, a browser sends the field of the pressed one.
    #[must_use]
    pub fn is_sent(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// Whether a check box is ticked. A browser sends the field of a ticked check box only.
    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        self.is_sent(name)
    }

    /// What to show in a field when the form is shown again: the first value.
    #[must_use]
    pub fn shown(&self, name: &str) -> &str {
        self.values(name).next().unwrap_or_default()
    }

    /// All fields, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A form filled in by the program, to be shown.
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Fields {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(fields: T) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// The names only.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// The single value of a field that was sent with these values; empty where there is none.
pub(super) fn one<V: AsRef<str> + Default>(mut values: impl Iterator<Item = V>) -> Result<V, FieldError> {
    let value = values.next().unwrap_or_default();
    match values.next() {
        Some(_) => Err(FieldError::Repeated),
        None if value.as_ref().contains('\0') => Err(FieldError::Nul),
        None => Ok(value),
    }
}

/// Decodes an `application/x-www-form-urlencoded` body, and separates its passwords from the other fields.
///
/// It is stricter than the WHATWG parser, which keeps an invalid percent escape as text: browsers never send one, and the
/// text stored would not be what was typed.
pub(crate) fn decode_form(body: &[u8]) -> Result<(Fields, PasswordFields), Undecodable> {
    let (mut fields, mut passwords) = (Vec::new(), PasswordFields::default());
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    for (count, pair) in pairs.enumerate() {
        if count == MAX_FIELDS {
            return Err(Undecodable);
        }
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &pair[..0]),
        };
        let (name, mut value) = (take(&mut *decode(name)?), decode(value)?);
        if is_password(&name) {
            passwords.push(name, value);
        } else {
            fields.push((name, take(&mut *value)));
        }
    }
    Ok((Fields(fields), passwords))
}

/// Decodes a name or a value. It makes no other copy than the one returned, which may be a password.
fn decode(text: &[u8]) -> Result<Zeroizing<String>, Undecodable> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|byte| char::from(*byte).to_digit(16)).ok_or(Undecodable);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(16 * high + low).map_err(|_| Undecodable)?
            }
            byte => *byte,
        });
    }
    String::from_utf8(take(&mut *decoded)).map(Zeroizing::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        Undecodable
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn form_is_decoded_as_a_browser_encodes_it() {
        let fields = Fields::decode(b"name=Ada+Lovelace&dish=caf%C3%A9%20%26+more&empty=&bare&=x&remember=on").unwrap();
        assert_eq!(fields.one("name"), Ok("Ada Lovelace"));
        assert_eq!(fields.one("dish"), Ok("café & more"));
        assert_eq!((fields.one("empty"), fields.one("bare"), fields.one("missing")), (Ok(""), Ok(""), Ok("")));
        assert!(fields.is_ticked("remember") && fields.is_sent("bare") && !fields.is_sent("missing"));
    }

    #[test]
    fn invalid_escape_or_invalid_utf8_is_rejected() {
        for body in [&b"a=%"[..], b"a=%4", b"a=%zz", b"a=%+1", b"%=a", b"a=%ff", b"a=%C3", b"a=\xff", b"a=%ED%A0%80"] {
            assert_eq!(Fields::decode(body), Err(Undecodable), "{body:?}");
        }
    }

    #[test]
    fn form_of_1001_fields_is_rejected() {
        assert!(Fields::decode("a=1&".repeat(MAX_FIELDS).as_bytes()).is_ok());
        assert_eq!(Fields::decode("a=1&".repeat(MAX_FIELDS + 1).as_bytes()), Err(Undecodable));
    }

    #[test]
    fn repeated_field_or_nul_has_no_value_but_is_shown() {
        let fields = Fields::decode(b"a=1&a=2&b=x%00y").unwrap();
        assert_eq!(fields.one("a"), Err(FieldError::Repeated));
        assert_eq!(fields.one("b"), Err(FieldError::Nul));
        assert_eq!(fields.shown("a"), "1");
    }

    #[test]
    fn debug_shows_names_only() {
        let fields = Fields::decode(b"email=a@b.c&dish=soup").unwrap();
        assert_eq!(format!("{fields:?}"), r#"["email", "dish"]"#);
    }

    #[test]
    fn fields_contain_no_password() {
        let (fields, mut passwords) = decode_form(b"email=a@b.c&password=hush%2Dhush&password2=x").unwrap();
        assert_eq!(fields.iter().collect::<Vec<_>>(), [("email", "a@b.c")]);
        assert!(!fields.is_sent("password") && fields.shown("password").is_empty());
        assert_eq!(passwords.take("password").unwrap().as_str(), "hush-hush");
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "take it from `PasswordFields`")]
    fn password_asked_of_fields_panics_in_debug_builds() {
        let _ = Fields::default().one("password");
    }

    proptest! {
        #[test]
        fn encoded_form_decodes_to_the_same_pairs(
            pairs in prop::collection::vec((any::<String>(), any::<String>()), 1..6),
        ) {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let decoded = Fields::decode(body.as_bytes()).unwrap();
            let decoded: Vec<_> = decoded.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            prop_assert_eq!(decoded, pairs);
        }

        #[test]
        fn any_bytes_decode_or_are_rejected(body in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode_form(&body);
        }
    }
}
