//! The settings of a browser: command-line flags, preferences, media features.

use std::path::Path;

use serde_json::{Value, json};
use thirtyfour::Capabilities;
use thirtyfour::error::WebDriverResult;

use crate::timeouts::DRIVER_COMMAND_TIMEOUT;

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// Scripts run.
    On,
    /// No script runs, by the browser's own setting; `noscript` elements are shown.
    Off,
}

/// Makes two tests of each named function: one with scripts on, one with scripts off. Needs tokio.
///
/// ```text
/// test_support::with_and_without_scripts! {
///     friends_rsvp_to_each_other
/// }
///
/// async fn friends_rsvp_to_each_other(scripts: Scripts) { … }
/// ```
#[macro_export]
macro_rules! with_and_without_scripts {
    ($($test:ident)*) => { $(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn with_scripts() {
                super::$test($crate::browser::Scripts::On).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn without_scripts() {
                super::$test($crate::browser::Scripts::Off).await;
            }
        }
    )* };
}

/// The user's preferences as media features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Media {
    /// `prefers-color-scheme: dark`, or else `light`.
    pub dark: bool,
    /// `prefers-reduced-motion: reduce`.
    pub reduced_motion: bool,
    /// `forced-colors: active`: the system's few colors instead of the page's.
    pub forced_colors: bool,
}

impl Media {
    pub(super) fn features(self) -> Value {
        let feature = |name: &str, value: &str| json!({ "name": name, "value": value });
        json!([
            feature("prefers-color-scheme", if self.dark { "dark" } else { "light" }),
            feature("prefers-reduced-motion", if self.reduced_motion { "reduce" } else { "no-preference" }),
            feature("forced-colors", if self.forced_colors { "active" } else { "none" }),
        ])
    }
}

/// No window, no dialogs, no background traffic, and no host but this machine.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox", // Chromium's sandbox cannot run as root
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--hide-scrollbars", // as on a phone, where they take no width
    "--lang=en-US",      // decides how dates are typed
    "--window-size=1000,800",
    "--remote-debugging-pipe", // ends with the driver, also where that is killed
];

/// Chromium's value for a blocked content type.
const BLOCKED: u8 = 2;

pub(super) fn capabilities(browser: &Path, scripts: Scripts) -> WebDriverResult<Capabilities> {
    let mut preferences = json!({
        "credentials_enable_service": false,
        "profile.password_manager_enabled": false,
        "profile.password_manager_leak_detection": false,
    });
    if scripts == Scripts::Off {
        preferences["profile.managed_default_content_settings.javascript"] = BLOCKED.into();
    }
    let mut capabilities = Capabilities::new();
    for (name, value) in [
        ("browserName", json!("chrome")),
        ("goog:loggingPrefs", json!({ "browser": "ALL" })),
        ("goog:chromeOptions", json!({ "binary": browser, "args": FLAGS, "prefs": preferences })),
    ] {
        capabilities.set(name, value)?;
    }
    Ok(capabilities)
}

/// The HTTP client for the driver.
///
/// It keeps no connection: the last command is sent from another runtime, while the runtime that opened a connection
/// may be blocked.
pub(super) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(DRIVER_COMMAND_TIMEOUT).build()
}
