//! What of a name fits on a plate: at most two of its letters, with the marks that belong to them, or one and the end of
//! the number that it ends in.

use unicode_normalization::char::is_combining_mark;

/// As many letters as a plate has room for.
const LETTERS: usize = 2;

/// "AL" for `ada_lovelace`, "Be" for `ben`, and "G12" for `guest-12`: names that are counted differ at their ends.
pub(super) fn initials(name: &str) -> String {
    let counted = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if let (Some(first), digits @ 1..) = (letters(counted).next(), name.len() - counted.len()) {
        return upper(first) + &name[name.len() - digits.min(LETTERS)..];
    }
    let words: Vec<_> = name.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => letters(name).next().unwrap_or_default().to_owned(),
        [word] => {
            let mut letters = letters(word).take(LETTERS);
            letters.next().map(upper).into_iter().chain(letters.map(str::to_owned)).collect()
        }
        [first, .., last] => [first, last].into_iter().filter_map(|word| letters(word).next()).map(upper).collect(),
    }
}

/// The letters of a word, each with its marks.
fn letters(word: &str) -> impl Iterator<Item = &str> {
    let begins: Vec<_> =
        word.char_indices().filter(|(n, c)| *n == 0 || !is_combining_mark(*c)).map(|(n, _)| n).collect();
    let ends = begins.iter().skip(1).copied().chain([word.len()]).collect::<Vec<_>>();
    begins.into_iter().zip(ends).map(|(begin, end)| &word[begin..end])
}

/// With a capital, where that is one letter too ("ß" has two), in the scripts whose readers expect one: others that have
/// capitals have them in few fonts.
fn upper(letter: &str) -> String {
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
    fn two_letters_stand_for_a_name() {
        for (name, told) in [
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
            assert_eq!(initials(name), told, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_name_has_one_to_three_letters_to_show(text in any::<String>(), name in "[\\p{L}\\p{N}_.-]{3,64}") {
            for text in [text, name] {
                let Ok(name) = Username::parse(&text) else { continue };
                let mark = initials(name.as_str());
                let letters = mark.chars().filter(|c| !is_combining_mark(*c)).count();
                prop_assert!((1..=1 + LETTERS).contains(&letters), "{mark:?} of {name}");
            }
        }
    }
}
