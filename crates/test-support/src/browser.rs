//! A real browser for tests and pictures: Chromium, each with a profile of its own. Starting the driver is in `driver`,
//! what a failing test leaves in `evidence`, what people do with pages in `person`. No page of ours is known here.

mod driver;
mod evidence;
mod person;
mod settings;
mod turn;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use thirtyfour::WebDriver;

pub use self::person::{Focus, Person, Tab};
pub use self::settings::{Media, Scripts};
pub use thirtyfour::Key;

/// The innermost elements that reach past an edge of a page that can be scrolled sideways. What its own box scrolls
/// or hides is no offender.
const OVERFLOW: &str = "
    const root = document.documentElement, width = root.clientWidth;
    if (root.scrollWidth <= width) return [];
    const past = element => element.getBoundingClientRect().right > width + 0.5;
    const all = [...document.body.querySelectorAll('*')].filter(past);
    const inner = all.filter(element => ![...element.children].some(past));
    const told = element => `${element.tagName.toLowerCase()} to ${Math.round(element.getBoundingClientRect().right)}: `
        + element.outerHTML.slice(0, 120);
    return [`${root.scrollWidth} px of content in ${width}`, ...inner.slice(0, 5).map(told)];";

/// A browser, with nothing in its profile at the start. It is closed when this is dropped; where that is because the
/// test failed, what it showed is left in `target/browser-failures`.
pub struct Browser {
    driver: WebDriver,
    name: String,
    _turn: Arc<turn::Turn>,
}

impl Browser {
    /// Opens a browser, which takes about a second, once fewer than two other tests have some. `name` tells apart what several of them leave when a test fails.
    ///
    /// # Errors
    /// Chromium or its driver is not installed (the error names the command that installs it), or does not start.
    pub async fn open(name: &str, scripts: Scripts) -> anyhow::Result<Self> {
        let turn = turn::wait().await?;
        let driver = driver::Driver::shared().await?;
        let opened = WebDriver::builder(driver.url(), settings::capabilities(driver.browser(), scripts)?)
            .client(settings::client()?)
            .request_timeout(Duration::from_mins(1))
            .await;
        let driver = opened.with_context(|| format!("no browser: {}", driver.log()))?;
        Ok(Self { driver, name: name.to_owned(), _turn: turn })
    }

    /// The session, for what is not said here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Errors
    /// The address leads nowhere, or the browser does not answer.
    pub async fn goto(&self, url: &str) -> anyhow::Result<()> {
        self.driver.goto(url).await.with_context(|| format!("could not open {url}"))
    }

    /// Lays the page out in so many CSS pixels, until the tab is closed. Windows cannot be that narrow; a phone can.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn set_viewport(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Says what its owner prefers, until the tab is closed.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn set_media(&self, media: Media) -> anyhow::Result<()> {
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": media.features() })).await?;
        Ok(())
    }

    /// Runs a script in the page, also where the page's own scripts are off, and gives what it returns.
    ///
    /// # Errors
    /// The script throws, or the browser does not answer.
    pub async fn evaluate(&self, script: &str, arguments: Vec<Value>) -> anyhow::Result<Value> {
        let returned = self.driver.execute(script, arguments).await;
        Ok(returned.with_context(|| format!("could not run `{script}`"))?.json().clone())
    }

    /// Writes a picture of the whole page, below the fold too, as PNG. Folders that are missing are made.
    ///
    /// # Errors
    /// The browser does not answer, or the file cannot be written.
    pub async fn screenshot(&self, file: &Path) -> anyhow::Result<()> {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await?;
        let (width, height) = (&metrics["cssContentSize"]["width"], &metrics["cssContentSize"]["height"]);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let whole = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let taken = self.devtools("Page.captureScreenshot", whole).await?;
        let picture = STANDARD.decode(taken["data"].as_str().context("no picture came")?)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, picture).with_context(|| format!("could not write {}", file.display()))
    }

    /// The page's source, as it stands now.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn source(&self) -> anyhow::Result<String> {
        Ok(self.driver.source().await?)
    }

    /// What reaches past the page's edge, so that it can be scrolled sideways: how far, and the first elements that do.
    /// Empty where nothing does.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn overflow(&self) -> anyhow::Result<Vec<String>> {
        Ok(serde_json::from_value(self.evaluate(OVERFLOW, Vec::new()).await?)?)
    }

    /// What the browser complained about since this was asked last, in any tab: warnings and errors of scripts, of the
    /// content security policy, of files that did not come. That a page came with an error's status is no complaint.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn complaints(&self) -> anyhow::Result<Vec<String>> {
        let entries = self.driver.browser_log().await?;
        let serious = entries.into_iter().filter(|entry| ["WARNING", "SEVERE"].contains(&entry.level.as_str()));
        Ok(serious.map(|entry| entry.message).filter(|message| !is_of_a_page(message)).collect())
    }

    async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        let answer = self.driver.cdp().send_raw(command, parameters).await;
        answer.with_context(|| format!("the browser refused {command}"))
    }
}

/// Whether a complaint is that a page came with an error's status. The browser's log does not tell pages from the files
/// that they ask for; a file's name has an ending.
fn is_of_a_page(complaint: &str) -> bool {
    let Some((address, _)) = complaint.split_once(" - Failed to load resource: the server responded") else {
        return false;
    };
    let path = address.split(['?', '#']).next().unwrap_or_default();
    !path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

impl Drop for Browser {
    fn drop(&mut self) {
        evidence::leave_and_close(self.driver.clone(), &self.name, std::thread::panicking());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_refused_is_no_complaint_and_a_file_that_did_not_come_is_one() {
        let failed = |address: &str| format!("{address} - Failed to load resource: the server responded with 404");

        assert!(is_of_a_page(&failed("http://localhost:8000/no-such-page?q=a.b")));
        assert!(!is_of_a_page(&failed("http://localhost:8000/assets/look.css")));
        assert!(!is_of_a_page("http://localhost:8000/ - Refused to run an inline script"));
    }
}
