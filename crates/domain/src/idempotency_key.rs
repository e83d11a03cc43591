//! Idempotency keys: a form that is submitted twice has its effect once.

/// A random value that is unique to one rendered form.
///
/// It is not a secret. Compare it among the rows of one user only: another user may send the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The length in characters: at least 128 random bits in base64url.
    const LENGTH: std::ops::RangeInclusive<usize> = 22..=64;

    /// Parses the value of a form field: 22 to 64 characters of base64url. `None` for any other text.
    ///
    /// A request without a key, such as that of a script, has its effect each time.
    #[must_use]
    pub fn parse(field: &str) -> Option<Self> {
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (Self::LENGTH.contains(&field.len()) && field.bytes().all(is_base64url)).then(|| Self(field.to_owned()))
    }

    /// The key as submitted.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_22_to_64_characters_of_base64url() {
        let key = "AZaz09-_AZaz09-_AZaz09";
        assert_eq!(IdempotencyKey::parse(key).as_ref().map(IdempotencyKey::as_str), Some(key));
        for field in [
            "",
            &key[1..],
            &key.repeat(3),
            "AZaz09-_AZaz09-_AZaz0 ",
            "AZaz09-_AZaz09-_AZazü",
            "AZaz09-_AZaz09-_AZaz\0a",
        ] {
            assert_eq!(IdempotencyKey::parse(field), None, "{field:?}");
        }
    }
}
