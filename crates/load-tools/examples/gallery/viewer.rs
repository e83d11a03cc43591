//! Looks at states through a real browser, and at what is wrong with them: what reaches past the edge, what is too
//! small to press, what the browser complains about, what axe-core finds. Which states there are is not known here.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use test_support::browser::{Browser, Media, Scripts};

use crate::state::{Sent, State};

/// The narrowest and the widest page that is checked, in CSS pixels. 320 is also what 1280 at 400 % leaves.
const CHECKED: [u32; 2] = [320, 1280];
const HEIGHT: u32 = 900;
/// How long a page may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// Fills in and sends a form, past the checks of the browser.
const SEND: &str = "
    const [action, fields] = arguments;
    const form = [...document.forms].find(form => form.getAttribute('action') === action);
    if (!form) return false;
    for (const [name, value] of fields) {
        let field = form.querySelector(`[name=${name}]:not(button)`);
        if (!field) {
            field = document.createElement('input');
            field.type = 'hidden';
            field.name = name;
            form.append(field);
        }
        field.value = value;
    }
    window.isLeft = true;
    HTMLFormElement.prototype.submit.call(form);
    return true;";

const IS_THERE: &str = "return !window.isLeft && document.readyState === 'complete'";

/// What is pressed and is smaller than a fingertip, 44 px either way (look.md's, and WCAG 2.5.5's): a link within a sentence
/// is not held to it, and a field is as large as its label together with it.
const TOO_SMALL: &str = "
    const isShown = element => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.skip');
    const isInASentence = element => element.matches('a') && getComputedStyle(element).display === 'inline'
        && [...element.parentElement.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const boxes = element => [element, ...(element.labels ?? [])].map(part => part.getBoundingClientRect());
    const size = element => {
        const all = boxes(element);
        return ['left', 'top', 'right', 'bottom'].map((side, n) => (n < 2 ? Math.min : Math.max)(...all.map(box => box[side])));
    };
    return [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
        .filter(element => isShown(element) && !isInASentence(element))
        .map(element => [element, size(element)])
        .map(([element, [left, top, right, bottom]]) => [element, Math.round(right - left), Math.round(bottom - top)])
        .filter(([, width, height]) => width < 44 || height < 44)
        .map(([element, width, height]) => `${width} x ${height}: ${element.outerHTML.slice(0, 100)}`);";

/// What axe-core finds, a line each, with the first element of each kind.
const CHECK: &str = "
    return axe.run(document).then(found => found.violations.map(violation =>
        `axe ${violation.id} (${violation.nodes.length}): ${violation.nodes[0].html.slice(0, 120)} `
        + violation.nodes[0].failureSummary.replace(/\\s+/g, ' ').slice(0, 240)))";

/// Who looks.
pub(crate) struct Viewer {
    browser: Browser,
}

impl Viewer {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        Ok(Self { browser: Browser::open("gallery", Scripts::On).await? })
    }

    /// Brings a state about, as whoever sees it.
    pub(crate) async fn visit(&self, state: &State) -> anyhow::Result<()> {
        self.browser.complaints().await?; // those of the state before
        let url = state.url();
        self.command("Network.clearBrowserCookies", json!({})).await?;
        for cookie in state.cookies.split("; ").filter(|cookie| !cookie.is_empty()) {
            let (name, value) = cookie.split_once('=').context("a cookie without a value")?;
            let cookie = json!({ "name": name, "value": value, "url": url, "httpOnly": true });
            self.command("Network.setCookie", cookie).await?;
        }
        self.dress(CHECKED[1], Media::default()).await?;
        self.browser.goto(&url).await?;
        match &state.sent {
            Some(sent) => self.send(sent).await,
            None => Ok(()),
        }
    }

    async fn send(&self, sent: &Sent) -> anyhow::Result<()> {
        let is_sent = self.browser.evaluate(SEND, vec![json!(sent.action), json!(sent.fields)]).await?;
        ensure!(is_sent == true, "there is no form to {}", sent.action);
        let start = Instant::now();
        while self.browser.evaluate(IS_THERE, Vec::new()).await.ok() != Some(true.into()) {
            ensure!(start.elapsed() < PATIENCE, "nothing came of the form to {}", sent.action);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Shows the page that wide, to somebody who prefers that.
    pub(crate) async fn dress(&self, width: u32, media: Media) -> anyhow::Result<()> {
        self.browser.set_viewport(width, HEIGHT).await?;
        self.browser.set_media(Media { reduced_motion: true, ..media }).await
    }

    pub(crate) fn browser(&self) -> &Browser {
        &self.browser
    }

    /// What is wrong with the page: narrow and wide, by day and by night. `axe` is axe-core's script.
    pub(crate) async fn findings(&self, axe: Option<&str>) -> anyhow::Result<Vec<String>> {
        let mut findings = self.complaints().await?;
        if let Some(axe) = axe {
            self.browser.evaluate(&format!("{axe}; window.axe = axe"), Vec::new()).await?;
        }
        for width in CHECKED {
            self.dress(width, Media::default()).await?;
            let past = self.browser.overflow().await?;
            findings.extend(past.into_iter().map(|element| format!("reaches past {width} px: {element}")));
            let small = self.asked(TOO_SMALL).await?;
            findings.extend(small.into_iter().map(|element| format!("too small to press at {width} px: {element}")));
            for dark in [false, true] {
                self.dress(width, Media { dark, ..Media::default() }).await?;
                if axe.is_some() {
                    let found = self.asked(CHECK).await?;
                    let by = if dark { "dark" } else { "light" };
                    findings.extend(found.into_iter().map(|finding| format!("{width} px, {by}: {finding}")));
                }
            }
        }
        Ok(findings)
    }

    /// What the browser complains about. An error page is one, which it says too.
    async fn complaints(&self) -> anyhow::Result<Vec<String>> {
        let itself = format!("{} - Failed to load resource", self.browser.driver().current_url().await?);
        let mut complaints = self.browser.complaints().await?;
        complaints.retain(|complaint| !complaint.starts_with(&itself));
        Ok(complaints)
    }

    async fn asked(&self, script: &str) -> anyhow::Result<Vec<String>> {
        let told = self.browser.evaluate(script, Vec::new()).await?;
        Ok(serde_json::from_value(told)?)
    }

    async fn command(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        let answer = self.browser.driver().cdp().send_raw(command, parameters).await;
        answer.with_context(|| format!("the browser refused {command}"))
    }
}
