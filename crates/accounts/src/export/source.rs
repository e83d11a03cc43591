//! What an embedder adds to an export.

use async_trait::async_trait;
use domain::StoreError;
use domain::user::UserId;
use serde_json::Value;

/// What an embedder stores about a user, as an array of the exported document: see [`crate::Builder::export`].
#[async_trait]
pub trait ExportSource: Send + Sync {
    /// The name of the array, such as `trips`.
    fn name(&self) -> &'static str;

    /// A page of rows: the first, or the one after the `next` of the page before. A page has some hundred rows at most.
    ///
    /// # Errors
    /// [`StoreError`]: the export is not complete.
    async fn page(&self, user: UserId, after: Option<String>) -> Result<ExportPage, StoreError>;
}

/// A page of an exported array.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportPage {
    /// The rows, as values of `accounts::serde_json`.
    ///
    /// `serde_json` is part of the public API here: this crate takes its next major release with a major release of its own.
    pub rows: Vec<Value>,
    /// A cursor for the next page; `None` after the last.
    pub next: Option<String>,
}

impl ExportPage {
    /// The only page.
    #[must_use]
    pub fn all(rows: Vec<Value>) -> Self {
        Self { rows, next: None }
    }
}
