//! The strength of a password: `zxcvbn` with bounded input, and the words that an attacker knows from the context.
//!
//! `zxcvbn` by itself looks at 100 characters and tries every combination of substitutions (`4` and `@` for a; `(`,
//! `{`, `[` and `<` for c). 100 random characters, as a password generator makes them, take 1.5 s. Here it gets 40
//! characters with at most 16 combinations. The worst of 3,000 hostile texts of 1,024 characters then took 9 ms, an
//! ordinary password 0.1 ms. The first call takes 25 ms to load the dictionaries.
//!
//! The copies of the password that are made here are wiped. `zxcvbn` and `caseless_key` make further ones, which live
//! for the duration of the call and are freed without being wiped.

use domain::caseless_key;
use zeroize::Zeroizing;
use zxcvbn::{Score, feedback, zxcvbn};

use super::PasswordWarning;
use crate::Password;

/// The code points that `zxcvbn` gets. A password with a strong beginning is strong.
const MAX_ESTIMATED_LENGTH: usize = 40;

/// The most combinations of substitutions. The ten digits alone have as many.
const MAX_COMBINATIONS: usize = 16;

/// The signs that `zxcvbn` 3.1 reads as letters, grouped by letter.
const SUBSTITUTIONS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];

/// The least length of a context word, in code points. Every password contains some shorter word.
const MIN_WORD_LENGTH: usize = 3;

/// The most code points of a context word that are used.
const MAX_WORD_LENGTH: usize = 254;

/// The most context words, including the parts of addresses.
const MAX_WORDS: usize = 32;

/// The words of the lists that attackers try at every account, beside a year and a sign: `Summer2026!`. `zxcvbn` takes such a
/// password for more than a million guesses.
const SPRAYED_WORDS: [&str; 24] = [
    "spring",
    "summer",
    "autumn",
    "fall",
    "winter",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Stands for a context word that was taken out of a password. A NUL of the password itself counts as a space.
const GAP: char = '\0';

/// The estimated strength of a password.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// More than a million guesses.
    Sufficient,
    /// At most a million guesses, with the main weakness if there is a particular one.
    Guessable(Option<PasswordWarning>),
}

/// Estimates the strength of a password against an attacker who knows `context_words`.
pub(super) fn estimate<'a>(password: &str, context_words: impl Iterator<Item = &'a str>) -> Strength {
    let words = with_parts(context_words);
    // Bounded once more, since NFKC makes 18 code points of some single ones.
    let without_gaps = password.chars().map(|c| if c == GAP { ' ' } else { c });
    let bounded = copy_chars(without_gaps, Password::MAX_LENGTH);
    let rest = without_words(caseless_key(&bounded).into(), &words);
    let has_context_word = rest.contains(GAP);
    if has_context_word && !rest.chars().any(char::is_alphanumeric) {
        return Strength::Guessable(Some(PasswordWarning::ContextWord));
    }
    if is_sprayed(&caseless_key(&bounded)) {
        return Strength::Guessable(None);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let estimate = zxcvbn(&bounded_substitutions(password), &words);
    if estimate.score() >= Score::Two {
        return Strength::Sufficient;
    }
    Strength::Guessable(match estimate.feedback().and_then(feedback::Feedback::warning) {
        None | Some(feedback::Warning::AWordByItselfIsEasyToGuess) if has_context_word => {
            Some(PasswordWarning::ContextWord)
        }
        warning => warning.map(from_zxcvbn),
    })
}

/// Whether a password is a sprayed word with at most eight digits and signs.
fn is_sprayed(key: &str) -> bool {
    SPRAYED_WORDS.iter().any(|word| {
        let rest = key.split_once(word).map(|(before, after)| before.chars().chain(after.chars()));
        rest.is_some_and(|rest| rest.clone().count() <= 8 && !rest.into_iter().any(char::is_alphabetic))
    })
}

/// Returns each word and each part of an address as caseless keys, the longest first.
fn with_parts<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let keys = words.map(|word| caseless_key(&word.chars().take(MAX_WORD_LENGTH).collect::<String>()));
    let with_parts = keys.flat_map(|word| {
        let parts: Vec<_> = word.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        [vec![word], parts].concat()
    });
    let mut parts: Vec<_> = with_parts.filter(|part| part.chars().count() >= MIN_WORD_LENGTH).take(MAX_WORDS).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// Replaces each context word in the password by a [`GAP`].
fn without_words(password: Zeroizing<String>, words: &[String]) -> Zeroizing<String> {
    words.iter().fold(password, |text, word| {
        let mut rest = Zeroizing::new(String::with_capacity(text.len()));
        for (at, part) in text.split(word.as_str()).enumerate() {
            if at > 0 {
                rest.push(GAP);
            }
            rest.push_str(part);
        }
        rest
    })
}

/// Returns the part of a password that `zxcvbn` gets, with at most [`MAX_COMBINATIONS`] of substitutions.
///
/// Signs beyond the limit are moved to Unicode's private use area, where they are distinct signs that stand for no
/// letter.
fn bounded_substitutions(password: &str) -> Zeroizing<String> {
    let mut seen = Vec::new();
    let bound = |sign: char| {
        if seen.contains(&sign) || !SUBSTITUTIONS.iter().any(|signs| signs.contains(sign)) {
            return sign;
        }
        seen.push(sign);
        if combinations(&seen) <= MAX_COMBINATIONS {
            return sign;
        }
        seen.pop();
        char::from_u32(0xE000 + u32::from(sign)).unwrap_or(sign)
    };
    copy_chars(password.chars().map(bound), MAX_ESTIMATED_LENGTH)
}

/// Copies at most `max` characters into a buffer that never grows: a `String` that grows leaves copies in freed memory.
fn copy_chars(chars: impl Iterator<Item = char>, max: usize) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(4 * max));
    text.extend(chars.take(max));
    text
}

/// An upper bound for the combinations of substitutions of these signs.
///
/// A sign that stands for two letters counts twice.
fn combinations(signs: &[char]) -> usize {
    let of_letter = |letter: &str| letter.chars().filter(|sign| signs.contains(sign)).count().max(1);
    let ambiguous = signs.iter().filter(|sign| ['1', '|', '7'].contains(sign)).count();
    SUBSTITUTIONS.iter().map(|letter| of_letter(letter)).product::<usize>() << ambiguous
}

fn from_zxcvbn(warning: feedback::Warning) -> PasswordWarning {
    use feedback::Warning as Theirs;
    match warning {
        Theirs::StraightRowsOfKeysAreEasyToGuess | Theirs::ShortKeyboardPatternsAreEasyToGuess => {
            PasswordWarning::Keyboard
        }
        Theirs::RepeatsLikeAaaAreEasyToGuess | Theirs::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            PasswordWarning::Repeat
        }
        Theirs::ThisIsATop10Password
        | Theirs::ThisIsATop100Password
        | Theirs::ThisIsACommonPassword
        | Theirs::ThisIsSimilarToACommonlyUsedPassword => PasswordWarning::Common,
        Theirs::SequencesLikeAbcAreEasyToGuess => PasswordWarning::Sequence,
        Theirs::RecentYearsAreEasyToGuess | Theirs::DatesAreOftenEasyToGuess => PasswordWarning::Date,
        Theirs::AWordByItselfIsEasyToGuess => PasswordWarning::Word,
        Theirs::NamesAndSurnamesByThemselvesAreEasyToGuess | Theirs::CommonNamesAndSurnamesAreEasyToGuess => {
            PasswordWarning::Name
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn input_of_zxcvbn_is_bounded_in_length_and_combinations() {
        let hostile: String = "4@8({[<3691!|0$5+7%2".chars().cycle().take(1_024).collect();
        let bounded = bounded_substitutions(&hostile);
        let signs: BTreeSet<char> = SUBSTITUTIONS.concat().chars().filter(|sign| bounded.contains(*sign)).collect();
        assert_eq!(bounded.chars().count(), 40);
        assert_eq!(combinations(&signs.into_iter().collect::<Vec<_>>()), 16, "{}", *bounded);
    }

    #[test]
    fn ordinary_password_reaches_zxcvbn_unchanged() {
        for password in ["p@$$w0rd!", "1234567890", "1q2w3e4r5t6y7u8i9o0p", "!@#$%^&*()", "Tr0ub4dor&3", "17171717171"]
        {
            assert_eq!(*bounded_substitutions(password), password);
        }
    }

    #[test]
    fn sign_for_two_letters_counts_twice() {
        for (signs, expected) in [("", 1), ("4", 1), ("4@", 2), ("4@69", 4), ("17", 8), ("0123456789", 16)] {
            assert_eq!(combinations(&signs.chars().collect::<Vec<_>>()), expected, "{signs}");
        }
    }

    #[test]
    fn word_of_spraying_lists_with_year_and_sign_is_guessable() {
        for password in ["Summer2026!", "winter2025", "Autumn2026?", "August2026!", "Monday2026!", "December24!"] {
            assert!(matches!(estimate(password, [].into_iter()), Strength::Guessable(_)), "{password}");
        }
        assert_eq!(estimate("summer otter marble", [].into_iter()), Strength::Sufficient);
    }

    #[test]
    fn context_words_are_bounded_in_number_and_length() {
        let address = format!("{}@example.com", "abc.".repeat(1_000));
        let words = with_parts([address.as_str(); 10].into_iter());
        assert!(words.len() <= 32 && words.iter().all(|word| word.chars().count() <= 254));
    }

    #[test]
    fn copies_of_password_never_grow() {
        let words = ["ada".to_owned(), "love".to_owned()];
        let text = copy_chars("🦦 ada lovelace ada".chars(), 40);
        assert_eq!((text.capacity(), text.as_str()), (160, "🦦 ada lovelace ada"));
        let rest = without_words(text, &words);
        assert_eq!(rest.as_str(), "🦦 \0 \0lace \0");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn estimate_never_panics(password in "\\PC{0,60}|[0-9/.-]{0,60}|.{0,60}", word in any::<String>()) {
            let strength = estimate(&password, [word.as_str()].into_iter());
            prop_assert!(!password.is_empty() || strength == Strength::Guessable(None));
        }
    }
}
