//! What Chromium is called, for the verbs that look for it. `test-support`, which depends on nothing of ours either, looks
//! for the same.

use std::env;
use std::path::PathBuf;

/// By whom it was packaged; the last is where a Mac keeps it.
pub(crate) const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The browser's program, where it is here.
pub(crate) fn find() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| program(name))
}

/// A program by its path, or on the `PATH`.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
