//! The device of a session in words, for the user's list of sessions.
//!
//! A small table of browsers and systems, and nothing of the header's text. The crates that know more (woothee, last released in
//! 2021, and uap-core's expressions) name browsers that nobody has used for years, and not those of today.

use domain::session::Device;

/// The part of a `User-Agent` that names a browser, and the browser. Most browsers name those that they descend from as well, so
/// the first match counts.
const BROWSERS: &[(&str, &str)] = &[
    ("FBAN/", "Facebook"),
    ("FBAV/", "Facebook"),
    ("Instagram ", "Instagram"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("; wv)", UNKNOWN), // an app that shows pages by the system's Chrome
    ("Chrome/", "Chrome"),
    ("curl/", "curl"),
];

/// The part of a `User-Agent` that names a system, and the system. Android names Linux too. An iPad may name itself a Mac.
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

const UNKNOWN: &str = "Unknown browser";

/// The browser and the system of a device: "Firefox on Windows", or "Unknown browser". It is a hint: a browser can send any
/// `User-Agent`.
#[must_use]
pub fn device_name(device: &Device) -> String {
    let user_agent = device.user_agent.as_deref().unwrap_or_default();
    let first_of = |table: &[(&str, &'static str)]| {
        table.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| *name)
    };
    let is_safari = user_agent.contains("Safari/") && user_agent.contains("Version/");
    let browser = first_of(BROWSERS).or(is_safari.then_some("Safari")).unwrap_or(UNKNOWN);
    first_of(SYSTEMS).map_or_else(|| browser.to_owned(), |system| format!("{browser} on {system}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(user_agent: &str) -> String {
        device_name(&Device { network: None, user_agent: Some(user_agent.to_owned()) })
    }

    #[test]
    fn usual_browsers_are_named() {
        for (user_agent, expected) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Windows"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                "Safari on Mac",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.7444.46 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36",
                "Unknown browser on Android",
            ),
            ("curl/8.5.0", "curl"),
        ] {
            assert_eq!(name(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn anything_else_is_unknown_and_not_shown() {
        for user_agent in ["", "<b>Firefox</b>", "firefox/1", "Mozilla/5.0", "Safari/604.1", "\u{202e}"] {
            assert_eq!(name(user_agent), UNKNOWN, "{user_agent}");
        }
        assert_eq!(device_name(&Device::default()), UNKNOWN);
    }
}
