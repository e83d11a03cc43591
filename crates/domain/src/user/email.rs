//! E-mail addresses: what may be one, and when two are the same.

use std::fmt;

use email_address::{EmailAddress, Options};

use crate::caseless_key;

/// Where mail for a user goes; shown to nobody else. Unique by [`Email::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing was typed.
    #[error("an e-mail address is required")]
    Empty,
    /// More than [`Email::MAX_LENGTH`] code points.
    #[error("an e-mail address has at most {} characters", Email::MAX_LENGTH)]
    TooLong,
    /// Not of the form `name@example.com`.
    #[error("that is not an e-mail address")]
    Malformed,
}

impl Email {
    /// The most code points: the longest path that SMTP carries, less its brackets (RFC 5321, 4.5.3.1.3).
    pub const MAX_LENGTH: usize = 254;

    /// Reads an address as somebody typed it. Space around it is not part of it.
    ///
    /// # Errors
    /// The first rule of [`EmailError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(EmailError::Empty);
        }
        if typed.chars().take(Self::MAX_LENGTH + 1).count() > Self::MAX_LENGTH || typed.len() > 4 * Self::MAX_LENGTH {
            return Err(EmailError::TooLong);
        }
        if typed.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(EmailError::Malformed); // the grammar allows them, quoted; no mailbox needs them and a header breaks on them
        }
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        match EmailAddress::parse_with_options(typed, options) {
            Ok(address) => Ok(Self(address.into())),
            Err(_) => Err(EmailError::Malformed),
        }
    }

    /// An address that was parsed before it was stored. Only what would break a page or a header is looked for: a grammar
    /// that is read otherwise later locks nobody out.
    ///
    /// # Errors
    /// The first rule of [`EmailError`] that the text breaks.
    pub fn from_stored(address: String) -> Result<Self, EmailError> {
        match address.chars().take(Self::MAX_LENGTH + 1).count() {
            0 => Err(EmailError::Empty),
            n if n > Self::MAX_LENGTH => Err(EmailError::TooLong),
            _ if address.chars().any(|c| c.is_control() || c.is_whitespace()) => Err(EmailError::Malformed),
            _ => Ok(Self(address)),
        }
    }

    /// The address as it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which it is unique. The local part is folded too: RFC 5321 would allow two mailboxes that differ
    /// in case, no provider has them, and people type theirs either way.
    #[must_use]
    pub fn key(&self) -> String {
        caseless_key(&self.0)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_in_use_are_read_as_typed() {
        for typed in
            ["ada@example.com", "Ada.Lovelace+party@mail.example.co.uk", "jörg@exämple.de", "o'hara@example.org"]
        {
            assert_eq!(Email::parse(typed).map(|e| e.to_string()), Ok(typed.to_owned()), "{typed}");
        }
        assert_eq!(Email::parse(" ada@example.com ").map(|e| e.to_string()), Ok("ada@example.com".to_owned()));
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_reason() {
        use EmailError::{Empty, Malformed, TooLong};
        for typed in [
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@[127.0.0.1]",
            "Ada <ada@example.com>",
            "a da@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\0",
            "\"a\tb\"@example.com",
            "ada@exa mple.com",
        ] {
            assert_eq!(Email::parse(typed), Err(Malformed), "{typed:?}");
        }
        assert_eq!(Email::parse(" "), Err(Empty));
        assert_eq!(Email::parse(&format!("ada@{}.com", "a".repeat(250))), Err(TooLong));
    }

    #[test]
    fn case_makes_no_second_account() {
        assert_eq!(Email::parse("Ada@Example.COM").unwrap().key(), Email::parse("ada@example.com").unwrap().key());
    }

    #[test]
    fn a_stored_address_is_refused_only_for_what_would_break_a_page() {
        assert_eq!(Email::from_stored("Ada@intranet".to_owned()).map(|e| e.to_string()), Ok("Ada@intranet".to_owned()));
        assert_eq!(Email::from_stored(String::new()), Err(EmailError::Empty));
        assert_eq!(Email::from_stored("a".repeat(255)), Err(EmailError::TooLong));
        for stored in ["ada @example.com", "ada@example.com\r\nBcc: ben@example.com"] {
            assert_eq!(Email::from_stored(stored.to_owned()), Err(EmailError::Malformed), "{stored:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_address_or_refused(text in any::<String>()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(&Email::parse(email.as_str()).unwrap(), &email);
            }
        }

        #[test]
        fn an_address_reads_as_itself(local in "[a-z0-9._%+-]{1,20}", host in "[a-z]{1,20}\\.[a-z]{2,6}") {
            if let Ok(email) = Email::parse(&format!("{local}@{host}")) {
                prop_assert_eq!(&Email::parse(&email.as_str().to_uppercase()).unwrap().key(), &email.key());
            }
        }
    }
}
