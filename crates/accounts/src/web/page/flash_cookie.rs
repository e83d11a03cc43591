//! The value of the flash cookie. A cookie needs no write to the store.
//!
//! A value is the messages in order, separated by dots. A message that the service lists for guests is its number (see
//! [`GuestMessages`]). Any other is signed under the secret of the session ([`auth::signed`]): `s` (success) or `r` (refusal)
//! and the text. So a site that can set a cookie in the browser, such as a sibling domain, cannot make a page show other text.

use auth::signed::{self, Purpose};

use super::{Flash, FlashKind, GuestMessages};

/// The most bytes of the value.
const MAX_FLASH_COOKIE: usize = 1024;

/// The most bytes of a signed text, so that one message fits by itself: base64 makes 4 bytes of 3, the HMAC has 32 and the
/// kind one.
const MAX_TEXT: usize = MAX_FLASH_COOKIE / 4 * 3 - 32 - 1;

/// The messages of a cookie's value, each still encoded. A value above 1 KiB has none.
pub(crate) fn split_flashes(value: &str) -> impl Iterator<Item = &str> {
    let parts = (value.len() <= MAX_FLASH_COOKIE).then(|| value.split('.').filter(|part| !part.is_empty()));
    parts.into_iter().flatten()
}

/// The value of a cookie with these encoded messages. Where they do not all fit, the oldest are dropped.
pub(crate) fn join_flashes(parts: &[String]) -> String {
    let mut values = (0..parts.len()).map(|oldest| parts[oldest..].join("."));
    values.find(|value| value.len() <= MAX_FLASH_COOKIE).unwrap_or_default()
}

/// Whether an encoded message can be read with a session's secret only.
pub(crate) fn is_signed(part: &str) -> bool {
    number(part).is_none()
}

/// A number has at most 10 digits, a signed message at least 44 characters.
fn number(part: &str) -> Option<u32> {
    part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Encodes a message: by its number where the service lists it, else signed by the session. The end of a text that does not
/// fit is cut off. `None` for a text that is not listed, without a session.
pub(crate) fn encode_flash(flash: &Flash, listed: &GuestMessages, session: Option<&[u8; 32]>) -> Option<String> {
    if let Some(number) = listed.number(flash) {
        return Some(number.to_string());
    }
    let text = &flash.text[..flash.text.floor_char_boundary(MAX_TEXT)];
    let payload = format!("{}{text}", marker(flash.kind));
    session.map(|secret| signed::sign(secret, Purpose::FlashMessage, payload.as_bytes()))
}

fn marker(kind: FlashKind) -> char {
    match kind {
        FlashKind::Success => 's',
        FlashKind::Refusal => 'r',
    }
}

/// Decodes a message. The cookie is the client's: what is neither listed nor signed by the session is dropped.
pub(crate) fn decode_flash(part: &str, listed: &GuestMessages, session: Option<&[u8; 32]>) -> Option<Flash> {
    if let Some(number) = number(part) {
        return listed.find(number).cloned();
    }
    let text = String::from_utf8(signed::verify(session?, Purpose::FlashMessage, part)?).ok()?;
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

    const SECRET: [u8; 32] = [7; 32];

    fn listed() -> GuestMessages {
        GuestMessages::new(&["Soup is on.".to_owned()])
    }

    fn written(flashes: &[Flash], session: Option<&[u8; 32]>) -> String {
        let parts: Vec<_> = flashes.iter().filter_map(|flash| encode_flash(flash, &listed(), session)).collect();
        join_flashes(&parts)
    }

    fn read(value: &str, session: Option<&[u8; 32]>) -> Vec<Flash> {
        split_flashes(value).filter_map(|part| decode_flash(part, &listed(), session)).collect()
    }

    #[test]
    fn messages_are_read_in_the_order_written() {
        let hostile = Flash::refusal("a\r\nSet-Cookie: x=y; \u{0}");
        let flashes = [Flash::success("Welcome back, Zoé."), Flash::success("Soup is on."), hostile];
        let value = written(&flashes, Some(&SECRET));
        assert!(value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{value}");
        assert_eq!(read(&value, Some(&SECRET)), flashes);
    }

    #[test]
    fn without_a_session_only_listed_messages_are_written_and_read() {
        let flashes = [Flash::refusal("Soup is on."), Flash::refusal("Soup is off."), Flash::success("Soup is on.")];
        let value = written(&flashes, None);
        assert_eq!(read(&value, None), [flashes[0].clone(), flashes[2].clone()]);
        assert_eq!(read(&written(&flashes, Some(&SECRET)), None), [flashes[0].clone(), flashes[2].clone()]);
        assert_eq!(read(&value, Some(&SECRET)), read(&value, None));
    }

    #[test]
    fn text_of_another_session_is_not_read() {
        let value = written(&[Flash::success("Send your password to eve.")], Some(&[8; 32]));
        assert_eq!(read(&value, Some(&[8; 32])).len(), 1);
        assert_eq!(read(&value, Some(&SECRET)), []);
    }

    #[test]
    fn oldest_messages_are_dropped_beyond_1_kib() {
        let flashes: Vec<_> = (0..50).map(|n| Flash::success(format!("This is what was done number {n}."))).collect();
        let read = read(&written(&flashes, Some(&SECRET)), Some(&SECRET));
        assert!(read.len() > 8 && read.len() < 50, "{}", read.len());
        assert_eq!(read, flashes[50 - read.len()..]);
    }

    #[test]
    fn message_longer_than_1_kib_is_cut() {
        let value = written(&[Flash::success("before"), Flash::success("é".repeat(2000))], Some(&SECRET));
        assert!(value.len() <= MAX_FLASH_COOKIE && value.len() > MAX_FLASH_COOKIE - 16, "{}", value.len());
        assert!(read(&value, Some(&SECRET))[0].text.starts_with("éé"));
    }

    #[test]
    fn number_of_no_message_is_dropped() {
        for part in ["0", "4294967295", "4294967296", "+1", "-1", "1e3", "x"] {
            assert_eq!(decode_flash(part, &listed(), Some(&SECRET)), None, "{part}");
        }
    }

    proptest! {
        #[test]
        fn any_cookie_value_is_read_without_panic(value in any::<String>()) {
            prop_assert_eq!(read(&value, Some(&SECRET)), []);
        }

        #[test]
        fn any_messages_that_fit_are_read_as_written(texts in prop::collection::vec(any::<String>(), 0..5)) {
            let flashes: Vec<_> = texts.into_iter().map(Flash::refusal).collect();
            let value = written(&flashes, Some(&SECRET));
            prop_assert!(value.len() <= MAX_FLASH_COOKIE);
            prop_assert_eq!(read(&value, Some(&SECRET)), flashes);
        }
    }
}
