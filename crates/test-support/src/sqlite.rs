//! The path of a test's SQLite file. Opening it is up to the test.

use std::path::Path;

/// The URL of an SQLite file in `folder`, usually a [`tempfile::TempDir`].
///
/// The file does not exist yet: the test creates it, by `mode=rwc` or by options of its own.
///
/// [`tempfile::TempDir`]: https://docs.rs/tempfile/latest/tempfile/struct.TempDir.html
#[must_use]
pub fn sqlite_url(folder: impl AsRef<Path>) -> String {
    format!("sqlite:{}", folder.as_ref().join("test.db").display())
}
