//! A person in front of a browser, who finds buttons, links and fields by their visible names, never by a class. What
//! the person does is here, what they see is in `visible`, and finding elements is in `locators`.

mod locators;
mod visible;

use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::{Key, WebElement, WindowHandle};

pub use self::visible::Focus;
use super::{Browser, Scripts};
use crate::timeouts::{APPEARANCE_TIMEOUT, POLL_INTERVAL};

/// The time between the two clicks of an impatient person.
const CLICK_INTERVAL: Duration = Duration::from_millis(300);

/// A person with a browser of their own. An action that is not possible fails the test, and the failure shows the
/// page's text.
pub struct Person {
    browser: Browser,
    name: String,
}

/// One of a person's tabs.
#[derive(Debug, Clone)]
pub struct Tab(WindowHandle);

#[expect(clippy::missing_panics_doc, reason = "what fails here fails the test")]
#[expect(clippy::panic, reason = "what fails here fails the test")]
impl Person {
    /// A new person with a new browser. The name is used in failures.
    pub async fn arrives(name: &str, scripts: Scripts) -> Self {
        let browser = Browser::open(name, scripts).await.unwrap_or_else(|error| panic!("{error:#}"));
        Self { browser, name: name.to_owned() }
    }

    /// The person's browser.
    #[must_use]
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Types an address.
    pub async fn opens(&self, url: &str) {
        self.done(self.browser.goto(url).await);
    }

    /// Follows the link with that text.
    pub async fn follows(&self, link: &str) {
        self.click(&locators::link(link)).await;
    }

    /// Presses the button with that text.
    pub async fn presses(&self, button: &str) {
        self.click(&locators::button(button)).await;
    }

    /// Presses a button twice, 300 ms apart.
    pub async fn presses_twice(&self, button: &str) {
        let button = self.finds(&locators::button(button)).await;
        let actions = self.browser.driver().action_chain_with_delay(None, Some(CLICK_INTERVAL));
        self.done(actions.click_element(&button).move_by_offset(1, 0).click().perform().await); // the move takes the interval
    }

    /// Replaces the value of the field with that label.
    pub async fn fills_in(&self, label: &str, text: &str) {
        let field = self.finds(&locators::field(label)).await;
        let kind = self.done(field.attr("type").await).unwrap_or_default();
        if ["date", "time"].contains(&kind.as_str()) {
            // Typing depends on the browser's language, so the value is picked as in a calendar.
            let pick = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))";
            let field = self.done(field.to_json());
            self.done(self.browser.evaluate(pick, vec![field, json!(text)]).await);
        } else {
            self.done(field.clear().await);
            self.done(field.send_keys(text).await);
        }
    }

    /// Ticks the box with that label.
    pub async fn ticks(&self, label: &str) {
        self.click(&locators::field(label)).await;
    }

    /// The value of the field with that label.
    pub async fn value_of(&self, label: &str) -> String {
        let field = self.finds(&locators::field(label)).await;
        self.done(field.prop("value").await).unwrap_or_default()
    }

    /// The type of the field with that label, such as `text` or `password`.
    pub async fn kind_of(&self, label: &str) -> String {
        let field = self.finds(&locators::field(label)).await;
        self.done(field.prop("type").await).unwrap_or_default()
    }

    /// Types into the element that has the focus.
    pub async fn types(&self, keys: &str) {
        self.done(self.browser.driver().action_chain().send_keys(keys).perform().await);
    }

    /// Presses one key that is not a character.
    pub async fn hits(&self, key: Key) {
        self.types(&char::from(key).to_string()).await;
    }

    /// Presses Tab until the link, button or field with that name has the focus.
    ///
    /// Each element on the way must show its focus by an outline.
    pub async fn tabs_to(&self, name: &str) {
        let mut passed = Vec::new();
        while passed.len() < 100 {
            self.hits(Key::Tab).await;
            let focus = self.focus().await;
            let is_window = focus.tag == "body"; // between the last element and the first
            assert!(
                focus.is_visible || is_window,
                "{}: nothing shows the focus on {focus:?} at {}",
                self.name,
                self.path().await
            );
            if focus.name == name && !is_window {
                return;
            }
            passed.push(format!("{} {}", focus.tag, focus.name));
        }
        panic!("{}: Tab does not reach {name:?} at {}, but {passed:?}", self.name, self.path().await);
    }

    /// Goes back by the browser's button.
    pub async fn goes_back(&self) {
        self.done(self.browser.driver().back().await);
    }

    /// Loads the page again.
    pub async fn reloads(&self) {
        self.done(self.browser.driver().refresh().await);
    }

    /// The current tab.
    pub async fn tab(&self) -> Tab {
        Tab(self.done(self.browser.driver().window().await))
    }

    /// Opens a new tab and switches to it.
    pub async fn opens_a_tab(&self, url: &str) -> Tab {
        let tab = self.done(self.browser.driver().new_tab().await);
        self.switches_to(&Tab(tab.clone())).await;
        self.opens(url).await;
        Tab(tab)
    }

    /// Follows a link that opens a new tab, and switches to it.
    pub async fn opens_in_a_tab(&self, link: &str) -> Tab {
        let before = self.done(self.browser.driver().windows().await);
        self.follows(link).await;
        let start = Instant::now();
        loop {
            let after = self.done(self.browser.driver().windows().await);
            if let Some(opened) = after.into_iter().find(|tab| !before.contains(tab)) {
                let tab = Tab(opened);
                self.switches_to(&tab).await;
                return tab;
            }
            assert!(start.elapsed() < APPEARANCE_TIMEOUT, "{}: {link:?} opened no tab", self.name);
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Switches to another tab.
    pub async fn switches_to(&self, tab: &Tab) {
        self.done(self.browser.driver().switch_to_window(tab.0.clone()).await);
    }

    /// The path and query of the page.
    pub async fn path(&self) -> String {
        let url = self.done(self.browser.driver().current_url().await);
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Whether the page has that button now.
    pub async fn has_button(&self, button: &str) -> bool {
        self.find(&locators::button(button)).await.is_some()
    }

    async fn click(&self, xpath: &str) {
        let found = self.finds(xpath).await;
        self.done(found.click().await);
    }

    /// Waits until a matching element is visible.
    async fn finds(&self, xpath: &str) -> WebElement {
        let start = Instant::now();
        loop {
            if let Some(found) = self.find(xpath).await {
                return found;
            }
            let (name, waits) = (&self.name, start.elapsed() < APPEARANCE_TIMEOUT);
            assert!(waits, "{name} does not find {xpath} at {}:\n{}", self.path().await, self.reads().await);
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    fn done<T, E: Into<anyhow::Error>>(&self, done: Result<T, E>) -> T {
        done.unwrap_or_else(|error| panic!("{}: {:#}", self.name, error.into()))
    }
}
