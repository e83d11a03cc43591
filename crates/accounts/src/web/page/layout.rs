//! The layout: the embedder's frame around every page.

use super::PageContext;

/// Renders whole pages. An embedder implements it, so that the account pages look like the embedder's own.
pub trait Layout: Send + Sync {
    /// Renders a page. `title` is plain text, which the layout escapes; `content` is safe HTML.
    ///
    /// # Errors
    /// [`LayoutError`]: the template failed. The visitor gets a plain error page with status 500, and the cause is logged. A
    /// panic has the same effect.
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError>;
}

/// A layout failed to render. The cause is its source.
#[derive(Debug, thiserror::Error)]
#[error("the layout did not render")]
pub struct LayoutError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl LayoutError {
    /// An error with a cause, which is logged.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

impl From<&str> for LayoutError {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for LayoutError {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<askama::Error> for LayoutError {
    fn from(error: askama::Error) -> Self {
        Self::new(error)
    }
}
