//! E-mail addresses: which text is one, and when two are equal.

mod key;
mod typed;

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
    /// The text has no `@`.
    #[error("an e-mail address has an '@'")]
    MissingAt,
    /// The text has several `@` outside of quotes, such as a list of addresses.
    #[error("an e-mail address has one '@'")]
    SeveralAts,
    /// The text has white space inside.
    #[error("an e-mail address has no white space")]
    WhiteSpace,
    /// The text has a character that no address contains.
    #[error("an e-mail address does not contain {0:?}")]
    Character(char),
    /// The text has a character that displays nothing, such as a control character, which would break a header.
    #[error("an e-mail address does not contain {0:?}")]
    Invisible(char),
    /// The part before the `@` is missing, too long, or has a dot in the wrong place.
    #[error("that is not the local part of an e-mail address")]
    LocalPart,
    /// The part after the `@` is no domain with at least two labels.
    #[error("that is not the domain of an e-mail address")]
    Domain,
}

impl Email {
    /// The greatest length: 254 code points, the longest path of SMTP without its brackets (RFC 5321, 4.5.3.1.3).
    pub const MAX_LENGTH: usize = 254;

    /// Parses an address as typed or pasted: `ada@example.com`, `mailto:ada@example.com`, `Ada <ada@example.com>`. White
    /// space and invisible characters around it are removed, and full-width forms become ASCII.
    ///
    /// # Errors
    /// The first rule of [`EmailError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let address = typed::address_in(typed);
        if address.is_empty() {
            return Err(EmailError::Empty);
        }
        if address.chars().take(Self::MAX_LENGTH + 1).count() > Self::MAX_LENGTH {
            return Err(EmailError::TooLong);
        }
        // White space is valid in a quoted local part, and a control character too, but they would break a header.
        if address.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(typed::error_of(&address));
        }
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        match EmailAddress::parse_with_options(&address, options) {
            Ok(address) => Ok(Self(address.into())),
            Err(_) => Err(typed::error_of(&address)),
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
            _ => match address.chars().find(|c| c.is_control() || c.is_whitespace()) {
                Some(wrong) => Err(EmailError::Invisible(wrong)),
                None => Ok(Self(address)),
            },
        }
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The unique key: the unquoted, case folded local part at the ASCII form of the domain (UTS 46, non-transitional).
    #[must_use]
    pub fn key(&self) -> String {
        key::key(&self.0)
    }

    /// The unique key of former versions: the case folded address.
    ///
    /// Two accounts with different former keys may have one key. The account that did not get it still has its former key.
    #[must_use]
    pub fn former_key(&self) -> String {
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
    fn pasted_email_is_cleaned() {
        for typed in [
            "\u{200b}ada@example.com",
            "ada@example.com\u{feff}",
            "\u{202a}ada@example.com\u{202c}",
            "ada\u{2060}@\u{ad}example.com",
            "ada＠example.com",
            "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "ada\u{fe6b}example\u{3002}com",
            "mailto:ada@example.com",
            "MAILTO:ada@example.com?subject=Dinner",
            "mailto:%61da%40example.com%E2%80%8B",
            "<ada@example.com>",
            "<mailto:ada@example.com>",
            "Ada <ada@example.com>",
            "\"Lovelace, Ada\" <ada@example.com>;",
            "ada@example.com <ada@example.com>",
            "'ada@example.com' <ada@example.com>",
            "ada@example.com,",
            "<ada@example.com",
        ] {
            assert_eq!(Email::parse(typed).map(|e| e.to_string()), Ok("ada@example.com".to_owned()), "{typed:?}");
        }
        assert_eq!(Email::parse("mailto:a%2Bb@x.org").map(|e| e.to_string()), Ok("a+b@x.org".to_owned()));
        for typed in ["jose\u{301}@exa\u{308}mple.de", "mailto:jose%CC%81@ex%C3%A4mple.de"] {
            assert_eq!(Email::parse(typed).map(|e| e.to_string()), Ok("josé@exämple.de".to_owned()), "{typed:?}");
        }
    }

    #[test]
    fn invalid_email_is_rejected_with_its_rule() {
        use EmailError::{Character, Domain, Empty, Invisible, LocalPart, MissingAt, SeveralAts, TooLong, WhiteSpace};
        for (typed, rule) in [
            (" ", Empty),
            ("\u{200b}", Empty),
            ("mailto:", Empty),
            ("ada", MissingAt),
            ("ada@", Domain),
            ("@example.com", LocalPart),
            (".ada@example.com", LocalPart),
            ("ada@localhost", Domain),
            ("ada@example", Domain),
            ("ada@example..com", Domain),
            ("ada@[127.0.0.1]", Character('[')),
            ("ada@exa_mple!.com", Character('!')),
            ("ada;@example.com", Character(';')),
            ("a(d)a@example.com", Character('(')),
            ("ada@@example.com", SeveralAts),
            ("ada@example.com, ben@example.com", SeveralAts),
            ("Ada <ada@example.com>, Ben <ben@example.com>", SeveralAts),
            ("a da@example.com", WhiteSpace),
            ("ada@exa mple.com", WhiteSpace),
            ("ada@example.com\r\nBcc: eve@example.com", Invisible('\r')),
            ("ada@example.com\0", Invisible('\0')),
            ("\"a\tb\"@example.com", Invisible('\t')),
            ("ada@exam\u{200d}ple.com", Invisible('\u{200d}')),
        ] {
            assert_eq!(Email::parse(typed), Err(rule), "{typed:?}");
        }
        assert_eq!(Email::parse(&format!("ada@{}.com", "a".repeat(250))), Err(TooLong));
        assert_eq!(Email::parse(&format!("ada@{}.com", "a".repeat(1_000_000))), Err(TooLong));
    }

    #[test]
    fn stored_email_is_rejected_only_if_it_breaks_a_page() {
        assert_eq!(Email::from_stored("Ada@intranet".to_owned()).map(|e| e.to_string()), Ok("Ada@intranet".to_owned()));
        assert_eq!(Email::from_stored(String::new()), Err(EmailError::Empty));
        assert_eq!(Email::from_stored("a".repeat(255)), Err(EmailError::TooLong));
        for stored in ["ada @example.com", "ada@example.com\r\nBcc: ben@example.com"] {
            assert!(matches!(Email::from_stored(stored.to_owned()), Err(EmailError::Invisible(_))), "{stored:?}");
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
        fn pasted_address_parses_to_itself(
            local in "[a-z0-9+_-]{1,20}", host in "[a-z0-9ü]{1,20}\\.[a-z]{2,6}",
            around in prop::sample::select(&["{}", " {}\u{200b}", "<{}>", "mailto:{}", "Ada <{}>", "\u{202a}{}\u{202c}", "{} <{}>,"]),
        ) {
            let address = format!("{local}@{host}");
            prop_assert_eq!(Email::parse(&around.replace("{}", &address)).map(|e| e.to_string()), Ok(address));
        }

        #[test]
        fn key_of_any_address_has_a_domain(text in any::<String>()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(!email.key().is_empty() && email.key().contains('@'));
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
