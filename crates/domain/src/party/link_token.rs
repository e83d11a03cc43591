//! The token of a party's link, `/i/{token}`.

use std::fmt;

/// 128 random bits, one value per party. A visitor with the link may see the party, so the link is a capability URL: it is
/// stored readable, because the host copies it again, and paths are logged by route pattern only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkToken([u8; LinkToken::BYTES]);

/// A text that is not a link token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a link token is {} characters of base64url", LinkToken::LENGTH)]
pub struct LinkTokenError;

/// The alphabet of base64url (RFC 4648, section 5).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl LinkToken {
    /// The number of random bytes.
    pub const BYTES: usize = 16;

    /// The length of the text: 22 characters of base64url without padding.
    pub const LENGTH: usize = 22;

    /// The token of random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Parses the text that `Display` writes.
    ///
    /// # Errors
    /// [`LinkTokenError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, LinkTokenError> {
        if text.len() != Self::LENGTH {
            return Err(LinkTokenError);
        }
        let mut bits: u128 = 0;
        for (position, character) in text.bytes().enumerate() {
            let value = ALPHABET.iter().position(|letter| *letter == character).ok_or(LinkTokenError)?;
            let value = u128::try_from(value).map_err(|_| LinkTokenError)?;
            match position {
                21 if value & 0b1111 != 0 => return Err(LinkTokenError), // two bits of the last character count
                21 => bits = bits << 2 | value >> 4,
                _ => bits = bits << 6 | value,
            }
        }
        Ok(Self(bits.to_be_bytes()))
    }
}

impl fmt::Display for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        for position in 0..Self::LENGTH {
            let value = match position {
                21 => bits << 4,
                _ => bits >> (122 - 6 * position),
            };
            let letter = ALPHABET[usize::from(value.to_be_bytes()[15] & 0b11_1111)];
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

/// Hides the token, which a log must not contain.
impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn token_is_base64url_without_padding() {
        assert_eq!(LinkToken::new([0; 16]).to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(LinkToken::new([255; 16]).to_string(), "_____________________w");
        let bytes: [u8; 16] = std::array::from_fn(|n| u8::try_from(n).unwrap());
        assert_eq!(LinkToken::new(bytes).to_string(), "AAECAwQFBgcICQoLDA0ODw");
    }

    #[test]
    fn other_text_is_no_token() {
        for text in [
            "",
            "AAECAwQFBgcICQoLDA0OD",
            "AAECAwQFBgcICQoLDA0ODw=",
            "AAECAwQFBgcICQoLDA0ODx",
            "AAECAwQFBgcICQoLDA0O w",
            "AAECAwQFBgcICQoLDA0Oé",
            "AAECAwQFBgcICQoLDA0O\0w",
        ] {
            assert_eq!(LinkToken::parse(text), Err(LinkTokenError), "{text:?}");
        }
    }

    #[test]
    fn debug_hides_the_token() {
        assert_eq!(format!("{:?}", LinkToken::new([7; 16])), "LinkToken(..)");
    }

    proptest! {
        #[test]
        fn written_token_is_parsed_to_the_same_token(bytes in any::<[u8; 16]>()) {
            let token = LinkToken::new(bytes);
            prop_assert_eq!(LinkToken::parse(&token.to_string()), Ok(token));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            if let Ok(token) = LinkToken::parse(&text) {
                prop_assert_eq!(token.to_string(), text);
            }
        }
    }
}
