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

/// Writes messages into a cookie's value. Where they do not all fit the oldest go, since what was just done must be told;
/// of one that does not fit by itself, the end.
pub(super) fn write(flashes: &[Flash]) -> String {
    let values = (0..flashes.len()).map(|oldest| write_all(&flashes[oldest..]));
    let fitting = values.into_iter().find(|value| value.len() <= MAX);
    fitting.or_else(|| flashes.last().map(cut)).unwrap_or_default()
}

fn write_all(flashes: &[Flash]) -> String {
    let parts =
        flashes.iter().map(|flash| BASE64_URL_SAFE_NO_PAD.encode(format!("{}{}", mark(flash.kind), flash.text)));
    parts.collect::<Vec<_>>().join(".")
}

fn cut(flash: &Flash) -> String {
    let room = MAX / 4 * 3 - 1; // base64 takes four for three, and the mark one
    let text = &flash.text[..flash.text.floor_char_boundary(room)];
    write_all(&[Flash { kind: flash.kind, text: text.to_owned() }])
}

fn mark(kind: FlashKind) -> char {
    match kind {
        FlashKind::Success => 's',
        FlashKind::Refusal => 'r',
    }
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
    fn where_not_all_fit_the_newest_are_told() {
        let flashes: Vec<_> = (0..50).map(|n| Flash::success(format!("This is what was done number {n}."))).collect();
        let told = read(&write(&flashes));
        assert!(told.len() > 10 && told.len() < 50, "{}", told.len());
        assert_eq!(told, flashes[50 - told.len()..]);
    }

    #[test]
    fn what_is_too_long_is_cut_and_fits() {
        let value = write(&[Flash::success("before"), Flash::success("é".repeat(2000))]);
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
