//! The code that a person types to register, where the service asks for one.

use std::fmt;

use domain::registration_code::CodeDigest;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::Random;

/// Crockford's base 32: digits and capital letters without I, L, O and U, so that no two look alike when they are read aloud or
/// copied by hand.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The characters of a code: 20, of 5 random bits each, in groups of 5.
const LENGTH: usize = 20;
const GROUP: usize = 5;

/// The most characters that are read as a code, with what people add around and between the groups.
const MAX_TYPED: usize = 200;

/// A registration code: 100 random bits, as four groups of five characters. `Debug` hides it, and it is wiped on drop.
///
/// A store keeps only its [`CodeDigest`], from which 100 bits cannot be guessed. Guesses at the service are limited by network.
#[derive(Clone)]
pub struct RegistrationCode(Zeroizing<String>);

impl RegistrationCode {
    /// Makes a new code.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        let bytes = Zeroizing::new(random.bytes::<LENGTH>());
        Self(Zeroizing::new(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()))
    }

    /// Reads a code as typed, in upper or lower case, with or without hyphens and spaces. O is read as 0, and I and L as 1. `None` for
    /// any other text.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.chars().take(MAX_TYPED + 1).collect::<Vec<_>>();
        if typed.len() > MAX_TYPED {
            return None;
        }
        let is_between = |c: &char| {
            c.is_whitespace() || matches!(c, '-' | '\u{FF0D}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '_' | '.')
        };
        let visible = typed
            .into_iter()
            .filter(|c| !is_between(c) && !domain::trim_invisible(c.encode_utf8(&mut [0; 4])).is_empty());
        let code: Option<String> = visible.map(read).collect();
        code.filter(|code| code.len() == LENGTH).map(|code| Self(Zeroizing::new(code)))
    }

    /// The code's text, for the person who gets it: `XXXXX-XXXXX-XXXXX-XXXXX`.
    #[must_use]
    pub fn expose(&self) -> String {
        let groups: Vec<_> = (0..LENGTH / GROUP).map(|group| &self.0[group * GROUP..(group + 1) * GROUP]).collect();
        groups.join("-")
    }

    /// The key under which the code is stored: the SHA-256 of its 20 characters.
    #[must_use]
    pub fn digest(&self) -> CodeDigest {
        CodeDigest::new(Sha256::digest(self.0.as_bytes()).into())
    }
}

/// The character of the alphabet that a typed one stands for; full-width forms too, which East Asian keyboards type.
fn read(c: char) -> Option<char> {
    let ascii = match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0)?,
        _ => c,
    };
    let read = match ascii.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    (read.is_ascii() && ALPHABET.contains(&(read as u8))).then_some(read)
}

impl fmt::Debug for RegistrationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrationCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::fake::Counting;

    const CODE: &str = "01234-56789-ABCDE-FGHJK";

    #[test]
    fn code_is_four_groups_of_five() {
        let code = RegistrationCode::new(&Counting::default());
        assert_eq!(code.expose(), CODE);
        assert_eq!(format!("{code:?}"), "RegistrationCode(..)");
    }

    #[test]
    fn code_is_read_in_any_spelling() {
        let digest = RegistrationCode::new(&Counting::default()).digest();
        for typed in [
            CODE,
            "0123456789abcdefghjk",
            " 01234 56789 abcde fghjk\n",
            "O1234-56789-ABCDE-FGHJK",
            "oI234-56789-ABCDE-FGHJK",
            "ol234–56789—abcde−fghjk",
            "０１２３４－５６７８９－ＡＢＣＤＥ－ＦＧＨＪＫ",
            "\u{feff}01234\u{200b}-56789-ABCDE-FGHJK",
        ] {
            assert_eq!(RegistrationCode::parse(typed).map(|code| code.digest()), Some(digest), "{typed}");
        }
        for typed in [
            "",
            "01234",
            "01234-56789-ABCDE-FGHJ",
            "01234-56789-ABCDE-FGHJKM",
            "01234-56789-ABCDE-FGHJU",
            "01234-56789-ABCDE-FGHJ/",
        ] {
            assert!(RegistrationCode::parse(typed).is_none(), "{typed}");
        }
        assert!(RegistrationCode::parse(&format!("{CODE}{}", " ".repeat(200))).is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_a_code_or_none(text in any::<String>()) {
            if let Some(code) = RegistrationCode::parse(&text) {
                prop_assert_eq!(RegistrationCode::parse(&code.expose()).map(|again| again.digest()), Some(code.digest()));
            }
        }

        #[test]
        fn new_code_parses_to_itself(bytes in any::<[u8; 20]>()) {
            struct Fixed([u8; 20]);
            impl Random for Fixed {
                fn fill(&self, bytes: &mut [u8]) {
                    bytes.copy_from_slice(&self.0);
                }
            }
            let code = RegistrationCode::new(&Fixed(bytes));
            prop_assert_eq!(RegistrationCode::parse(&code.expose()).map(|read| read.digest()), Some(code.digest()));
        }
    }
}
