//! Where a test keeps its SQLite file. Opening it is the test's business.

use std::path::Path;

/// The URL of an SQLite file in `folder` (a [`tempfile::TempDir`] as a rule) that is not there yet: whoever opens it
/// creates it, by `mode=rwc` or by its own options.
///
/// [`tempfile::TempDir`]: https://docs.rs/tempfile/latest/tempfile/struct.TempDir.html
#[must_use]
pub fn sqlite_url(folder: impl AsRef<Path>) -> String {
    format!("sqlite:{}", folder.as_ref().join("test.db").display())
}
