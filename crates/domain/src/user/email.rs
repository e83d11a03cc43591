//! E-mail addresses: which text is one, and when two are equal.

use std::fmt;

use email_address::{EmailAddress, Options};

use crate::caseless_key;

/// The e-mail address of a user. Only that user sees it. Unique by [`Email::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// The text is empty.
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
    /// The greatest length: 254 code points, the longest path of SMTP without its brackets (RFC 5321, 4.5.3.1.3).
    pub const MAX_LENGTH: usize = 254;

    /// Parses an address as typed. Surrounding white space is removed.
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
            return Err(EmailError::Malformed); // valid in a quoted local part, but they would break a header
        }
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        match EmailAddress::parse_with_options(typed, options) {
            Ok(address) => Ok(Self(address.into())),
            Err(_) => Err(EmailError::Malformed),
        }
    }

    /// Takes a stored address, which was parsed before it was stored.
    ///
    /// Checks only what would break a page or a header, so that a stricter [`Email::parse`] locks out no stored user.
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

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The unique key.
    ///
    /// The local part is case folded too. RFC 5321 allows two mailboxes that differ in case only, but no provider has
    /// them, and users type their address in either case.
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
    fn email_is_shown_as_typed() {
        for typed in
            ["ada@example.com", "Ada.Lovelace+party@mail.example.co.uk", "jörg@exämple.de", "o'hara@example.org"]
        {
            assert_eq!(Email::parse(typed).map(|e| e.to_string()), Ok(typed.to_owned()), "{typed}");
        }
        assert_eq!(Email::parse(" ada@example.com ").map(|e| e.to_string()), Ok("ada@example.com".to_owned()));
    }

    #[test]
    fn invalid_email_is_rejected_with_its_rule() {
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
    fn email_in_other_case_has_same_key() {
        assert_eq!(Email::parse("Ada@Example.COM").unwrap().key(), Email::parse("ada@example.com").unwrap().key());
    }

    #[test]
    fn stored_email_is_rejected_only_if_it_breaks_a_page() {
        assert_eq!(Email::from_stored("Ada@intranet".to_owned()).map(|e| e.to_string()), Ok("Ada@intranet".to_owned()));
        assert_eq!(Email::from_stored(String::new()), Err(EmailError::Empty));
        assert_eq!(Email::from_stored("a".repeat(255)), Err(EmailError::TooLong));
        for stored in ["ada @example.com", "ada@example.com\r\nBcc: ben@example.com"] {
            assert_eq!(Email::from_stored(stored.to_owned()), Err(EmailError::Malformed), "{stored:?}");
        }
    }

    proptest! {
        #[test]
        fn parsed_email_parses_to_itself(text in any::<String>()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(&Email::parse(email.as_str()).unwrap(), &email);
            }
        }

        #[test]
        fn upper_case_email_has_same_key(local in "[a-z0-9._%+-]{1,20}", host in "[a-z]{1,20}\\.[a-z]{2,6}") {
            if let Ok(email) = Email::parse(&format!("{local}@{host}")) {
                prop_assert_eq!(&Email::parse(&email.as_str().to_uppercase()).unwrap().key(), &email.key());
            }
        }
    }
}
