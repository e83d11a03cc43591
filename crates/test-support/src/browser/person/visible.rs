//! What a person sees of a page: its text, the focus, and whether anything reaches past its edge.

use std::time::Instant;

use serde_json::Value;

use super::Person;
use crate::timeouts::{APPEARANCE_TIMEOUT, POLL_INTERVAL};

/// The element that has the focus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focus {
    /// The element's tag, such as `input`.
    pub tag: String,
    /// Its label, or its own text.
    pub name: String,
    /// Whether an outline shows the focus.
    pub is_visible: bool,
}

/// The visible text. A page that has just begun to load has no body.
const TEXT: &str = "return document.body ? document.body.innerText : ''";

/// The focused element.
///
/// The calendar button of a date field is drawn by the browser, with its focus; the field itself then has only
/// `:focus-within`.
const FOCUS: &str = "
    const element = document.activeElement, style = getComputedStyle(element);
    const label = element.labels && element.labels[0];
    const name = label ? label.innerText : element.getAttribute('aria-label') || element.innerText || '';
    const color = style.outlineColor.replace(/\\s/g, '');
    const clear = color === 'transparent' || /^rgba\\(.*,0\\)$/.test(color) || /\\/0\\)$/.test(color);
    const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 && !clear;
    const visible = drawn || element.matches('input:focus-within:not(:focus)');
    return [element.tagName.toLowerCase(), name.replace(/\\s+/g, ' ').trim(), visible];";

#[expect(clippy::missing_panics_doc, reason = "what fails here fails the test")]
impl Person {
    /// The visible text, with runs of white space as one space.
    pub async fn reads(&self) -> String {
        let text = self.done(self.browser.evaluate(TEXT, Vec::new()).await);
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Waits until a text is visible.
    pub async fn sees(&self, text: &str) {
        let start = Instant::now();
        loop {
            let read = self.reads().await;
            if read.contains(text) {
                return;
            }
            let (name, waits) = (&self.name, start.elapsed() < APPEARANCE_TIMEOUT);
            assert!(waits, "{name} does not see {text:?} at {}:\n{read}", self.path().await);
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Asserts that a text is neither visible nor in the source.
    pub async fn sees_nothing_of(&self, text: &str) {
        let (read, source) = (self.reads().await, self.done(self.browser.source().await));
        let path = self.path().await;
        assert!(!read.contains(text) && !source.contains(text), "{} sees {text:?} at {path}:\n{read}", self.name);
    }

    /// Waits until a text is visible no more, such as what a button dismisses.
    pub async fn sees_no_more_of(&self, text: &str) {
        let start = Instant::now();
        loop {
            let read = self.reads().await;
            if !read.is_empty() && !read.contains(text) {
                return; // a page that has just begun to load shows nothing
            }
            let (name, waits) = (&self.name, start.elapsed() < APPEARANCE_TIMEOUT);
            assert!(waits, "{name} still sees {text:?} at {}:\n{read}", self.path().await);
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Asserts that the console has no warnings and errors: see
    /// [`Browser::console_errors`](super::super::Browser::console_errors).
    pub async fn sees_no_console_errors(&self) {
        let errors = self.done(self.browser.console_errors().await);
        assert!(errors.is_empty(), "{}: the console at {} has {errors:#?}", self.name, self.path().await);
    }

    /// The element that has the focus.
    pub async fn focus(&self) -> Focus {
        let found = self.done(self.browser.evaluate(FOCUS, Vec::new()).await);
        let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
        Focus { tag: text(&found[0]), name: text(&found[1]), is_visible: found[2] == true }
    }

    /// Elements that make the page scroll sideways: see [`Browser::overflow`](super::super::Browser::overflow).
    pub async fn overflow(&self) -> Vec<String> {
        self.done(self.browser.overflow().await)
    }
}
