//! The initials of a username that fit on a plate: at most two letters with their combining marks, or one letter and up to
//! two digits.

use unicode_normalization::char::is_combining_mark;

/// How many letters, or digits of a number at the end, fit on a plate.
const MAX_LETTERS: usize = 2;

/// Shortens a username: `ada_lovelace` to "AL", `ben` to "Be", `guest-12` to "G12".
///
/// Digits at the end are kept, since numbered names (`guest-11`, `guest-12`) differ only there.
pub(super) fn initials(name: &str) -> String {
    let without_number = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if let (Some(first), digits @ 1..) = (letters(without_number).next(), name.len() - without_number.len()) {
        return capitalized(first) + &name[name.len() - digits.min(MAX_LETTERS)..];
    }
    let words: Vec<_> = name.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => letters(name).next().unwrap_or_default().to_owned(),
        [word] => {
            let mut letters = letters(word).take(MAX_LETTERS);
            letters.next().map(capitalized).into_iter().chain(letters.map(str::to_owned)).collect()
        }
        [first, .., last] => {
            [first, last].into_iter().filter_map(|word| letters(word).next()).map(capitalized).collect()
        }
    }
}

/// The letters of a word, each with its combining marks.
fn letters(word: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<_> =
        word.char_indices().filter(|(n, c)| *n == 0 || !is_combining_mark(*c)).map(|(n, _)| n).collect();
    let ends = starts.iter().skip(1).copied().chain([word.len()]).collect::<Vec<_>>();
    starts.into_iter().zip(ends).map(|(start, end)| &word[start..end])
}

/// The letter as a capital, where the capital is one letter too ("ß" becomes two).
///
/// Only for scripts before U+0600, whose readers expect capitals. Few fonts have the capitals of later scripts.
fn capitalized(letter: &str) -> String {
    let mut chars = letter.chars();
    let Some(first) = chars.next().filter(|first| *first < '\u{600}') else { return letter.to_owned() };
    let mut capital = first.to_uppercase();
    match (capital.next(), capital.next()) {
        (Some(capital), None) => [capital].into_iter().chain(chars).collect(),
        _ => letter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::user::Username;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn initials_are_letters_of_first_and_last_word_or_end_digits() {
        for (name, expected) in [
            ("ada", "Ad"),
            ("Ada_Lovelace", "AL"),
            ("jean-luc.p", "JP"),
            ("u0007", "U07"),
            ("Guest-12", "G12"),
            ("guest1", "G1"),
            ("42nd", "42"),
            ("__x__", "X"),
            ("___", "_"),
            ("ßen", "ße"),
            ("Ωmega", "Ωm"),
            ("李小龙", "李小"),
            ("हिन्दी", "हिन्"),
            ("מִרְיָם", "מִרְ"),
            ("ლელა", "ლე"),
            ("q\u{307}\u{323}a", "Q\u{307}\u{323}a"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_username_has_one_to_three_initials(text in any::<String>(), name in "[\\p{L}\\p{N}_.-]{3,64}") {
            for text in [text, name] {
                let Ok(name) = Username::parse(&text) else { continue };
                let initials = initials(name.as_str());
                let letters = initials.chars().filter(|c| !is_combining_mark(*c)).count();
                prop_assert!((1..=1 + MAX_LETTERS).contains(&letters), "{initials:?} of {name}");
            }
        }
    }
}
