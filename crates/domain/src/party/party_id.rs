//! Party IDs: the number of a party, and the texts that people type or paste for it.

use super::seats::ascii_digits;
use crate::invisible::normalize_token;

/// The id of a party, which guests type. An id is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyId(i64);

/// A text that is not a Party ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Party ID is a whole number")]
pub struct PartyIdError;

/// The path of a party's page, before its id.
const PAGE_PATH: &str = "/parties/";

impl PartyId {
    /// Wraps a row id.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// Parses a Party ID as typed or pasted: `12`, `#12`, `Party 12`, `Party ID: 12.`, full-width digits, or the path of the
    /// party's page, such as `/parties/12?from=chat`.
    ///
    /// A link with a host is no Party ID: it may be one of another service. The caller, which knows its own host, removes that.
    ///
    /// # Errors
    /// [`PartyIdError`] for any other text, and for a number above `i64::MAX`.
    pub fn parse(typed: &str) -> Result<Self, PartyIdError> {
        let typed = normalize_token(typed);
        let digits = match typed.strip_prefix(PAGE_PATH) {
            Some(id) => path_digits(id),
            None => without_label(&typed),
        };
        ascii_digits(digits).map(Self).ok_or(PartyIdError)
    }

    /// The row id.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// The digits at the start of the rest of a path. Empty if a word continues them.
fn path_digits(rest: &str) -> &str {
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let continues = rest[end..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '%'));
    if continues { "" } else { &rest[..end] }
}

/// The text without "Party", "ID" and "#" before it, and without the end of a sentence after it.
fn without_label(typed: &str) -> &str {
    let mut rest = typed.trim_end_matches(['.', ',', ';', '!']).trim_end();
    for word in ["party", "id", ":", "#"] {
        let has_word = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        rest = if has_word { rest[word.len()..].trim_start() } else { rest };
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typed_or_pasted_party_id_is_accepted() {
        for typed in [
            "12",
            " #12 ",
            "# 12",
            "#12.",
            "12,",
            "Party 12",
            "party #12",
            "PARTY ID: 12",
            "id 12",
            "１２",
            "＃１２",
            "12\u{200b}",
            "\u{feff}12",
            "\u{202a}12\u{202c}",
            "1\u{2060}2",
            "/parties/12",
            "/parties/12/",
            "/parties/12?from=chat#who",
            "/parties/12/edit",
            "/parties/12.ics",
            "/parties/12.",
            "/parties/12\u{200b}",
        ] {
            assert_eq!(PartyId::parse(typed), Ok(PartyId(12)), "{typed:?}");
        }
    }

    #[test]
    fn other_text_is_no_party_id() {
        for typed in [
            "",
            "abc",
            "Party",
            "#",
            "1.5",
            "-1",
            "+1",
            "1180591620717411303424",
            "١",
            "1 2",
            "##1",
            "#Party 1",
            "1\0",
            "12 guests",
            "/parties/",
            "/parties/12a",
            "/parties/12-34",
            "/parties/%31",
            "/parties/x?back=/parties/12",
            "https://dinner.example.com/user/12",
            "https://dinner.example.com/parties/12",
            "dinner.example.com/parties/12",
        ] {
            assert_eq!(PartyId::parse(typed), Err(PartyIdError), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn parsed_id_parses_to_itself(text in any::<String>()) {
            if let Ok(id) = PartyId::parse(&text) {
                prop_assert_eq!(PartyId::parse(&id.get().to_string()), Ok(id));
            }
        }

        #[test]
        fn path_of_any_id_parses_to_that_id(id in 0..=i64::MAX, after in "([/?#.][ -~]{0,20})?") {
            prop_assert_eq!(PartyId::parse(&format!("/parties/{id}{after}")), Ok(PartyId(id)));
        }
    }
}
