//! A message that is shown once, on the next page: it survives a redirect, an error and a log-out. It rides in a small
//! cookie of its own, so that a GET writes nothing.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use poem::Response;

use super::response::redirect;

/// A message for the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// How it is meant.
    pub kind: FlashKind,
    /// What it says, as plain text.
    pub text: String,
}

/// How a flash is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    /// It was done: `role=status`.
    Success,
    /// It was not: `role=alert`.
    Refusal,
}

impl FlashKind {
    /// The ARIA role that fits: a refusal interrupts, a success does not.
    #[must_use]
    pub fn role(self) -> &'static str {
        match self {
            Self::Success => "status",
            Self::Refusal => "alert",
        }
    }
}

/// The end of its class name: `flash-success`, `flash-refusal`.
impl fmt::Display for FlashKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "success",
            Self::Refusal => "refusal",
        })
    }
}

impl Flash {
    /// Something was done.
    #[must_use]
    pub fn success(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Success, text: text.into() }
    }

    /// Something was not done.
    #[must_use]
    pub fn refusal(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Refusal, text: text.into() }
    }

    /// Redirects (303) to a path of this site, which shows the message.
    #[must_use]
    pub fn to(self, path: &str) -> Response {
        self.with(redirect(path))
    }

    /// Adds the message to an answer that leads to another page.
    #[must_use]
    pub fn with(self, mut response: Response) -> Response {
        response.extensions_mut().get_or_insert_default::<Flashes>().0.push(self);
        response
    }
}

/// The messages that an answer carries to the layer, which writes them into the cookie.
#[derive(Debug, Clone, Default)]
pub(super) struct Flashes(pub(super) Vec<Flash>);

/// The most bytes of a flash cookie.
const MAX: usize = 1024;

/// Writes messages into a cookie's value. What does not fit is cut: a sentence's end goes before the page does.
pub(super) fn write(flashes: &[Flash]) -> String {
    let mut value = String::new();
    for Flash { kind, text } in flashes {
        let room = (MAX - value.len()) / 4 * 3; // base64 takes four for three
        let Some(room) = room.checked_sub(4) else { break };
        let cut = text.floor_char_boundary(room);
        let mark = match kind {
            FlashKind::Success => 's',
            FlashKind::Refusal => 'r',
        };
        if !value.is_empty() {
            value.push('.');
        }
        BASE64_URL_SAFE_NO_PAD.encode_string(format!("{mark}{}", &text[..cut]), &mut value);
    }
    value
}

/// Reads messages from a cookie's value. Whoever writes nonsense into their own cookie reads nothing.
pub(super) fn read(value: &str) -> Vec<Flash> {
    if value.len() > MAX {
        return Vec::new();
    }
    value.split('.').filter_map(read_one).collect()
}

fn read_one(part: &str) -> Option<Flash> {
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
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_come_back_in_order() {
        let flashes = [Flash::success("Welcome back, Zoé."), Flash::refusal("a\r\nSet-Cookie: x=y; \u{0}")];
        let value = write(&flashes);
        assert!(value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{value}");
        assert_eq!(read(&value), flashes);
    }

    #[test]
    fn what_is_too_long_is_cut_and_fits() {
        let value = write(&[Flash::success("é".repeat(2000)), Flash::success("later")]);
        assert!(value.len() <= MAX && value.len() > MAX - 16, "{}", value.len());
        assert!(read(&value)[0].text.starts_with("éé"));
    }

    proptest! {
        #[test]
        fn any_cookie_is_read_without_harm(value in any::<String>()) {
            let _ = read(&value);
        }

        #[test]
        fn whatever_is_written_fits_and_comes_back(texts in prop::collection::vec(any::<String>(), 0..5)) {
            let flashes: Vec<_> = texts.into_iter().map(Flash::refusal).collect();
            let value = write(&flashes);
            prop_assert!(value.len() <= MAX);
            prop_assert_eq!(read(&value), flashes);
        }
    }
}
