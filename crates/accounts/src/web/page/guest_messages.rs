//! The flash messages that a guest may get: our own sentences and those of the embedder's setting, each by its number.

use sha2::{Digest, Sha256};

use super::{Flash, FlashKind};
use crate::web::messages;

/// The listed messages, each as a success and as a refusal.
///
/// A number is derived from its message, so that processes of two versions agree about it, and a message that one of them
/// does not have is dropped by that one.
pub(crate) struct GuestMessages(Vec<(u32, Flash)>);

impl GuestMessages {
    /// This crate's messages, and these of the embedder.
    pub(crate) fn new(of_embedder: &[String]) -> Self {
        let texts = messages::GUEST_MESSAGES.into_iter().chain(of_embedder.iter().map(String::as_str));
        let flashes = texts.flat_map(|text| [Flash::success(text), Flash::refusal(text)]);
        Self(flashes.map(|flash| (number(&flash), flash)).collect())
    }

    /// The number of a message; `None` for one that is not listed.
    pub(crate) fn number(&self, flash: &Flash) -> Option<u32> {
        self.0.iter().find(|(_, listed)| listed == flash).map(|(number, _)| *number)
    }

    /// The message of a number.
    pub(super) fn find(&self, number: u32) -> Option<&Flash> {
        self.0.iter().find(|(of, _)| *of == number).map(|(_, flash)| flash)
    }
}

/// The first 32 bits of a SHA-256. Two listed messages with one number would be a mistake of one sentence, and no secret.
fn number(flash: &Flash) -> u32 {
    let kind: &[u8] = match flash.kind {
        FlashKind::Success => b"s",
        FlashKind::Refusal => b"r",
    };
    let hash: [u8; 32] = Sha256::new().chain_update(kind).chain_update(&flash.text).finalize().into();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_listed_message_has_a_number_of_its_own() {
        let listed = GuestMessages::new(&["Soup is on.".to_owned()]);
        let numbers: BTreeSet<_> = listed.0.iter().map(|(number, _)| number).collect();
        assert_eq!(numbers.len(), 2 * (messages::GUEST_MESSAGES.len() + 1));
        for (number, flash) in &listed.0 {
            assert_eq!((listed.find(*number), listed.number(flash)), (Some(flash), Some(*number)));
        }
        assert_eq!(listed.number(&Flash::success("Soup is off.")), None);
    }

    #[test]
    fn number_depends_on_the_message_alone() {
        // `printf 'sSoup is on.' | sha256sum | head -c 8`, as a decimal number.
        let flash = Flash::success("Soup is on.");
        let lists = [&["Soup is on."][..], &["Salad", "Soup is on."]];
        let numbers = lists
            .map(|list| GuestMessages::new(&list.iter().map(ToString::to_string).collect::<Vec<_>>()).number(&flash));
        assert_eq!(numbers, [Some(1_645_811_048); 2]);
    }
}
