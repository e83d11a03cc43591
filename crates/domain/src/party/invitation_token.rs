//! The token of a party's link, `/i/{token}`.

use std::fmt;

/// 128 random bits, one value per party. A visitor with the link may see the party, so the link is a capability URL: it is
/// stored readable, because the host copies it again, and paths are logged by route pattern only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvitationToken([u8; InvitationToken::BYTES]);

/// A text that is not an invitation token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an invitation token is {} characters of base64url", InvitationToken::LENGTH)]
pub struct InvitationTokenError;

/// The alphabet of base64url (RFC 4648, section 5).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl InvitationToken {
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
    /// [`InvitationTokenError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvitationTokenError> {
        if text.len() != Self::LENGTH {
            return Err(InvitationTokenError);
        }
        let mut bits: u128 = 0;
        for (position, character) in text.bytes().enumerate() {
            let value = ALPHABET.iter().position(|letter| *letter == character).ok_or(InvitationTokenError)?;
            let value = u128::try_from(value).map_err(|_| InvitationTokenError)?;
            match position {
                21 if value & 0b1111 != 0 => return Err(InvitationTokenError), // two bits of the last character count
                21 => bits = bits << 2 | value >> 4,
                _ => bits = bits << 6 | value,
            }
        }
        Ok(Self(bits.to_be_bytes()))
    }
}

impl fmt::Display for InvitationToken {
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
impl fmt::Debug for InvitationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn token_is_base64url_without_padding() {
        assert_eq!(InvitationToken::new([0; 16]).to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(InvitationToken::new([255; 16]).to_string(), "_____________________w");
        let bytes: [u8; 16] = std::array::from_fn(|n| u8::try_from(n).unwrap());
        assert_eq!(InvitationToken::new(bytes).to_string(), "AAECAwQFBgcICQoLDA0ODw");
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
            assert_eq!(InvitationToken::parse(text), Err(InvitationTokenError), "{text:?}");
        }
    }

    #[test]
    fn debug_hides_the_token() {
        assert_eq!(format!("{:?}", InvitationToken::new([7; 16])), "InvitationToken(..)");
    }

    proptest! {
        #[test]
        fn written_token_is_parsed_to_the_same_token(bytes in any::<[u8; 16]>()) {
            let token = InvitationToken::new(bytes);
            prop_assert_eq!(InvitationToken::parse(&token.to_string()), Ok(token));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            if let Ok(token) = InvitationToken::parse(&text) {
                prop_assert_eq!(token.to_string(), text);
            }
        }
    }
}
