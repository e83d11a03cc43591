//! Usernames: which text is one, and when two are equal.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::caseless_key;
use crate::invisible::{is_invisible, trim_invisible};

/// A public name: 3 to 64 code points of letters, digits, `_`, `-` and `.`.
///
/// Shown as typed, unique by [`Username::key`]. A new user's name also obeys [`Username::ensure_assignable`], and its
/// [`Username::skeleton`] is not that of another user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(pub(super) String);

/// Why a text is not a username.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// The text is empty.
    #[error("a username is required")]
    Empty,
    /// Fewer than [`Username::MIN_LENGTH`] code points.
    #[error("a username has at least {} characters", Username::MIN_LENGTH)]
    TooShort,
    /// More than [`Username::MAX_LENGTH`] code points.
    #[error("a username has at most {} characters", Username::MAX_LENGTH)]
    TooLong,
    /// The text has a character that is not a letter, digit, `_`, `-` or `.`.
    #[error("a username is made of letters, digits, '_', '-' and '.'")]
    Character,
    /// The text has a character that displays nothing. Two names that differ by it only would look equal.
    #[error("a username has no invisible characters")]
    Invisible,
    /// The text is only dots, which some programs take for a folder.
    #[error("a username is more than dots")]
    OnlyDots,
    /// The name of a page, a name that suggests authority, or one of a deleted user.
    #[error("that username is reserved")]
    Reserved,
    /// The letters are of several scripts, so that the name could imitate one of a single script. Only a new name is checked:
    /// see [`Username::ensure_assignable`].
    #[error("a username has letters of one script")]
    MixedScript,
}

/// Names that collide with the path of a page, or that suggest to speak for the service. Sorted, for a binary search.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "administrator",
    "anonymous",
    "api",
    "assets",
    "everyone",
    "guest",
    "health",
    "help",
    "home",
    "index",
    "info",
    "login",
    "logout",
    "mail",
    "me",
    "moderator",
    "new",
    "nobody",
    "null",
    "operator",
    "owner",
    "parties",
    "party",
    "postmaster",
    "register",
    "reset",
    "root",
    "rsvp",
    "security",
    "settings",
    "signin",
    "signup",
    "staff",
    "static",
    "support",
    "system",
    "undefined",
    "user",
    "users",
    "webmaster",
    "www",
];

impl Username {
    /// The least length: 3 code points.
    pub const MIN_LENGTH: usize = 3;
    /// The greatest length: 64 code points.
    pub const MAX_LENGTH: usize = 64;

    /// Parses a username as typed: white space and invisible characters around it are removed, and the name is stored in
    /// NFC.
    ///
    /// # Errors
    /// The first rule of [`UsernameError`] that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, UsernameError> {
        let typed = trim_invisible(typed);
        // Counts before it normalizes: a megabyte of text is rejected without work.
        match typed.chars().take(4 * Self::MAX_LENGTH).count() {
            0 => return Err(UsernameError::Empty),
            n if n == 4 * Self::MAX_LENGTH => return Err(UsernameError::TooLong),
            _ => {}
        }
        let name: String = typed.nfc().collect();
        match name.chars().count() {
            n if n < Self::MIN_LENGTH => return Err(UsernameError::TooShort),
            n if n > Self::MAX_LENGTH => return Err(UsernameError::TooLong),
            _ => {}
        }
        if name.chars().any(is_invisible) {
            return Err(UsernameError::Invisible);
        }
        // Checks the compatibility form too: "⒜" is alphabetic, but its key is "(a)".
        if !is_well_formed(name.chars()) || !is_well_formed(name.nfkc()) {
            return Err(UsernameError::Character);
        }
        if name.chars().all(|c| c == '.') {
            return Err(UsernameError::OnlyDots);
        }
        let key = caseless_key(&name);
        if RESERVED.binary_search(&key.as_str()).is_ok() {
            return Err(UsernameError::Reserved);
        }
        Ok(Self(name))
    }

    /// Takes a stored name, which was parsed before it was stored.
    ///
    /// Checks only what would break a page. A name that is reserved later, or a character with other properties in a
    /// later Unicode version, makes no stored user unreadable.
    ///
    /// # Errors
    /// [`UsernameError::Empty`], [`UsernameError::TooLong`] or [`UsernameError::Character`].
    pub fn from_stored(name: String) -> Result<Self, UsernameError> {
        match name.len() {
            0 => Err(UsernameError::Empty),
            // A text has at least as many bytes as code points.
            n if n > Self::MAX_LENGTH && name.chars().count() > Self::MAX_LENGTH => Err(UsernameError::TooLong),
            _ if name.chars().any(|c| c.is_control() || c.is_whitespace() || c == '/') => Err(UsernameError::Character),
            _ => Ok(Self(name)),
        }
    }

    /// The name as shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The unique key: two names with equal keys are one name.
    #[must_use]
    pub fn key(&self) -> String {
        caseless_key(&self.0)
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a name has only letters, digits, `_`, `-` and `.`.
///
/// A letter has at most two combining marks, which is enough for scripts in use.
fn is_well_formed(name: impl Iterator<Item = char>) -> bool {
    let mut marks = None; // the number of marks on the letter before; `None` if there is no letter before
    for c in name {
        if is_invisible(c) {
            return false;
        }
        marks = match (c, marks) {
            (c, Some(0 | 1)) if is_combining_mark(c) => marks.map(|n| n + 1),
            (c, _) if is_combining_mark(c) => return false,
            (c, _) if c.is_alphanumeric() => Some(0),
            ('_' | '-' | '.', _) => None,
            _ => return false,
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn username_of_any_script_is_shown_as_typed() {
        for name in ["ada", "Ada_Lovelace", "jean-luc.p", "Ωmega", "Łukasz", "李小龙", "हिन्दी", "מִרְיָם", "42nd"]
        {
            assert_eq!(Username::parse(name).map(|n| n.to_string()), Ok(name.nfc().collect()), "{name}");
        }
        for typed in ["  ada\n", "ada\u{200b}", "\u{feff}ada", "\u{202a}ada\u{202c}"] {
            assert_eq!(Username::parse(typed).map(|n| n.to_string()), Ok("ada".to_owned()), "{typed:?}");
        }
    }

    #[test]
    fn invalid_username_is_rejected_with_its_rule() {
        use UsernameError::{Character, Empty, Invisible, OnlyDots, Reserved, TooLong, TooShort};
        for (typed, reason) in [
            ("", Empty),
            ("   ", Empty),
            ("ab", TooShort),
            ("...", OnlyDots),
            ("admin", Reserved),
            ("ＬｏｇＩｎ", Reserved),
            ("a b c", Character),
            ("a/b", Character),
            ("<b>x</b>", Character),
            ("ada\0", Character),
            ("a\u{202E}da", Invisible),
            ("a\u{200B}da", Invisible),
            ("\u{3164}\u{3164}\u{3164}", Invisible),
            ("⒜⒝⒞", Character),
            ("ﷺab", Character),
            ("\u{301}abc", Character),
            ("a\u{315}\u{315}\u{315}\u{315}bc", Character),
            ("🙂🙂🙂", Character),
        ] {
            assert_eq!(Username::parse(typed), Err(reason), "{typed:?}");
        }
        assert_eq!(Username::parse(&"a".repeat(64)).map(|n| n.to_string()), Ok("a".repeat(64)));
        assert_eq!(Username::parse(&"a".repeat(65)), Err(TooLong));
        assert_eq!(Username::parse(&"a".repeat(1_000_000)), Err(TooLong));
    }

    #[test]
    fn stored_username_may_be_reserved() {
        assert_eq!(Username::from_stored("admin".into()).map(|n| n.to_string()), Ok("admin".to_owned()));
        for name in ["", "a b", "a/b", "a\0b"] {
            assert!(Username::from_stored(name.into()).is_err(), "{name:?}");
        }
    }

    #[test]
    fn username_with_invisible_character_is_rejected() {
        for name in
            ["ad\u{fe0f}a", "a\u{34f}da", "ada\u{e0100}", "ada\u{17b4}", "admi\u{34f}n", "\u{13441}\u{13441}\u{13441}"]
        {
            assert_eq!(Username::parse(name), Err(UsernameError::Invisible), "{name:?}");
        }
    }

    #[test]
    fn reserved_names_are_sorted() {
        assert!(RESERVED.is_sorted());
    }

    proptest! {
        #[test]
        fn parsed_username_parses_to_itself(text in any::<String>()) {
            if let Ok(name) = Username::parse(&text) {
                prop_assert_eq!(&Username::parse(name.as_str()).unwrap(), &name);
                prop_assert!(!name.as_str().chars().any(|c| c.is_control() || c.is_whitespace() || c == '/'));
            }
        }

        #[test]
        fn upper_case_username_has_same_key(name in "[\\p{L}]{3,20}") {
            // Turkish "ı" and "i" have one upper case outside of Turkey, but Unicode folds neither into the other.
            prop_assume!(!name.contains('ı'));
            if let (Ok(one), Ok(other)) = (Username::parse(&name), Username::parse(&name.to_uppercase())) {
                prop_assert_eq!(one.key(), other.key());
            }
        }
    }
}
