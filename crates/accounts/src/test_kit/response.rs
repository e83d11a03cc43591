//! A response, read as a browser reads it.

use reqwest::Response;
use reqwest::header::HeaderMap;
use scraper::{ElementRef, Html, Selector};

/// A response to a [`super::TestClient`].
#[derive(Debug, Clone)]
pub struct TestResponse {
    /// The HTTP status.
    pub status: u16,
    /// The path and query of its URL, after redirects.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub html: String,
    /// The text of the page without tags. Each run of white space is one space.
    pub text: String,
}

impl TestResponse {
    pub(super) async fn read(response: Response) -> reqwest::Result<Self> {
        let status = response.status().as_u16();
        let url = response.url();
        let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let headers = response.headers().clone();
        let html = response.text().await?;
        let document = Html::parse_document(&html);
        let text = document.root_element().text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        Ok(Self { status, path, headers, html, text })
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The texts of the elements that match a CSS selector.
    ///
    /// # Panics
    /// If the selector is invalid.
    #[must_use]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let text = |element: ElementRef| element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        Html::parse_document(&self.html).select(&parse(selector)).map(text).collect()
    }

    /// The values of an attribute of the elements that match a CSS selector.
    ///
    /// # Panics
    /// If the selector is invalid.
    #[must_use]
    pub fn attributes(&self, selector: &str, attribute: &str) -> Vec<String> {
        let (document, selector) = (Html::parse_document(&self.html), parse(selector));
        let values = document.select(&selector).filter_map(|element| element.value().attr(attribute));
        values.map(ToOwned::to_owned).collect()
    }

    /// The fields that the POST form with that `action`, or with a button of that `formaction`, sends as it is: (name, value), in
    /// order. A form without an `action` is sent to the path and query of its page.
    ///
    /// # Panics
    /// If the page has no such form.
    #[must_use]
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let (document, fields) = (Html::parse_document(&self.html), parse("input, textarea, select"));
        let (forms, buttons) = (parse("form[method=post i]"), parse("[formaction]"));
        let has_button = |form: &ElementRef| {
            let mut buttons = document.select(&buttons).filter(|button| button.attr("formaction") == Some(action));
            buttons.any(|button| is_of_form(button, *form))
        };
        let is_sent_there = |form: &ElementRef| match form.attr("action") {
            None | Some("") => self.path == action,
            Some(path) => path == action,
        };
        let form = document.select(&forms).find(is_sent_there);
        let form = form.or_else(|| document.select(&forms).find(has_button));
        let Some(form) = form else { panic!("{} has no form to {action}:\n{}", self.path, self.html) };
        let of_form = document.select(&fields).filter(|field| is_of_form(*field, form));
        let enabled = of_form.filter(|field| !is_disabled(*field));
        enabled.filter_map(|field| Some((field.attr("name")?.to_owned(), value(field)?))).collect()
    }
}

/// Whether a field or a button is of a form: it names its form, or belongs to the form around it.
fn is_of_form(field: ElementRef, form: ElementRef) -> bool {
    match field.attr("form") {
        Some(id) => form.attr("id") == Some(id),
        None => field.ancestors().any(|ancestor| ancestor.id() == form.id()),
    }
}

/// Whether a field is disabled, by itself or by a fieldset around it.
fn is_disabled(field: ElementRef) -> bool {
    let mut fieldsets =
        field.ancestors().filter_map(ElementRef::wrap).filter(|element| element.value().name() == "fieldset");
    field.attr("disabled").is_some() || fieldsets.any(|fieldset| fieldset.attr("disabled").is_some())
}

/// The value that a field sends; `None` for a button, a box that is not ticked, a list without options, and a file, which is chosen
/// with [`super::TestClient::upload_on`].
fn value(field: ElementRef) -> Option<String> {
    let attribute = field.attr("value").map(ToOwned::to_owned);
    match (field.value().name(), field.attr("type").unwrap_or_default().to_ascii_lowercase().as_str()) {
        ("textarea", _) => Some(field.text().collect()),
        ("select", _) => {
            let all = parse("option");
            let mut options = field.select(&all).filter(|option| option.attr("disabled").is_none());
            let chosen = field.select(&all).filter(|option| option.attr("selected").is_some()).last();
            let option = chosen.or_else(|| options.next())?;
            Some(option.attr("value").map_or_else(|| option.text().collect(), ToOwned::to_owned))
        }
        (_, "checkbox" | "radio") => field.attr("checked").map(|_| attribute.unwrap_or_else(|| "on".to_owned())),
        (_, "submit" | "button" | "reset" | "image" | "file") => None,
        _ => Some(attribute.unwrap_or_default()),
    }
}

#[expect(clippy::expect_used, reason = "an invalid selector fails the test")]
fn parse(selector: &str) -> Selector {
    Selector::parse(selector).expect("the CSS selector is valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_without_an_action_is_sent_to_its_page() {
        for action in ["", "action", "action=''"] {
            let html = format!(
                "<form method=post action=/other></form><form method=post {action}><input name=a value=1></form>"
            );
            let (path, headers) = ("/trips?year=2026".to_owned(), HeaderMap::new());
            let page = TestResponse { status: 200, path, headers, html, text: String::new() };
            assert_eq!(page.form("/trips?year=2026"), [("a".to_owned(), "1".to_owned())], "{action}");
            assert_eq!(page.form("/other"), []);
        }
    }

    #[test]
    #[should_panic(expected = "/trips has no form to /wish")]
    fn missing_form_is_named() {
        let html = "<form method=post><input name=a></form>".to_owned();
        let (path, headers) = ("/trips".to_owned(), HeaderMap::new());
        let _ = TestResponse { status: 200, path, headers, html, text: String::new() }.form("/wish");
    }

    #[test]
    fn form_sends_the_fields_that_a_browser_sends() {
        let fields = r"<input name=a value=1><input name=b disabled value=2><input value=nameless>
            <fieldset disabled><input name=c value=3></fieldset>
            <input type=checkbox name=d><input type=checkbox name=e checked><input type=checkbox name=f value=6 checked>
            <input type=radio name=g value=7><input type=RADIO name=g value=8 checked><input type=radio name=h value=9>
            <select name=i><option disabled>none<option>10<option value=11>eleven</select>
            <select name=j><option value=12>x<option value=13 selected>y</select><select name=k></select>
            <textarea name=l>14</textarea><input type=submit name=m value=15><button name=n value=16 formaction=/by-button>Send</button>";
        let outside = "<input name=o form=here value=17><input name=z form=there><input name=z>";
        let other = "<form action=/here><input name=z></form><form method=post action=/other><input name=z></form>";
        let html =
            format!("{other}<form method=POST action=/here id=here>{fields}<input name=z form=there></form>{outside}");
        let page =
            TestResponse { status: 200, path: "/".to_owned(), headers: HeaderMap::new(), html, text: String::new() };
        for action in ["/here", "/by-button"] {
            let sent: Vec<_> = page.form(action).iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(sent, ["a=1", "e=on", "f=6", "g=8", "i=10", "j=13", "l=14", "o=17"], "{action}");
        }
    }
}
