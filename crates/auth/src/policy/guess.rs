//! How easy a password is to guess: `zxcvbn`, kept from being slow, with the words that are somebody's own.
//!
//! Left alone, `zxcvbn` looks at 100 characters and tries each combination of readings of signs as letters (`4` and `@`
//! for a, `(`, `{`, `[` and `<` for c): 1.5 s for 100 random characters, as a password generator makes them. So it is
//! shown 40, with at most 16 combinations. The worst of 3,000 hostile texts of 1,024 characters then took 9 ms, an
//! ordinary password 0.1 ms; the very first one waits 25 ms for the dictionaries.

use domain::caseless_key;
use zxcvbn::{Score, feedback, zxcvbn};

use super::Warning;
use crate::Password;

/// The code points that are judged: one that is hard to guess by its beginning is hard to guess.
const SHOWN: usize = 40;

/// The most combinations of signs read as letters: as many as the ten digits have.
const MOST_READINGS: usize = 16;

/// The signs that `zxcvbn` 3.1 reads as letters, those of one letter together.
const READINGS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];

/// Own words are counted from this many code points on: with fewer, every password has some.
const SHORTEST_WORD: usize = 3;

/// The most own words, parts included, and how much of each is looked at.
const MOST_WORDS: usize = 32;
const LONGEST_WORD: usize = 254;

/// How hard a password is to guess.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A million tries are not enough.
    Hard,
    /// They are, and often this is why.
    Easy(Option<Warning>),
}

/// Judges a password as somebody guesses it who knows `own_words`.
pub(super) fn judge<'a>(password: &str, own_words: impl Iterator<Item = &'a str>) -> Verdict {
    let words = parts(own_words);
    let folded = caseless_key(&password.chars().take(Password::MAX_LENGTH).collect::<String>()); // NFKC makes 18 of some code points
    let rest = without(&folded, &words);
    let has_own_word = rest.contains(GAP);
    if has_own_word && !rest.chars().any(char::is_alphanumeric) {
        return Verdict::Easy(Some(Warning::OwnWord));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let guesses = zxcvbn(&shown(password), &words);
    if guesses.score() >= Score::Two {
        return Verdict::Hard;
    }
    Verdict::Easy(match guesses.feedback().and_then(feedback::Feedback::warning) {
        None | Some(feedback::Warning::AWordByItselfIsEasyToGuess) if has_own_word => Some(Warning::OwnWord),
        warning => warning.map(translated),
    })
}

/// Each word and, of an address, each of its parts; folded, the longest first.
fn parts<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let folded = words.map(|word| caseless_key(&word.chars().take(LONGEST_WORD).collect::<String>()));
    let with_parts = folded.flat_map(|word| {
        let parts: Vec<_> = word.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        [vec![word], parts].concat()
    });
    let mut parts: Vec<_> = with_parts.filter(|part| part.chars().count() >= SHORTEST_WORD).take(MOST_WORDS).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// What stands where an own word was: no letter, digit or sign that NFKC leaves.
const GAP: char = '\0';

/// The password with its own words taken out.
fn without(password: &str, words: &[String]) -> String {
    words.iter().fold(password.replace(GAP, " "), |rest, word| rest.replace(word.as_str(), "\0"))
}

/// The part of a password that is judged. Signs beyond the bound move to a place in Unicode where they are signs still,
/// each its own, and are read as no letter.
fn shown(password: &str) -> String {
    let mut seen = Vec::new();
    let mut show = |sign: char| {
        if seen.contains(&sign) || !READINGS.iter().any(|signs| signs.contains(sign)) {
            return sign;
        }
        seen.push(sign);
        if readings(&seen) <= MOST_READINGS {
            return sign;
        }
        seen.pop();
        char::from_u32(0xE000 + u32::from(sign)).unwrap_or(sign)
    };
    password.chars().take(SHOWN).map(&mut show).collect()
}

/// How many combinations those signs have at most; those that stand for two letters count twice.
fn readings(signs: &[char]) -> usize {
    let of_letter = |letter: &str| letter.chars().filter(|sign| signs.contains(sign)).count().max(1);
    let ambiguous = signs.iter().filter(|sign| ['1', '|', '7'].contains(sign)).count();
    READINGS.iter().map(|letter| of_letter(letter)).product::<usize>() << ambiguous
}

fn translated(warning: feedback::Warning) -> Warning {
    use feedback::Warning as Theirs;
    match warning {
        Theirs::StraightRowsOfKeysAreEasyToGuess | Theirs::ShortKeyboardPatternsAreEasyToGuess => Warning::Keyboard,
        Theirs::RepeatsLikeAaaAreEasyToGuess | Theirs::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Warning::Repeat,
        Theirs::ThisIsATop10Password
        | Theirs::ThisIsATop100Password
        | Theirs::ThisIsACommonPassword
        | Theirs::ThisIsSimilarToACommonlyUsedPassword => Warning::Common,
        Theirs::SequencesLikeAbcAreEasyToGuess => Warning::Sequence,
        Theirs::RecentYearsAreEasyToGuess | Theirs::DatesAreOftenEasyToGuess => Warning::Date,
        Theirs::AWordByItselfIsEasyToGuess => Warning::Word,
        Theirs::NamesAndSurnamesByThemselvesAreEasyToGuess | Theirs::CommonNamesAndSurnamesAreEasyToGuess => {
            Warning::Name
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_shown_is_bounded_in_length_and_readings() {
        let hostile: String = "4@8({[<3691!|0$5+7%2".chars().cycle().take(1_024).collect();
        let shown = shown(&hostile);
        let signs: BTreeSet<char> = READINGS.concat().chars().filter(|sign| shown.contains(*sign)).collect();
        assert_eq!(shown.chars().count(), 40);
        assert_eq!(readings(&signs.into_iter().collect::<Vec<_>>()), 16, "{shown}");
    }

    #[test]
    fn ordinary_passwords_and_both_rows_of_digits_are_shown_as_they_are() {
        for password in ["p@$$w0rd!", "1234567890", "1q2w3e4r5t6y7u8i9o0p", "!@#$%^&*()", "Tr0ub4dor&3"] {
            assert_eq!(shown(password), password);
        }
    }

    #[test]
    fn signs_that_stand_for_two_letters_count_for_both() {
        for (signs, combinations) in [("", 1), ("4", 1), ("4@", 2), ("4@69", 4), ("17", 8), ("0123456789", 16)] {
            assert_eq!(readings(&signs.chars().collect::<Vec<_>>()), combinations, "{signs}");
        }
    }

    #[test]
    fn own_words_are_bounded() {
        let address = format!("{}@example.com", "abc.".repeat(1_000));
        let words = parts([address.as_str(); 10].into_iter());
        assert!(words.len() <= 32 && words.iter().all(|word| word.chars().count() <= 254));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_password_and_no_word_panics(password in "\\PC{0,60}|[0-9/.-]{0,60}|.{0,60}", word in any::<String>()) {
            let found = judge(&password, [word.as_str()].into_iter());
            prop_assert!(!password.is_empty() || found == Verdict::Easy(None));
        }
    }
}
