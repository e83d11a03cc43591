//! The return path: where a log-in or a form leads to. It never leaves this origin.

use std::fmt;
use std::sync::LazyLock;

use url::{Url, form_urlencoded};

/// A base to resolve paths against. Every base gives the same result: a path that stays on this origin stays on ours.
static BASE: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("http://here.invalid/").ok());

/// Beginnings of a path, after its first slash, that a browser or a proxy may resolve to another host.
const HOST_PREFIXES: [&str; 7] = ["/", "\\", "%2f", "%5c", "%09", "%0a", "%0d"];

/// A path and query on this origin, such as the value of `next`.
///
/// The text was parsed and serialized by the URL parser that browsers use, so that what was checked is what a browser
/// follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The most bytes, before and after serializing.
    const MAX_LENGTH: usize = 2048;

    /// The most bytes of a location: a path with a return path in its query, where each byte may be encoded as three.
    const MAX_LOCATION_LENGTH: usize = 8 * 1024;

    /// Parses a path of at most 2,048 bytes. `None` for every text that may lead to another origin.
    ///
    /// This is not a list of bad inputs. The text must begin with one slash and no second slash or backslash, contain no
    /// control character, and stay on the same origin when resolved by the WHATWG URL rules.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        Self::parse_within(raw, Self::MAX_LENGTH)
    }

    /// Parses a path of at most 8 KiB, for a `Location` header.
    pub(crate) fn parse_location(raw: &str) -> Option<Self> {
        Self::parse_within(raw, Self::MAX_LOCATION_LENGTH)
    }

    /// Parses a path. One that is longer than 2,048 bytes loses its query.
    pub(crate) fn parse_shortened(raw: &str) -> Option<Self> {
        Self::parse_action(raw)?.shortened()
    }

    /// The path, without its query if it is longer than 2,048 bytes.
    pub(crate) fn shortened(self) -> Option<Self> {
        if self.0.len() <= Self::MAX_LENGTH { Some(self) } else { Self::parse(self.path()) }
    }

    /// Parses the path that a form is sent to. One that is longer than 8 KiB loses its query.
    pub(crate) fn parse_action(raw: &str) -> Option<Self> {
        let is_too_long = raw.len() > Self::MAX_LOCATION_LENGTH;
        Self::parse_location(if is_too_long { raw.split('?').next()? } else { raw })
    }

    fn parse_within(raw: &str, max_length: usize) -> Option<Self> {
        let mut bytes = raw.bytes();
        if raw.len() > max_length || bytes.next() != Some(b'/') || matches!(bytes.next(), Some(b'/' | b'\\')) {
            return None;
        }
        if raw.chars().any(char::is_control) {
            return None;
        }
        let base = BASE.as_ref()?;
        let url = base.join(raw).ok()?;
        if !is_on_origin(&url, base) {
            return None;
        }
        // Resolving "/.//evil" gives the path "//evil", which a browser takes for a host. Escaped slashes are refused
        // too, since a proxy may decode them.
        let path = url.path();
        let lower = path.to_ascii_lowercase();
        let second = lower.get(1..).unwrap_or_default();
        if HOST_PREFIXES.iter().any(|prefix| second.starts_with(prefix)) {
            return None;
        }
        let text = url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        (text.len() <= max_length).then_some(Self(text))
    }

    /// The path and query, ready for a `Location` header or a form field.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }

    /// The path and query, encoded as the value of a query parameter.
    #[must_use]
    pub fn encoded(&self) -> String {
        form_urlencoded::byte_serialize(self.0.as_bytes()).collect()
    }
}

/// Whether a URL is on the origin of `base`, and names no user, which a browser may show as the host.
///
/// No text that passes the checks before this one fails it. It limits the damage of an error in those checks.
fn is_on_origin(url: &Url, base: &Url) -> bool {
    url.origin() == base.origin() && url.username().is_empty() && url.password().is_none()
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
