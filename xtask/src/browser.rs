//! Finds Chromium, for the verbs that need it. `test-support` has the same list, since neither crate depends on the
//! other.

use std::env;
use std::path::PathBuf;

/// The program's name, which depends on its packager; the last is its path on macOS.
pub(crate) const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The path of the browser, if it is installed.
pub(crate) fn find() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| program(name))
}

/// The path of a program, given by its path or by a name on the `PATH`.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
