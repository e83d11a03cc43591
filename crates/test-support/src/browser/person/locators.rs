//! Finds buttons, links and fields by their visible names. In XPath, since CSS selectors cannot match text.

use thirtyfour::{By, WebElement};

use super::Person;

/// A link with that name.
pub(super) fn link(name: &str) -> String {
    format!("//a[{}]", has_name(name))
}

/// A button with that name.
pub(super) fn button(name: &str) -> String {
    let named = has_name(name);
    format!("//button[{named}] | //input[@type='submit'][@value={}] | //summary[{named}]", quoted(name))
}

/// A field with that label.
pub(super) fn field(label: &str) -> String {
    let labeled = has_name(label);
    let inside = format!("//label[{labeled}]/descendant::*[self::input or self::textarea or self::select]");
    format!("//*[@id = //label[{labeled}]/@for] | {inside} | //input[@aria-label={}]", quoted(label))
}

fn has_name(name: &str) -> String {
    let name = quoted(name);
    format!("normalize-space()={name} or @aria-label={name}")
}

/// The text as a string of XPath, which has no escapes.
fn quoted(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let parts: Vec<_> = text.split('"').map(|part| format!("\"{part}\"")).collect();
    format!("concat({})", parts.join(", '\"', "))
}

impl Person {
    /// The first visible element.
    pub(super) async fn find(&self, xpath: &str) -> Option<WebElement> {
        let all = self.done(self.browser.driver().find_all(By::XPath(xpath)).await);
        for found in all {
            if found.is_displayed().await.unwrap_or(false) {
                return Some(found); // an error means that the element is gone
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_with_both_quotes_is_quoted() {
        assert_eq!(quoted("Can't make it"), r#""Can't make it""#);
        assert_eq!(quoted(r#"Ada's "soup""#), r#"concat("Ada's ", '"', "soup", '"', "")"#);
    }
}
