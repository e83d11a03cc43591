//! Failures of a store. The refusals of a rule are variants beside the rule.

use std::error::Error;

/// A failure of the store: it is unreachable, full, locked for too long, or holds a value that does not parse.
///
/// Opaque, since a caller can only report that nothing changed, or that the outcome is unknown. The cause is for the
/// log.
#[derive(Debug, thiserror::Error)]
#[error("the store failed")]
pub struct StoreError {
    is_outcome_unknown: bool,
    is_overload: bool,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    /// Wraps the cause, which [`Error::source`] returns. Nothing was changed.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { is_outcome_unknown: false, is_overload: false, source: source.into() }
    }

    /// Wraps the cause of an overload: too many writes wait, or one has waited too long. Nothing was changed, and the store
    /// itself is fine.
    pub fn overload(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { is_outcome_unknown: false, is_overload: true, source: source.into() }
    }

    /// Wraps the cause of an unknown outcome: the connection was lost during the commit.
    ///
    /// The change is stored as a whole or not at all.
    pub fn outcome_unknown(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { is_outcome_unknown: true, is_overload: false, source: source.into() }
    }

    /// Whether the store had too much to do. Strangers can cause that.
    #[must_use]
    pub fn is_overload(&self) -> bool {
        self.is_overload
    }

    /// Whether the change may have been stored. Otherwise nothing changed.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.is_outcome_unknown
    }
}

/// A stored value that does not parse: another program wrote it, or the file is damaged.
///
/// The error does not contain the value, which may be personal data.
#[derive(Debug, thiserror::Error)]
#[error("row {row} of {table} holds a {column} that does not parse")]
pub struct CorruptValue {
    /// The name of the table.
    pub table: &'static str,
    /// The name of the column.
    pub column: &'static str,
    /// The id of the row.
    pub row: i64,
    /// The error of the parser.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}
