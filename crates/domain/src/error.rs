//! What a store says when it cannot answer. Refusals of a rule are not here: they are variants beside their rule.

use std::error::Error;

/// The store could not answer: unreachable, full, locked for too long, or holding what cannot be read.
///
/// Opaque on purpose: a caller can only tell the visitor that nothing changed. The cause is kept for the log.
#[derive(Debug, thiserror::Error)]
#[error("the store could not answer")]
pub struct StoreError {
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    /// Wraps the cause, which stays readable through [`Error::source`].
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}

/// A stored value that does not parse: somebody wrote past our types, or the file is damaged.
///
/// The value itself is left out, since it may be personal.
#[derive(Debug, thiserror::Error)]
#[error("row {row} of {table} holds a {column} that does not parse")]
pub struct CorruptValue {
    /// The table.
    pub table: &'static str,
    /// The column in it.
    pub column: &'static str,
    /// The row's id.
    pub row: i64,
    /// What the parser said.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}
