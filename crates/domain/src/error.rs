//! What a store says when it cannot answer. Refusals of a rule are not here: they are variants beside their rule.

use std::error::Error;

/// The store could not answer: unreachable, full, locked for too long, or holding what cannot be read.
///
/// Opaque on purpose: a caller can only tell the visitor that nothing changed, or that nobody knows whether it did. The
/// cause is kept for the log.
#[derive(Debug, thiserror::Error)]
#[error("the store could not answer")]
pub struct StoreError {
    outcome_unknown: bool,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    /// Wraps the cause, which stays readable through [`Error::source`].
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { outcome_unknown: false, source: source.into() }
    }

    /// The connection was lost while a change was committed: it is stored whole, or not at all.
    pub fn outcome_unknown(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { outcome_unknown: true, source: source.into() }
    }

    /// Whether what was asked for may have been done all the same. Otherwise nothing changed.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.outcome_unknown
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
