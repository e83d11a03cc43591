//! Search: the key by which texts are found, and the words of a query.

use std::cmp::Reverse;

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use crate::invisible::is_invisible;

/// Returns the key by which a text is found: without accents, case folded, with one space between words.
///
/// It is the compatibility decomposition (NFKD) without accents. Letters that Unicode does not decompose, such as `ø`,
/// become their base letters, and all apostrophes become `'`. The key is computed in Rust, since both database engines
/// fold ASCII only.
#[must_use]
pub fn search_key(text: &str) -> String {
    let mapper = CaseMapper::new();
    let mut key = String::with_capacity(text.len());
    let decomposed: String = text.nfkd().filter(|c| !is_accent(*c)).collect();
    let folded = mapper.fold_string(&decomposed);
    for c in folded.nfkd().filter(|c| !is_accent(*c) && !is_invisible(*c)) {
        match c {
            'đ' | 'ð' => key.push('d'),
            'ø' => key.push('o'),
            'ł' => key.push('l'),
            'ħ' => key.push('h'),
            'ŧ' => key.push('t'),
            'ı' => key.push('i'),
            'æ' => key.push_str("ae"),
            'œ' => key.push_str("oe"),
            'þ' => key.push_str("th"),
            '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{02b9}' | '\u{02bb}' | '`' => key.push('\''),
            c if c.is_whitespace() || c.is_control() => {
                if !key.ends_with(' ') && !key.is_empty() {
                    key.push(' ');
                }
            }
            c => key.push(c),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// Whether a character is an accent: a mark of the Latin, Greek and Cyrillic scripts, or a vowel point of Hebrew or
/// Arabic, by its combining class. The vowels of Indic and Thai scripts and the voicing of kana are letters, and stay.
fn is_accent(c: char) -> bool {
    matches!(canonical_combining_class(c), 1 | 10..=36 | 200..=240)
}

/// The words of a search. A text matches if each word occurs in its [`search_key`]. No word matches every text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchWords(Vec<String>);

/// A search with more than [`SearchWords::MAX`] words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a search has at most {} words", SearchWords::MAX)]
pub struct TooManyWordsError;

impl SearchWords {
    /// The greatest number of words: 8.
    pub const MAX: usize = 8;

    /// Parses a query as typed. White space and control characters separate words. A repeated word counts once.
    ///
    /// # Errors
    /// [`TooManyWordsError`] for more than [`SearchWords::MAX`] words.
    pub fn parse(typed: &str) -> Result<Self, TooManyWordsError> {
        let mut words: Vec<String> = Vec::new();
        for word in search_key(typed).split(' ').filter(|word| !word.is_empty()) {
            if words.iter().any(|known| known == word) {
                continue;
            }
            if words.len() == Self::MAX {
                return Err(TooManyWordsError);
            }
            words.push(word.to_owned());
        }
        words.sort_by_key(|word| Reverse(word.len())); // a long word is rare, and most parties fail at the first
        Ok(Self(words))
    }

    /// The keys of the words, the longest first.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether there is no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(query: &str, text: &str) -> bool {
        let key = search_key(text);
        SearchWords::parse(query).unwrap().as_slice().iter().all(|word| key.contains(word.as_str()))
    }

    #[test]
    fn case_p1_accents_and_apostrophes_do_not_matter() {
        for (query, text) in [
            ("creme", "Crème brûlée"),
            ("brulee", "Crème brûlée"),
            ("crème", "Creme"),
            ("pho bo", "Phở bò"),
            ("istanbul", "İstanbul"),
            ("ISTANBUL", "ıstanbul"),
            ("lodz", "Łódź"),
            ("smorrebrod", "smørrebrød"),
            ("smørrebrød", "smorrebrod"),
            ("zoe", "Zoë"),
            ("nan's", "nan’s"),
            ("nan’s", "nan's"),
            ("nanʼs", "nan's"),
            ("strasse", "Große Straße"),
            ("STRAẞE", "strasse"),
            ("dak lak", "Đắk Lắk"),
            ("thorn aether oeuvre", "Þorn Æther Œuvre"),
            ("σισυφος", "ΣΊΣΥΦΟΣ"),
            ("ｓｏｕｐ", "soup"),
        ] {
            assert!(finds(query, text), "{query} in {text}");
        }
        assert!(finds("か", "はが"), "the key of a voiced kana begins with the unvoiced one");
        assert!(!finds("が", "はか"));
        assert_ne!(search_key("कि"), search_key("का"));
    }

    #[test]
    fn case_p2_each_word_is_found_anywhere() {
        let text = "Zoë\nLentil curry with rice\nBerlin Mitte";
        for query in ["curry lentil", "curry berlin", "zoë curry", "lentil  curry", "", " \t"] {
            assert!(finds(query, text), "{query}");
        }
        assert!(!finds("curry munich", text));
        assert!(finds("a\0b", "by a bay"), "a control character separates words");
    }

    #[test]
    fn ninth_word_is_too_many() {
        assert!(SearchWords::parse("a b c d e f g h a").is_ok());
        assert_eq!(SearchWords::parse("a b c d e f g h i"), Err(TooManyWordsError));
    }

    proptest! {
        #[test]
        fn key_of_key_is_equal(text in any::<String>()) {
            prop_assert_eq!(search_key(&search_key(&text)), search_key(&text));
        }

        #[test]
        fn key_has_single_spaces_and_no_control_characters(text in any::<String>()) {
            let key = search_key(&text);
            prop_assert!(!key.contains("  ") && !key.chars().any(char::is_control) && key.trim() == key, "{key:?}");
        }

        #[test]
        fn text_is_found_by_its_own_words(text in "\\PC{0,40}") {
            for word in text.split_whitespace() {
                prop_assert!(search_key(&text).contains(&search_key(word)), "{word:?}");
            }
        }
    }
}
