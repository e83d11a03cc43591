//! Finds what can be acted on by its name: as XPath, since that can ask for text. A page's classes are not known here.

use thirtyfour::By;

use super::Person;
use thirtyfour::WebElement;

/// A link called so.
pub(super) fn link(name: &str) -> String {
    format!("//a[{}]", is_called(name))
}

/// A button called so.
pub(super) fn button(name: &str) -> String {
    let called = is_called(name);
    format!("//button[{called}] | //input[@type='submit'][@value={}] | //summary[{called}]", quoted(name))
}

/// A field with that label.
pub(super) fn field(label: &str) -> String {
    let called = is_called(label);
    let inside = format!("//label[{called}]/descendant::*[self::input or self::textarea or self::select]");
    format!("//*[@id = //label[{called}]/@for] | {inside} | //input[@aria-label={}]", quoted(label))
}

fn is_called(name: &str) -> String {
    let name = quoted(name);
    format!("normalize-space()={name} or @aria-label={name}")
}

/// As a string of XPath, which knows no escapes.
fn quoted(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let parts: Vec<_> = text.split('"').map(|part| format!("\"{part}\"")).collect();
    format!("concat({})", parts.join(", '\"', "))
}

impl Person {
    /// The first that can be seen.
    pub(super) async fn find(&self, xpath: &str) -> Option<WebElement> {
        let all = self.done(self.browser.driver().find_all(By::XPath(xpath)).await);
        for found in all {
            if found.is_displayed().await.unwrap_or(false) {
                return Some(found); // one that went meanwhile is not displayed
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_both_quotes_can_be_asked_for() {
        assert_eq!(quoted("Can't make it"), r#""Can't make it""#);
        assert_eq!(quoted(r#"Ada's "soup""#), r#"concat("Ada's ", '"', "soup", '"', "")"#);
    }
}
