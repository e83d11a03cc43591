//! What the host writes about a party.

use super::ShortText;
use crate::text::Text;

/// What the host writes about a party: 1 to 2,000 code points, with line breaks.
pub type Details = Text<2000, true>;

/// The street address of a party: one line of 1 to 300 code points. Only seated guests and the host see it (I9).
pub type Address = Text<300, false>;

/// What a guest tells the host with an answer: 1 to 500 code points, with line breaks. For the host and the guest alone (I9).
pub type GuestNote = Text<500, true>;

/// The allergies of a guest and the companions, a line each: 1 to 300 code points. For the host and the guest alone (I9).
pub type Allergies = Text<300, true>;

/// The texts of a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyTexts {
    /// The main dish.
    pub main_dish: ShortText,
    /// The place: a public description, not an address.
    pub venue: ShortText,
    /// What the host writes besides.
    pub details: Option<Details>,
    /// The street address, for seated guests.
    pub address: Option<Address>,
}
