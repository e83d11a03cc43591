//! Opens states in a real browser and checks each page: elements that reach past the edge, targets that are too small,
//! messages of the browser's console, and what axe-core finds.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use load_tools::timeouts::PAGE_LOAD_TIMEOUT;
use serde_json::{Value, json};
use test_support::browser::{Browser, Media, Scripts};

use crate::state::{State, SubmittedForm};

/// The narrowest and the widest checked page in CSS pixels. 320 is also the width of 1280 at a zoom of 400 %.
const CHECKED_WIDTHS: [u32; 2] = [320, 1280];
const HEIGHT: u32 = 900;

/// Fills in and submits a POST form, without the browser's own checks. Fields may stand outside of their form. A form that the
/// page no longer has is made from any other.
const SUBMIT: &str = "
    const [action, fields, isGone] = arguments;
    const forms = [...document.forms].filter(form => form.method === 'post');
    const form = forms.find(form => isGone || form.getAttribute('action') === action);
    if (!form) return false;
    form.action = action;
    for (const [name, value] of fields) {
        let field = [...form.elements].find(field => field.name === name && field.tagName !== 'BUTTON');
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

/// Whether the next page has loaded.
const IS_LOADED: &str = "return !window.isLeft && document.readyState === 'complete'";

/// Targets smaller than 44 by 44 CSS pixels (WCAG 2.5.5).
///
/// A link within a sentence is exempt, and the label of a field counts as part of it.
const SMALL_TARGETS: &str = "
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

/// The violations that axe-core finds, a line each, with the first element of each kind.
const AXE_VIOLATIONS: &str = "
    return axe.run(document).then(found => found.violations.map(violation =>
        `axe ${violation.id} (${violation.nodes.length}): ${violation.nodes[0].html.slice(0, 120)} `
        + violation.nodes[0].failureSummary.replace(/\\s+/g, ' ').slice(0, 240)))";

/// A browser that shows states.
pub(crate) struct Camera {
    browser: Browser,
}

impl Camera {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        Ok(Self { browser: Browser::open("gallery", Scripts::On).await? })
    }

    /// Opens a state with the cookies of its client.
    pub(crate) async fn visit(&self, state: &State) -> anyhow::Result<()> {
        self.browser.console_errors().await?; // discards those of the previous state
        let url = state.url();
        self.command("Network.clearBrowserCookies", json!({})).await?;
        for cookie in state.cookies.split("; ").filter(|cookie| !cookie.is_empty()) {
            let (name, value) = cookie.split_once('=').context("a cookie without a value")?;
            let cookie = json!({ "name": name, "value": value, "url": url, "httpOnly": true });
            self.command("Network.setCookie", cookie).await?;
        }
        self.set_view(CHECKED_WIDTHS[1], Media::default()).await?;
        self.browser.goto(&url).await?;
        match &state.form {
            Some(form) => self.submit(form).await,
            None => Ok(()),
        }
    }

    async fn submit(&self, form: &SubmittedForm) -> anyhow::Result<()> {
        let arguments = vec![json!(form.action), json!(form.fields), json!(form.is_gone)];
        let is_submitted = self.browser.evaluate(SUBMIT, arguments).await?;
        ensure!(is_submitted == true, "the page has no form to {}", form.action);
        let start = Instant::now();
        while self.browser.evaluate(IS_LOADED, Vec::new()).await.ok() != Some(true.into()) {
            ensure!(start.elapsed() < PAGE_LOAD_TIMEOUT, "no page followed the form to {}", form.action);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Sets the page's width in CSS pixels and its media features, always with reduced motion.
    pub(crate) async fn set_view(&self, width: u32, media: Media) -> anyhow::Result<()> {
        self.browser.set_viewport(width, HEIGHT).await?;
        self.browser.set_media(Media { reduced_motion: true, ..media }).await
    }

    pub(crate) fn browser(&self) -> &Browser {
        &self.browser
    }

    /// The findings on the page, at both widths, in light and dark. `axe` is the script of axe-core.
    pub(crate) async fn findings(&self, axe: Option<&str>) -> anyhow::Result<Vec<String>> {
        let mut findings = self.console_errors().await?;
        if let Some(axe) = axe {
            self.browser.evaluate(&format!("{axe}; window.axe = axe"), Vec::new()).await?;
        }
        for width in CHECKED_WIDTHS {
            self.set_view(width, Media::default()).await?;
            let overflowing = self.browser.overflow().await?;
            findings.extend(overflowing.into_iter().map(|element| format!("reaches past {width} px: {element}")));
            let small = self.list(SMALL_TARGETS).await?;
            findings.extend(small.into_iter().map(|element| format!("target too small at {width} px: {element}")));
            for dark in [false, true] {
                self.set_view(width, Media { dark, ..Media::default() }).await?;
                if axe.is_some() {
                    let colors = if dark { "dark" } else { "light" };
                    let violations = self.list(AXE_VIOLATIONS).await?;
                    findings.extend(violations.into_iter().map(|found| format!("{width} px, {colors}: {found}")));
                }
            }
        }
        Ok(findings)
    }

    /// The console's warnings and errors. That the page itself has an error status is not one of them.
    async fn console_errors(&self) -> anyhow::Result<Vec<String>> {
        let own_status = format!("{} - Failed to load resource", self.browser.driver().current_url().await?);
        let mut errors = self.browser.console_errors().await?;
        errors.retain(|error| !error.starts_with(&own_status));
        Ok(errors)
    }

    /// Runs a script that returns a list of texts.
    async fn list(&self, script: &str) -> anyhow::Result<Vec<String>> {
        Ok(serde_json::from_value(self.browser.evaluate(script, Vec::new()).await?)?)
    }

    async fn command(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        let response = self.browser.driver().cdp().send_raw(command, parameters).await;
        response.with_context(|| format!("the browser refused {command}"))
    }
}
