//! The log: one JSON object per line on standard error, so that no name can forge a line. This module sets only the
//! format and the level; no code logs a secret.

use std::panic::{PanicHookInfo, set_hook};

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The crates that log at the operator's level. Third-party libraries log warnings and errors only.
///
/// A target also matches what begins with it: `accounts` is also `accounts_store`, and the other crates below it.
const OUR_TARGETS: [&str; 3] = ["web", "dinnerparty", "accounts"];

/// Starts the log at `level` and logs panics as well.
pub fn start(level: Level) {
    let targets = Targets::new().with_default(LevelFilter::WARN).with_targets(OUR_TARGETS.map(|name| (name, level)));
    let json = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    // Fails only where a test has installed a subscriber of its own.
    let _ = tracing_subscriber::registry().with(targets).with(json).try_init();
    set_hook(Box::new(log_panic));
}

/// Logs the location of a panic. Its message is left out, since it may contain form input.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    tracing::error!(location, "panicked");
}

#[cfg(test)]
mod tests {
    use std::panic::{catch_unwind, take_hook};

    use test_support::Log;

    use super::*;

    #[test]
    fn panic_is_one_json_line_without_its_message() {
        let log = Log::new();
        let json = tracing_subscriber::fmt().json().flatten_event(true).with_writer(log.clone());

        let previous_hook = take_hook();
        set_hook(Box::new(log_panic));
        let caught = tracing::subscriber::with_default(json.finish(), || catch_unwind(|| panic!("marble otter seven")));
        set_hook(previous_hook);

        assert!(caught.is_err());
        let log = log.text();
        let line: serde_json::Value = serde_json::from_str(&log).unwrap();
        assert_eq!((line["level"].as_str(), line["message"].as_str()), (Some("ERROR"), Some("panicked")));
        assert!(line["location"].as_str().unwrap().starts_with("crates/web/src/log.rs:"), "{line}");
        assert!(!log.contains("otter"), "{log}");
    }
}
