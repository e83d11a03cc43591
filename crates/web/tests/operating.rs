//! `docs/OPERATING.md` lists the warnings and errors that the program logs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../../docs/OPERATING.md");

/// The crates that the program is built from.
const CRATES: [&str; 6] = ["accounts", "auth", "domain", "http-server", "store", "web"];

/// The Rust files in a folder and below it.
fn source_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| source_files(folder));
    files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).chain(below).collect()
}

/// The messages that a source logs at a level: the first string literal of each macro call.
fn logged(source: &str, level: &str) -> BTreeSet<String> {
    let macro_name = format!("tracing::{level}!(");
    let calls = source.split(&macro_name).skip(1);
    calls.filter_map(|call| Some(call.split('"').nth(1)?.to_owned())).collect()
}

/// The messages in the table of a level: the first text between backticks in each row.
fn documented(level: &str) -> BTreeSet<String> {
    let start = format!("| {} | `", level.to_uppercase());
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix(&start));
    rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned())).collect()
}

#[test]
fn operating_page_lists_every_logged_warning_and_error() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files: Vec<_> = CRATES.iter().flat_map(|name| source_files(&crates.join(name).join("src"))).collect();
    let sources: Vec<_> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for level in ["error", "warn"] {
        let logged: BTreeSet<_> = sources.iter().flat_map(|source| logged(source, level)).collect();
        assert!(logged.len() > 5, "{logged:?}");
        assert_eq!(documented(level), logged, "{level}");
    }
}
