//! Flash messages: shown once, on the next page that a person sees. They survive redirects and errors, and those that are
//! listed for guests survive log-outs.

use std::fmt;

use poem::Response;

use super::redirect;

/// A message for the next page.
///
/// A user gets any text: it is signed by the session. A guest gets our own sentences and those of
/// [`crate::Builder::guest_messages`] only, since a sibling domain can set a cookie in a guest's browser, and would make a page show other text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// Success or refusal.
    pub kind: FlashKind,
    /// The message, as plain text.
    pub text: String,
}

/// What a flash message reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    /// The request succeeded: `role=status`.
    Success,
    /// The request was refused: `role=alert`.
    Refusal,
}

impl FlashKind {
    /// The ARIA role of the element: a refusal interrupts a screen reader, a success does not.
    #[must_use]
    pub fn role(self) -> &'static str {
        match self {
            Self::Success => "status",
            Self::Refusal => "alert",
        }
    }
}

/// The end of the class name: `flash-success`, `flash-refusal`.
impl fmt::Display for FlashKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "success",
            Self::Refusal => "refusal",
        })
    }
}

impl Flash {
    /// A message that reports a success.
    #[must_use]
    pub fn success(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Success, text: text.into() }
    }

    /// A message that reports a refusal.
    #[must_use]
    pub fn refusal(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Refusal, text: text.into() }
    }

    /// Redirects (303) to a path on this origin, whose page shows the message.
    #[must_use]
    pub fn to(self, path: &str) -> Response {
        self.with(redirect(path))
    }

    /// Adds the message to a response that leads to another page.
    #[must_use]
    pub fn with(self, mut response: Response) -> Response {
        response.extensions_mut().get_or_insert_default::<NewFlashes>().0.push(self);
        response
    }
}

/// The messages that a response adds, as an extension of it. The layer writes them into the flash cookie.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewFlashes(pub(crate) Vec<Flash>);
