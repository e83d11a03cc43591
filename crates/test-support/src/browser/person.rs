//! Somebody before a browser: finds buttons, links and fields by what they are called, as people do, and reads what is
//! visible. What a page looks like is not asked here; that is `sight`'s.

mod finding;
mod sight;

use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::{Key, WebElement, WindowHandle};

pub use self::sight::Focus;
use super::{Browser, Scripts};

/// How long somebody waits for something to appear. A machine that does much else is slow; nothing that works is
/// slower.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody before a browser of their own. What they cannot do fails the test, with what they saw.
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
    /// Somebody new.
    pub async fn arrives(name: &str, scripts: Scripts) -> Self {
        let browser = Browser::open(name, scripts).await.unwrap_or_else(|error| panic!("{error:#}"));
        Self { browser, name: name.to_owned() }
    }

    /// Their browser, for what is not said here.
    #[must_use]
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Types an address.
    pub async fn opens(&self, url: &str) {
        self.done(self.browser.goto(url).await);
    }

    /// Follows a link, by what it is called.
    pub async fn follows(&self, link: &str) {
        self.click(&finding::link(link)).await;
    }

    /// Presses a button, by what it is called.
    pub async fn presses(&self, button: &str) {
        self.click(&finding::button(button)).await;
    }

    /// Presses a button, and once more a moment later, as one does where nothing seems to happen.
    pub async fn presses_twice(&self, button: &str) {
        let button = self.finds(&finding::button(button)).await;
        let hand = self.browser.driver().action_chain_with_delay(None, Some(Duration::from_millis(300)));
        self.done(hand.click_element(&button).move_by_offset(1, 0).click().perform().await); // the move takes the moment
    }

    /// Fills in a field, by its label; what stood in it goes.
    pub async fn fills_in(&self, label: &str, text: &str) {
        let field = self.finds(&finding::field(label)).await;
        let kind = self.done(field.attr("type").await).unwrap_or_default();
        if ["date", "time"].contains(&kind.as_str()) {
            // Typed into its parts, in an order that is the browser's language's. One picks it.
            let pick = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))";
            let field = self.done(field.to_json());
            self.done(self.browser.evaluate(pick, vec![field, json!(text)]).await);
        } else {
            self.done(field.clear().await);
            self.done(field.send_keys(text).await);
        }
    }

    /// Ticks a box, by its label.
    pub async fn ticks(&self, label: &str) {
        self.click(&finding::field(label)).await;
    }

    /// What stands in a field, by its label.
    pub async fn value_of(&self, label: &str) -> String {
        let field = self.finds(&finding::field(label)).await;
        self.done(field.prop("value").await).unwrap_or_default()
    }

    /// What kind of field it is, by its label: `text`, `password`.
    pub async fn kind_of(&self, label: &str) -> String {
        let field = self.finds(&finding::field(label)).await;
        self.done(field.prop("type").await).unwrap_or_default()
    }

    /// Types keys, into whatever has the focus.
    pub async fn types(&self, keys: &str) {
        self.done(self.browser.driver().action_chain().send_keys(keys).perform().await);
    }

    /// Types one key that is no letter.
    pub async fn hits(&self, key: Key) {
        self.types(&char::from(key).to_string()).await;
    }

    /// Goes on by Tab to what is called so, a link, a button or a field. On the way, and there, an outline must show where
    /// the focus is.
    pub async fn tabs_to(&self, name: &str) {
        let mut passed = Vec::new();
        while passed.len() < 100 {
            self.hits(Key::Tab).await;
            let focus = self.focus().await;
            let is_window = focus.tag == "body"; // between the last and the first
            let who = &self.name;
            assert!(
                focus.is_visible || is_window,
                "{who}: nothing shows the focus on {focus:?} at {}",
                self.path().await
            );
            if focus.name == name && !is_window {
                return;
            }
            passed.push(format!("{} {}", focus.tag, focus.name));
        }
        panic!("{}: Tab does not come to {name:?} at {}, but to {passed:?}", self.name, self.path().await);
    }

    /// Goes back, as by the browser's button.
    pub async fn goes_back(&self) {
        self.done(self.browser.driver().back().await);
    }

    /// Loads the page again.
    pub async fn reloads(&self) {
        self.done(self.browser.driver().refresh().await);
    }

    /// The tab one is in.
    pub async fn tab(&self) -> Tab {
        Tab(self.done(self.browser.driver().window().await))
    }

    /// Opens another tab, and goes there.
    pub async fn opens_a_tab(&self, url: &str) -> Tab {
        let tab = self.done(self.browser.driver().new_tab().await);
        self.turns_to(&Tab(tab.clone())).await;
        self.opens(url).await;
        Tab(tab)
    }

    /// Follows a link that opens a tab of its own, and goes there.
    pub async fn opens_in_a_tab(&self, link: &str) -> Tab {
        let before = self.done(self.browser.driver().windows().await);
        self.follows(link).await;
        let start = Instant::now();
        loop {
            let after = self.done(self.browser.driver().windows().await);
            if let Some(opened) = after.into_iter().find(|tab| !before.contains(tab)) {
                let tab = Tab(opened);
                self.turns_to(&tab).await;
                return tab;
            }
            assert!(start.elapsed() < PATIENCE, "{}: {link:?} opened no tab", self.name);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Goes to another tab.
    pub async fn turns_to(&self, tab: &Tab) {
        self.done(self.browser.driver().switch_to_window(tab.0.clone()).await);
    }

    /// The path and query of the page.
    pub async fn path(&self) -> String {
        let url = self.done(self.browser.driver().current_url().await);
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Whether there is such a button; it is not waited for.
    pub async fn has_button(&self, button: &str) -> bool {
        self.find(&finding::button(button)).await.is_some()
    }

    async fn click(&self, xpath: &str) {
        let found = self.finds(xpath).await;
        self.done(found.click().await);
    }

    /// Waits until there is one.
    async fn finds(&self, xpath: &str) -> WebElement {
        let start = Instant::now();
        loop {
            if let Some(found) = self.find(xpath).await {
                return found;
            }
            let (name, waits) = (&self.name, start.elapsed() < PATIENCE);
            assert!(waits, "{name} finds no {xpath} at {}:\n{}", self.path().await, self.reads().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn done<T, E: Into<anyhow::Error>>(&self, done: Result<T, E>) -> T {
        done.unwrap_or_else(|error| panic!("{}: {:#}", self.name, error.into()))
    }
}
