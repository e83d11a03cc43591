//! The log: one JSON object a line on standard error, so that no name can forge a line. No secrets are logged anywhere;
//! this only says in what form the rest is.

use std::panic::{PanicHookInfo, set_hook};

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts to log what is at least as important as `level`; of the libraries below us, warnings and worse. From here on
/// a panic is a line of the log too.
pub fn start(level: Level) {
    let ours = ["web", "dinnerparty", "accounts", "auth", "store", "domain"];
    let targets = Targets::new().with_default(LevelFilter::WARN).with_targets(ours.map(|name| (name, level)));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    // Already set only where a test has set its own.
    let _ = tracing_subscriber::registry().with(targets).with(lines).try_init();
    set_hook(Box::new(panicked));
}

/// Where, but not what: a panic's words may hold what somebody typed.
fn panicked(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    tracing::error!(location, "panicked");
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::panic::{catch_unwind, take_hook};
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_panic_is_one_line_of_json_without_its_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let lines =
            tracing_subscriber::fmt().json().flatten_event(true).with_writer(Arc::new(File::create(&path).unwrap()));

        let before = take_hook();
        set_hook(Box::new(panicked));
        let caught =
            tracing::subscriber::with_default(lines.finish(), || catch_unwind(|| panic!("marble otter seven")));
        set_hook(before);

        assert!(caught.is_err());
        let log = std::fs::read_to_string(path).unwrap();
        let line: serde_json::Value = serde_json::from_str(&log).unwrap();
        assert_eq!((line["level"].as_str(), line["message"].as_str()), (Some("ERROR"), Some("panicked")));
        assert!(line["location"].as_str().unwrap().starts_with("crates/web/src/log.rs:"), "{line}");
        assert!(!log.contains("otter"), "{log}");
    }
}
