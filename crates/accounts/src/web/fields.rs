//! What a form sent, decoded once and strictly.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::words;

/// The fields of a form as they came, in their order. They may hold a password: they cannot be printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// Why a field has no one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// It came more than once, and none of them is the right one.
    #[error("{}", words::SENT_TWICE)]
    Repeated,
    /// It holds U+0000, which PostgreSQL cannot store and nobody can type.
    #[error("{}", words::HAS_NUL)]
    Nul,
}

/// A body that is no form: a broken escape, or bytes that are no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the form cannot be decoded")]
pub struct Undecodable;

impl Fields {
    /// The most fields of one form: no page asks for a hundredth of them, and each is a pair of allocations.
    const MOST: usize = 1000;

    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Decodes an `application/x-www-form-urlencoded` text. Stricter than browsers need: they never send a broken
    /// escape, and guessing at one would store something that nobody typed.
    ///
    /// # Errors
    /// [`Undecodable`]
    pub fn decode(body: &[u8]) -> Result<Self, Undecodable> {
        let body = std::str::from_utf8(body).map_err(|_| Undecodable)?;
        let pairs = body.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode_one(name)?, decode_one(value)?))
        });
        let pairs: Vec<_> = pairs.take(Self::MOST + 1).collect::<Result<_, _>>()?;
        if pairs.len() > Self::MOST { Err(Undecodable) } else { Ok(Self(pairs)) }
    }

    /// The one value of a field; empty where it did not come, which is what leaving it blank would have sent.
    ///
    /// # Errors
    /// [`FieldError`]: there is no one value.
    pub fn one(&self, name: &str) -> Result<&str, FieldError> {
        let mut values = self.0.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let value = values.next().unwrap_or_default();
        match values.next() {
            Some(_) => Err(FieldError::Repeated),
            None if value.contains('\0') => Err(FieldError::Nul),
            None => Ok(value),
        }
    }

    /// Whether a box was ticked: its field came, with whatever value.
    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// What to show in a field again, when the form comes back: the first value that was typed.
    #[must_use]
    pub fn shown(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// All fields, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A form filled in beforehand, to be offered.
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Fields {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(fields: T) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

fn decode_one(text: &str) -> Result<String, Undecodable> {
    let text = text.replace('+', " ");
    let mut escapes = text.split('%').skip(1);
    let is_escape = |after: &str| after.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    if !escapes.all(is_escape) {
        return Err(Undecodable);
    }
    percent_decode_str(&text).decode_utf8().map(Into::into).map_err(|_| Undecodable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_form_is_read_as_a_browser_wrote_it() {
        let fields = Fields::decode(b"name=Ada+Lovelace&dish=caf%C3%A9%20%26+more&empty=&bare&=x&remember=on").unwrap();
        assert_eq!(fields.one("name"), Ok("Ada Lovelace"));
        assert_eq!(fields.one("dish"), Ok("café & more"));
        assert_eq!((fields.one("empty"), fields.one("bare"), fields.one("missing")), (Ok(""), Ok(""), Ok("")));
        assert!(fields.is_ticked("remember") && fields.is_ticked("bare") && !fields.is_ticked("missing"));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for body in [&b"a=%"[..], b"a=%4", b"a=%zz", b"%=a", b"a=%ff", b"a=%C3", b"a=\xff", b"a=%ED%A0%80"] {
            assert_eq!(Fields::decode(body), Err(Undecodable), "{body:?}");
        }
    }

    #[test]
    fn a_form_of_too_many_fields_is_none() {
        assert!(Fields::decode("a=1&".repeat(Fields::MOST).as_bytes()).is_ok());
        assert_eq!(Fields::decode("a=1&".repeat(Fields::MOST + 1).as_bytes()), Err(Undecodable));
    }

    #[test]
    fn a_field_sent_twice_or_with_nul_has_no_value_but_can_be_shown() {
        let fields = Fields::decode(b"a=1&a=2&b=x%00y").unwrap();
        assert_eq!(fields.one("a"), Err(FieldError::Repeated));
        assert_eq!(fields.one("b"), Err(FieldError::Nul));
        assert_eq!(fields.shown("a"), "1");
    }

    #[test]
    fn a_password_is_not_printed() {
        let fields = Fields::decode(b"email=a@b.c&password=secret").unwrap();
        assert_eq!(format!("{fields:?}"), r#"["email", "password"]"#);
    }

    proptest! {
        #[test]
        fn what_a_browser_encodes_comes_back(pairs in prop::collection::vec((any::<String>(), any::<String>()), 1..6)) {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let fields = Fields::decode(body.as_bytes()).unwrap();
            let read: Vec<_> = fields.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            prop_assert_eq!(read, pairs);
        }

        #[test]
        fn any_bytes_are_a_form_or_refused(body in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Fields::decode(&body);
        }
    }
}
