//! Where a log-in leads: a path on this site, and nothing that could lead away from it.

use std::fmt;
use std::sync::LazyLock;

use url::Url;

/// Any origin will do: whatever is still on it when resolved, is on ours. Read once, since each request asks.
static HERE: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("http://here.invalid/").ok());

/// A path with its query on this origin. It was parsed and written again by the parser that browsers use, so that what
/// we checked is what they follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next(String);

impl Next {
    /// The most bytes; longer ones are dropped.
    pub const MAX: usize = 2048;

    /// Reads a `next` as it came. `None` for whatever is not plainly a path here.
    ///
    /// Not a list of what is bad: the text must begin with one slash and no second slash or backslash, hold no control
    /// character, and still be on the same origin when resolved by WHATWG rules.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let mut bytes = raw.bytes();
        if raw.len() > Self::MAX || bytes.next() != Some(b'/') || matches!(bytes.next(), Some(b'/' | b'\\')) {
            return None;
        }
        if raw.chars().any(char::is_control) {
            return None;
        }
        let here = HERE.as_ref()?;
        let there = here.join(raw).ok()?;
        let same = there.origin() == here.origin() && there.username().is_empty() && there.password().is_none();
        let path = there.path();
        // Resolving "/.//evil" gives the path "//evil", which a browser would take for a host; and what decodes to a
        // backslash or slash up front is not worth the risk that something on the way decodes it.
        let lower = path.to_ascii_lowercase();
        let second = lower.get(1..).unwrap_or_default();
        let leads_away = ["/", "\\", "%2f", "%5c", "%09", "%0a", "%0d"].iter().any(|bad| second.starts_with(bad));
        if !same || leads_away {
            return None;
        }
        let next = there.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        (next.len() <= Self::MAX).then_some(Self(next))
    }

    /// The path and query, ready for a `Location` or a form field.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path alone.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }

    /// As the value of a query parameter.
    #[must_use]
    pub fn encoded(&self) -> String {
        url::form_urlencoded::byte_serialize(self.0.as_bytes()).collect()
    }
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
