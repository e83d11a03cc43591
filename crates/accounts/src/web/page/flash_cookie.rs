//! The value of the flash cookie. A cookie needs no write to the store, and none is lost with a session.
//!
//! A value is the messages in order, separated by dots. Each is the base64url of `s` (success) or `r` (refusal) and the
//! text.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::{Flash, FlashKind};

/// The most bytes of the value.
const MAX_FLASH_COOKIE: usize = 1024;

/// Encodes messages. Where they do not all fit, the oldest are dropped; the end of a newest message that does not fit alone
/// is cut off.
pub(crate) fn write_flashes(flashes: &[Flash]) -> String {
    let values = (0..flashes.len()).map(|oldest| encode(&flashes[oldest..]));
    let fitting = values.into_iter().find(|value| value.len() <= MAX_FLASH_COOKIE);
    fitting.or_else(|| flashes.last().map(encode_cut)).unwrap_or_default()
}

fn encode(flashes: &[Flash]) -> String {
    let parts =
        flashes.iter().map(|flash| BASE64_URL_SAFE_NO_PAD.encode(format!("{}{}", marker(flash.kind), flash.text)));
    parts.collect::<Vec<_>>().join(".")
}

fn encode_cut(flash: &Flash) -> String {
    let max_text = MAX_FLASH_COOKIE / 4 * 3 - 1; // base64 makes 4 bytes of 3, and the marker takes one
    let text = &flash.text[..flash.text.floor_char_boundary(max_text)];
    encode(&[Flash { kind: flash.kind, text: text.to_owned() }])
}

fn marker(kind: FlashKind) -> char {
    match kind {
        FlashKind::Success => 's',
        FlashKind::Refusal => 'r',
    }
}

/// Decodes messages. The cookie is the client's: what does not decode is dropped.
pub(crate) fn read_flashes(value: &str) -> Vec<Flash> {
    if value.len() > MAX_FLASH_COOKIE {
        return Vec::new();
    }
    value.split('.').filter_map(decode).collect()
}

fn decode(part: &str) -> Option<Flash> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
    let kind = match text.chars().next()? {
        's' => FlashKind::Success,
        'r' => FlashKind::Refusal,
        _ => return None,
    };
    Some(Flash { kind, text: text[1..].to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_are_read_in_the_order_written() {
        let flashes = [Flash::success("Welcome back, Zoé."), Flash::refusal("a\r\nSet-Cookie: x=y; \u{0}")];
        let value = write_flashes(&flashes);
        assert!(value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{value}");
        assert_eq!(read_flashes(&value), flashes);
    }

    #[test]
    fn oldest_messages_are_dropped_beyond_1_kib() {
        let flashes: Vec<_> = (0..50).map(|n| Flash::success(format!("This is what was done number {n}."))).collect();
        let read = read_flashes(&write_flashes(&flashes));
        assert!(read.len() > 10 && read.len() < 50, "{}", read.len());
        assert_eq!(read, flashes[50 - read.len()..]);
    }

    #[test]
    fn message_longer_than_1_kib_is_cut() {
        let value = write_flashes(&[Flash::success("before"), Flash::success("é".repeat(2000))]);
        assert!(value.len() <= MAX_FLASH_COOKIE && value.len() > MAX_FLASH_COOKIE - 16, "{}", value.len());
        assert!(read_flashes(&value)[0].text.starts_with("éé"));
    }

    proptest! {
        #[test]
        fn any_cookie_value_is_read_without_panic(value in any::<String>()) {
            let _ = read_flashes(&value);
        }

        #[test]
        fn any_messages_that_fit_are_read_as_written(texts in prop::collection::vec(any::<String>(), 0..5)) {
            let flashes: Vec<_> = texts.into_iter().map(Flash::refusal).collect();
            let value = write_flashes(&flashes);
            prop_assert!(value.len() <= MAX_FLASH_COOKIE);
            prop_assert_eq!(read_flashes(&value), flashes);
        }
    }
}
