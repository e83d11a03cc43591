//! What somebody sees: the text, where the focus is, and whether anything reaches past the page's edge.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{PATIENCE, Person};

/// Where the focus is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focus {
    /// The element's tag, such as `input`.
    pub tag: String,
    /// What it is called: its label, or its own text.
    pub name: String,
    /// Whether an outline shows that the focus is there.
    pub is_visible: bool,
}

/// A page that has just begun has no body yet.
const TEXT: &str = "return document.body ? document.body.innerText : ''";

/// In a field for a date, the button that opens the calendar is a part that the browser itself draws, its focus too: the
/// field is then only around the focus.
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
    /// The text that is visible, with runs of white space as one blank.
    pub async fn reads(&self) -> String {
        let text = self.done(self.browser.evaluate(TEXT, Vec::new()).await);
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Waits until a text is there.
    pub async fn sees(&self, text: &str) {
        let start = Instant::now();
        loop {
            let read = self.reads().await;
            if read.contains(text) {
                return;
            }
            let (name, waits) = (&self.name, start.elapsed() < PATIENCE);
            assert!(waits, "{name} does not see {text:?} at {}:\n{read}", self.path().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A text is not there, neither to be seen nor in the source.
    pub async fn sees_nothing_of(&self, text: &str) {
        let (read, source) = (self.reads().await, self.done(self.browser.source().await));
        let path = self.path().await;
        assert!(!read.contains(text) && !source.contains(text), "{} sees {text:?} at {path}:\n{read}", self.name);
    }

    /// Neither a script nor the policy nor a file that did not come had the browser complain.
    pub async fn hears_no_complaint(&self) {
        let told = self.done(self.browser.complaints().await);
        assert!(told.is_empty(), "{}'s browser complains at {}: {told:#?}", self.name, self.path().await);
    }

    /// Where the focus is.
    pub async fn focus(&self) -> Focus {
        let found = self.done(self.browser.evaluate(FOCUS, Vec::new()).await);
        let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
        Focus { tag: text(&found[0]), name: text(&found[1]), is_visible: found[2] == true }
    }

    /// What reaches past the page's edge: see [`Browser::overflow`](super::super::Browser::overflow).
    pub async fn overflow(&self) -> Vec<String> {
        self.done(self.browser.overflow().await)
    }
}
