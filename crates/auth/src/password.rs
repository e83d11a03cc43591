//! A password as it was typed: the one place where it is normalized. Which passwords may be chosen is
//! [`crate::PasswordPolicy`]'s business, since those chosen earlier must still log in.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// A typed password in NFKC. A secret: it cannot be printed, and is compared only as a hash.
///
/// It is normalized so that the same keys give the same password on every device (NIST SP 800-63B-4, 3.1.1.2), and in
/// no other way: nothing is trimmed, cut or changed in case (ASVS 5.0, V6.2.8).
pub struct Password {
    normalized: String,
    length: usize,
}

/// The password has more than [`Password::MAX_LENGTH`] code points. It was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has at most {} characters", Password::MAX_LENGTH)]
pub struct PasswordTooLong;

impl Password {
    /// The most code points anybody may type: beyond it nothing is normalized or hashed (ASVS 5.0, V6.2.9).
    pub const MAX_LENGTH: usize = 1_024;

    /// Takes a password as it was typed, at registration and at log-in alike.
    ///
    /// # Errors
    /// [`PasswordTooLong`], found by counting no further than the first code point too many.
    pub fn typed(text: &str) -> Result<Self, PasswordTooLong> {
        let typed = text.chars().take(Self::MAX_LENGTH + 1).count();
        if typed > Self::MAX_LENGTH {
            return Err(PasswordTooLong);
        }
        let normalized: String = text.nfkc().collect();
        let length = normalized.chars().count().min(typed);
        Ok(Self { normalized, length })
    }

    /// Code points, as typed or as normalized, whichever are fewer: neither accents typed apart nor a ligature that
    /// stands for 18 letters makes a short password long.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The secret itself, for hashing and guessing alone.
    pub(crate) fn expose(&self) -> &str {
        &self.normalized
    }
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

    fn kept(text: &str) -> String {
        Password::typed(text).unwrap().expose().to_owned()
    }

    #[test]
    fn nothing_is_trimmed_cut_or_changed_in_case() {
        let long = format!(" {} Zz\t", "x".repeat(900));
        assert_eq!(kept(&long), long);
    }

    #[test]
    fn accents_typed_apart_or_together_are_one_password() {
        assert_eq!(kept("caf\u{e9} ﬁve"), kept("cafe\u{301} five"));
    }

    #[test]
    fn what_is_too_long_is_refused_as_typed_before_it_is_normalized() {
        assert!(Password::typed(&"🙂".repeat(1_024)).is_ok());
        assert!(matches!(Password::typed(&"🙂".repeat(1_025)), Err(PasswordTooLong)));
        // In NFKC these are 513 code points: only a count before normalizing refuses them.
        assert!(matches!(Password::typed(&"e\u{301}".repeat(513)), Err(PasswordTooLong)));
    }

    #[test]
    fn a_password_cannot_be_printed() {
        assert_eq!(format!("{:?}", Password::typed("hunter2")), "Ok(Password(..))");
    }

    #[test]
    fn length_is_the_lesser_of_typed_and_normalized() {
        for (text, length) in [("🙂🙂", 2), ("e\u{301}e\u{301}", 2), ("\u{fdfa}", 1), ("", 0)] {
            assert_eq!(Password::typed(text).unwrap().length(), length, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_spelling_of_a_text_is_the_same_password(text in "\\PC{0,40}") {
            for spelling in [text.nfc().collect::<String>(), text.nfd().collect(), text.nfkd().collect()] {
                prop_assert_eq!(kept(&spelling), kept(&text));
            }
        }

        #[test]
        fn any_text_is_a_password_or_too_long(text in any::<String>()) {
            prop_assert_eq!(Password::typed(&text).is_ok(), text.chars().count() <= Password::MAX_LENGTH);
        }
    }
}
