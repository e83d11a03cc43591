//! bcrypt of other programs: `$2b$12$` and 53 characters of salt and digest.

use base64::Engine as _;
use base64::alphabet::BCRYPT;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// bcrypt's own Base64. Its programs ignore the bits beyond the last byte, and some salts have them set.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &BCRYPT,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// A digest of bcrypt and its parameters.
pub(crate) struct BcryptHash {
    cost: u32,
    salt: [u8; 16],
    digest: [u8; 23],
    is_of_sha256: bool,
}

impl BcryptHash {
    const MIN_COST: u32 = 4;
    /// The greatest cost: about 4 s of one core.
    const MAX_COST: u32 = 16;
    /// The bytes of a password that the function reads, with the NUL that ends a shorter one.
    const MAX_KEY_LENGTH: usize = 72;

    /// Parses the string. `$2a$`, `$2b$` and `$2y$` are names of one function; `$2x$` is one with a former bug.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|version| text.strip_prefix(version))?;
        let (cost, rest) = rest.split_once('$')?;
        let is_two_digits = cost.len() == 2 && cost.bytes().all(|byte| byte.is_ascii_digit());
        let cost = cost.parse().ok().filter(|cost| (Self::MIN_COST..=Self::MAX_COST).contains(cost));
        let (salt, digest) = rest.split_at_checked(22)?;
        let salt = BASE64.decode(salt).ok()?.try_into().ok()?;
        let digest = BASE64.decode(digest).ok()?.try_into().ok()?;
        is_two_digits.then_some(Self { cost: cost?, salt, digest, is_of_sha256: false })
    }

    /// As Django's `bcrypt_sha256`: the function's password is the SHA-256 of the password in hexadecimal.
    pub(super) fn of_sha256(self) -> Self {
        Self { is_of_sha256: true, ..self }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let hexadecimal = Zeroizing::new(base16ct::lower::encode_string(&Sha256::digest(password)));
        let password = if self.is_of_sha256 { hexadecimal.as_bytes() } else { password };
        // As the bcrypt of OpenBSD and of Python: at most 72 bytes, and a NUL after fewer. A NUL inside is a byte.
        let mut key = Zeroizing::new([0; Self::MAX_KEY_LENGTH]);
        let read = password.len().min(Self::MAX_KEY_LENGTH);
        key[..read].copy_from_slice(&password[..read]);
        let length = (read + 1).min(Self::MAX_KEY_LENGTH);
        let derived = bcrypt::bcrypt(self.cost, self.salt, &key[..length]);
        derived[..23].ct_eq(&self.digest).into()
    }
}
