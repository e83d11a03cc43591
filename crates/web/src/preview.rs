//! The picture of a party that chats show beside a link: a PNG of 1200 × 630 pixels (Open Graph's ratio of 1.91 : 1).
//!
//! [`Preview`] holds the values that a picture is drawn from. [`drawing`] lays them out as SVG, [`png`] turns the SVG into
//! a PNG, and [`PreviewRenderer`] limits the work and caches its results. A picture has no names but the host's: whether a
//! visitor may see it is decided by the caller.

mod cache;
mod drawing;
mod font;
mod lines;
mod png;
mod renderer;

use std::fmt;

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

pub(crate) use self::renderer::{PreviewError, PreviewRenderer};
use crate::messages;

/// The content type of a picture.
pub(crate) const CONTENT_TYPE: &str = "image/png";
/// The width of a picture in pixels, for `og:image:width`.
pub(crate) const WIDTH: u16 = 1200;
/// The height of a picture in pixels, for `og:image:height`.
pub(crate) const HEIGHT: u16 = 630;

/// The version of the drawing. Increase it with every change of how a picture looks: chats and browsers keep a picture under
/// its URL, which has the content hash.
const DRAWING_VERSION: u8 = 1;

/// What a picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preview {
    /// The small line above the title.
    heading: String,
    /// The large text.
    title: String,
    /// The lines below the title.
    details: Vec<String>,
    /// The seats of the table, at least 1.
    seats: u32,
    /// The taken seats, 1 to `seats`.
    taken: u32,
    /// Whether a seat can be taken: the last line is green then.
    is_open: bool,
}

/// The values of a party that its picture shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartyPreview<'a> {
    /// The main dish.
    pub(crate) dish: &'a str,
    /// The host's username.
    pub(crate) host: &'a str,
    /// The date in its short form: "Saturday 14 March, 19:00".
    pub(crate) date: &'a str,
    /// The state as a sentence: "2 seats left", "Full", "Cancelled".
    pub(crate) state: &'a str,
    /// The seats of the party.
    pub(crate) seats: u32,
    /// The taken seats, the host's included.
    pub(crate) taken: u32,
    /// Whether a seat can be taken: the state is green then, else gray.
    pub(crate) is_open: bool,
}

impl Preview {
    /// The picture of a party.
    pub(crate) fn of_party(party: PartyPreview<'_>) -> Self {
        let details = [party.date, party.state].map(plain).into_iter().filter(|line| !line.is_empty()).collect();
        let heading = plain(&messages::preview_heading(party.host));
        let seats = party.seats.max(1);
        let (title, taken) = (plain(party.dish), party.taken.clamp(1, seats));
        Self { heading, title, details, seats, taken, is_open: party.is_open }
    }

    /// The picture of the start page.
    pub(crate) fn of_start_page() -> Self {
        Self {
            heading: messages::SERVICE.to_owned(),
            title: messages::START_TITLE.to_owned(),
            details: vec![messages::START_TEXT.to_owned()],
            seats: 8,
            taken: 5,
            is_open: true,
        }
    }

    /// The hash of everything that the picture shows. Costs some microseconds, and draws nothing.
    pub(crate) fn content_hash(&self) -> ContentHash {
        let mut hash = Sha256::new();
        hash.update([DRAWING_VERSION, self.is_open.into()]);
        for number in [self.seats, self.taken] {
            hash.update(number.to_le_bytes());
        }
        for text in [&self.heading, &self.title].into_iter().chain(&self.details) {
            // With its length, so that "ab", "c" and "a", "bc" have different hashes.
            hash.update(text.len().to_le_bytes());
            hash.update(text);
        }
        let mut first = [0; 16];
        first.copy_from_slice(&hash.finalize()[..16]);
        ContentHash(u128::from_be_bytes(first))
    }

    /// Whether the font can spell all texts of the picture.
    fn is_spellable(&self) -> bool {
        [&self.heading, &self.title].into_iter().chain(&self.details).all(|text| font::has_glyphs_for(text))
    }
}

/// The hash of a picture's content: the `{hash}` of `/i/{token}/preview-{hash}.png`, as 32 hexadecimal digits.
///
/// 128 bits of SHA-256: a pair of pictures with one hash cannot be found on purpose either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ContentHash(u128);

impl ContentHash {
    /// Parses the text that `Display` writes; `None` for any other.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(Self).filter(|hash| hash.to_string() == text)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// The text in NFC, with one space for white space of any kind and length.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}

#[cfg(test)]
mod tests;
