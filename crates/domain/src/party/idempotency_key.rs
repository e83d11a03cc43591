//! Which form a party was asked for by, so that a form that is sent twice hosts one party.

/// What one copy of a form, as one page showed it, carries and no other does. It proves nothing, and is nothing to anybody
/// but its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// As many letters as 128 random bits have, and somewhat more than a page would ever send.
    const LENGTH: std::ops::RangeInclusive<usize> = 22..=64;

    /// Reads what a form sent, in the letters of base64url; anything else, and nothing, is `None`: a program that fills in
    /// no form asks for a party each time.
    #[must_use]
    pub fn parse(sent: &str) -> Option<Self> {
        let is_ours = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (Self::LENGTH.contains(&sent.len()) && sent.bytes().all(is_ours)).then(|| Self(sent.to_owned()))
    }

    /// As it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_page_of_ours_sends_is_no_form_id() {
        let id = "AZaz09-_AZaz09-_AZaz09";
        assert_eq!(IdempotencyKey::parse(id).as_ref().map(IdempotencyKey::as_str), Some(id));
        for sent in
            ["", &id[1..], &id.repeat(3), "AZaz09-_AZaz09-_AZaz0 ", "AZaz09-_AZaz09-_AZazü", "AZaz09-_AZaz09-_AZaz\0a"]
        {
            assert_eq!(IdempotencyKey::parse(sent), None, "{sent:?}");
        }
    }
}
