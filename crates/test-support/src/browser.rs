//! A real browser for tests and pictures: Chromium, each with a profile of its own. `driver` starts the driver,
//! `failure` saves the page of a failed test, and `person` acts and reads as a person does.

mod driver;
mod failure;
mod permit;
mod person;
mod settings;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use thirtyfour::WebDriver;

use crate::timeouts::DRIVER_COMMAND_TIMEOUT;

pub use self::person::{Focus, Person, Tab};
pub use self::settings::{Media, Scripts};
pub use thirtyfour::Key;

/// The innermost elements that reach past the right edge of a page that can be scrolled sideways.
///
/// Elements that scroll or hide their own content do not count.
const OVERFLOW: &str = "
    const root = document.documentElement, width = root.clientWidth;
    if (root.scrollWidth <= width) return [];
    const past = element => element.getBoundingClientRect().right > width + 0.5;
    const all = [...document.body.querySelectorAll('*')].filter(past);
    const inner = all.filter(element => ![...element.children].some(past));
    const describe = element => `${element.tagName.toLowerCase()} to ${Math.round(element.getBoundingClientRect().right)}: `
        + element.outerHTML.slice(0, 120);
    return [`${root.scrollWidth} px of content in ${width}`, ...inner.slice(0, 5).map(describe)];";

/// A browser with a new profile.
///
/// It is closed when this is dropped; where the test has failed, its page is saved in `target/browser-failures`.
pub struct Browser {
    driver: WebDriver,
    name: String,
    _permit: Arc<permit::Permit>,
}

impl Browser {
    /// Opens a browser, which takes about a second.
    ///
    /// Waits while two other tests have browsers open. `name` is the name of its files when the test fails.
    ///
    /// # Errors
    /// Chromium or its driver is not installed (the error names the command that installs it), or does not start.
    pub async fn open(name: &str, scripts: Scripts) -> anyhow::Result<Self> {
        let permit = permit::acquire().await?;
        let driver = driver::Driver::shared().await?;
        let opened = WebDriver::builder(driver.url(), settings::capabilities(driver.browser(), scripts)?)
            .client(settings::client()?)
            .request_timeout(DRIVER_COMMAND_TIMEOUT)
            .await;
        let driver = opened.with_context(|| format!("the browser did not start: {}", driver.log()))?;
        Ok(Self { driver, name: name.to_owned(), _permit: permit })
    }

    /// The WebDriver session.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Errors
    /// The address cannot be loaded, or the browser does not respond.
    pub async fn goto(&self, url: &str) -> anyhow::Result<()> {
        self.driver.goto(url).await.with_context(|| format!("could not open {url}"))
    }

    /// Sets the size of the page in CSS pixels, until the tab is closed. It may be narrower than a window.
    ///
    /// # Errors
    /// The browser does not respond.
    pub async fn set_viewport(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Sets the media features, until the tab is closed.
    ///
    /// # Errors
    /// The browser does not respond.
    pub async fn set_media(&self, media: Media) -> anyhow::Result<()> {
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": media.features() })).await?;
        Ok(())
    }

    /// Shows the page as it is printed, until the tab is closed.
    ///
    /// # Errors
    /// The browser does not respond.
    pub async fn set_print(&self) -> anyhow::Result<()> {
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
        Ok(())
    }

    /// Runs a script in the page, also where the page's own scripts are off, and returns its result.
    ///
    /// # Errors
    /// The script throws, or the browser does not respond.
    pub async fn evaluate(&self, script: &str, arguments: Vec<Value>) -> anyhow::Result<Value> {
        let returned = self.driver.execute(script, arguments).await;
        Ok(returned.with_context(|| format!("could not run `{script}`"))?.json().clone())
    }

    /// Runs a script in each page from now on, before the page's own scripts run.
    ///
    /// # Errors
    /// The browser does not respond.
    pub async fn run_before_pages(&self, script: &str) -> anyhow::Result<()> {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await?;
        Ok(())
    }

    /// Writes a picture of the whole page as PNG. Missing folders are created.
    ///
    /// # Errors
    /// The browser does not respond, or the file cannot be written.
    pub async fn screenshot(&self, file: &Path) -> anyhow::Result<()> {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await?;
        let (width, height) = (&metrics["cssContentSize"]["width"], &metrics["cssContentSize"]["height"]);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let whole = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let taken = self.devtools("Page.captureScreenshot", whole).await?;
        let picture = STANDARD.decode(taken["data"].as_str().context("the browser returned no picture")?)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, picture).with_context(|| format!("could not write {}", file.display()))
    }

    /// The page's current source.
    ///
    /// # Errors
    /// The browser does not respond.
    pub async fn source(&self) -> anyhow::Result<String> {
        Ok(self.driver.source().await?)
    }

    /// Describes what makes the page scroll sideways: its width, and the first elements that reach past the edge.
    ///
    /// Empty where the page does not scroll sideways.
    ///
    /// # Errors
    /// The browser does not respond.
    pub async fn overflow(&self) -> anyhow::Result<Vec<String>> {
        Ok(serde_json::from_value(self.evaluate(OVERFLOW, Vec::new()).await?)?)
    }

    /// The console's warnings and errors in all tabs since the last call.
    ///
    /// They are of scripts, of the content security policy, and of files that did not load. The error status of a page
    /// is not among them.
    ///
    /// # Errors
    /// The browser does not respond.
    pub async fn console_errors(&self) -> anyhow::Result<Vec<String>> {
        let entries = self.driver.browser_log().await?;
        let serious = entries.into_iter().filter(|entry| ["WARNING", "SEVERE"].contains(&entry.level.as_str()));
        Ok(serious.map(|entry| entry.message).filter(|message| !is_page_status(message)).collect())
    }

    async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        let response = self.driver.cdp().send_raw(command, parameters).await;
        response.with_context(|| format!("the browser refused {command}"))
    }
}

/// Whether a message is about the error status of a page.
///
/// The browser's log does not distinguish pages from the files that they load; a file's name has an extension.
fn is_page_status(message: &str) -> bool {
    let Some((address, _)) = message.split_once(" - Failed to load resource: the server responded") else {
        return false;
    };
    let path = address.split(['?', '#']).next().unwrap_or_default();
    !path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

impl Drop for Browser {
    fn drop(&mut self) {
        failure::save_and_close(self.driver.clone(), &self.name, std::thread::panicking());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_of_page_is_no_console_error_and_status_of_file_is() {
        let failed = |address: &str| format!("{address} - Failed to load resource: the server responded with 404");

        assert!(is_page_status(&failed("http://localhost:8000/no-such-page?q=a.b")));
        assert!(!is_page_status(&failed("http://localhost:8000/assets/look.css")));
        assert!(!is_page_status("http://localhost:8000/ - Refused to run an inline script"));
    }
}
