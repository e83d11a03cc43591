//! A typed password: the one type that holds it, from the parsed form to the hash.
//!
//! Which passwords may be chosen is in [`crate::PasswordPolicy`], since passwords chosen under an earlier policy must
//! still log in.

use std::fmt;

use unicode_normalization::{UnicodeNormalization, is_nfkc};
use zeroize::Zeroizing;

/// A typed password in NFKC. Its text is wiped when it is dropped, and `Debug` hides it. With the feature `import` it holds the
/// text as typed too, where that is not in NFKC.
///
/// NFKC makes the same keys give the same password on every device (NIST SP 800-63B-4, 3.1.1.2). Nothing else is
/// changed: the text is not trimmed, truncated or case folded (ASVS 5.0, V6.2.8). A password is compared only as a
/// hash.
pub struct Password {
    normalized: Zeroizing<String>,
    length: usize,
    #[cfg(feature = "import")]
    typed: Option<Zeroizing<String>>,
}

/// A password of more than [`Password::MAX_LENGTH`] code points. It was not normalized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has at most {} characters", Password::MAX_LENGTH)]
pub struct PasswordTooLong;

impl Password {
    /// The most code points of a typed password: 1,024.
    ///
    /// A longer one is neither normalized nor hashed (ASVS 5.0, V6.2.9).
    pub const MAX_LENGTH: usize = 1_024;

    /// Takes ownership of a password as typed, at registration and at log-in.
    ///
    /// Text that is in NFKC already is kept in its own buffer. Other text is normalized into one new buffer, and the
    /// typed one is wiped: at once, or with the feature `import` when the password is dropped. A `String` converts into the
    /// argument without a copy.
    ///
    /// # Errors
    /// [`PasswordTooLong`], found by counting no further than the first code point above the limit. The text is wiped.
    pub fn parse(typed: impl Into<Zeroizing<String>>) -> Result<Self, PasswordTooLong> {
        let typed = typed.into();
        let typed_length = typed.chars().take(Self::MAX_LENGTH + 1).count();
        if typed_length > Self::MAX_LENGTH {
            return Err(PasswordTooLong);
        }
        let (normalized, typed) = if is_nfkc(&typed) { (typed, None) } else { (to_nfkc(&typed), Some(typed)) };
        let length = normalized.chars().count().min(typed_length);
        #[cfg(not(feature = "import"))]
        drop(typed);
        Ok(Self {
            normalized,
            length,
            #[cfg(feature = "import")]
            typed,
        })
    }

    /// The length in code points, of the typed or of the normalized text, whichever is shorter.
    ///
    /// Neither a combining accent nor a ligature that normalizes to 18 letters makes a short password long.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The secret text, for hashing and for the strength estimate only.
    pub(crate) fn expose(&self) -> &str {
        &self.normalized
    }

    /// The secret text as typed, where it differs from the one in NFKC. For the hashes of other programs only.
    #[cfg(feature = "import")]
    pub(crate) fn expose_typed(&self) -> Option<&str> {
        self.typed.as_deref().map(String::as_str)
    }
}

/// Normalizes into a buffer of the exact size: a `String` that grows leaves copies in freed memory.
fn to_nfkc(typed: &str) -> Zeroizing<String> {
    let mut normalized = Zeroizing::new(String::with_capacity(typed.nfkc().map(char::len_utf8).sum()));
    for c in typed.nfkc() {
        normalized.push(c);
    }
    normalized
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(typed: &str) -> Result<Password, PasswordTooLong> {
        Password::parse(typed.to_owned())
    }

    fn normalized(typed: &str) -> String {
        parse(typed).unwrap().expose().to_owned()
    }

    #[test]
    fn password_is_not_trimmed_truncated_or_case_folded() {
        let long = format!(" {} Zz\t", "x".repeat(900));
        assert_eq!(normalized(&long), long);
    }

    #[test]
    fn composed_and_combining_accents_give_one_password() {
        assert_eq!(normalized("caf\u{e9} ﬁve"), normalized("cafe\u{301} five"));
    }

    #[test]
    fn too_long_password_is_rejected_before_normalization() {
        assert!(parse(&"🙂".repeat(1_024)).is_ok());
        assert!(matches!(parse(&"🙂".repeat(1_025)), Err(PasswordTooLong)));
        // In NFKC these are 513 code points: only a count before normalization rejects them.
        assert!(matches!(parse(&"e\u{301}".repeat(513)), Err(PasswordTooLong)));
    }

    #[test]
    fn debug_output_hides_password() {
        assert_eq!(format!("{:?}", parse("hunter2")), "Ok(Password(..))");
    }

    #[test]
    fn normalized_password_keeps_its_buffer() {
        let typed = "marble otter".to_owned();
        let buffer = typed.as_ptr();
        assert_eq!(Password::parse(typed).unwrap().expose().as_ptr(), buffer);
    }

    #[cfg(feature = "import")]
    #[test]
    fn text_as_typed_is_kept_only_where_it_differs() {
        for (typed, kept) in [("marble otter", None), ("caf\u{e9}", None), ("ﬁve", Some("ﬁve"))] {
            assert_eq!(parse(typed).unwrap().expose_typed(), kept);
        }
    }

    #[test]
    fn normalization_allocates_one_buffer_of_exact_size() {
        for typed in ["cafe\u{301}", "\u{fdfa}", &"ﬁ".repeat(1_024)] {
            let password = parse(typed).unwrap();
            assert_eq!(password.normalized.capacity(), password.normalized.len(), "{typed}");
        }
    }

    #[test]
    fn length_is_lesser_of_typed_and_normalized() {
        for (typed, length) in [("🙂🙂", 2), ("e\u{301}e\u{301}", 2), ("\u{fdfa}", 1), ("", 0)] {
            assert_eq!(parse(typed).unwrap().length(), length, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn every_normalization_form_gives_the_same_password(text in "\\PC{0,40}") {
            for spelling in [text.nfc().collect::<String>(), text.nfd().collect(), text.nfkd().collect()] {
                prop_assert_eq!(normalized(&spelling), normalized(&text));
            }
        }

        #[test]
        fn any_text_is_a_password_or_too_long(text in any::<String>()) {
            prop_assert_eq!(parse(&text).is_ok(), text.chars().count() <= Password::MAX_LENGTH);
        }
    }
}
