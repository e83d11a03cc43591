//! The log: one JSON object a line on standard error, so that no name can forge a line. No secrets are logged anywhere;
//! this only says in what form the rest is.

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts to log what is at least as important as `level`; of the libraries below us, warnings and worse.
pub fn start(level: Level) {
    let ours = ["web", "dinnerparty", "accounts", "auth", "store", "domain"];
    let targets = Targets::new().with_default(LevelFilter::WARN).with_targets(ours.map(|name| (name, level)));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    // Already set only where a test has set its own.
    let _ = tracing_subscriber::registry().with(targets).with(lines).try_init();
}
