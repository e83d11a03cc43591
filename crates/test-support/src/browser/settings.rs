//! How a browser is started, and what its owner prefers. Starting it is not done here.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::Capabilities;
use thirtyfour::error::WebDriverResult;

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// They may.
    On,
    /// They may not, by the browser's own setting; what `noscript` holds is shown.
    Off,
}

/// Makes two tests of each named function: one with scripts on, one with scripts off. Needs tokio.
///
/// ```text
/// test_support::with_and_without_scripts! {
///     two_friends_come_to_dinner
/// }
///
/// async fn two_friends_come_to_dinner(scripts: Scripts) { … }
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

/// What the browser's owner prefers, as stylesheets can ask.
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

/// No window, nothing to be asked, no call home, and no host but this machine: a test's traffic stays here.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox", // Chromium's own cannot run as root
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
    "--hide-scrollbars", // as on a phone: the page has the whole width
    "--lang=en-US",      // in which dates are typed
    "--window-size=1000,800",
    "--remote-debugging-pipe", // it ends with the driver, even where that is killed
];

/// Chromium's number for "block".
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

/// The client that talks to the driver. It keeps no connection: the last command is sent from another runtime, when the
/// one that opened a connection may stand still.
pub(super) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_mins(1)).build()
}
