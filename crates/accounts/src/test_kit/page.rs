//! A page that came, read as a browser reads it.

use reqwest::Response;
use reqwest::header::HeaderMap;
use scraper::{ElementRef, Html, Selector};

/// A page that came.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its status.
    pub status: u16,
    /// Its address: the path and query.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its source.
    pub html: String,
    /// What it says: its text, with runs of white space as one blank.
    pub text: String,
}

impl Page {
    pub(super) async fn of(response: Response) -> reqwest::Result<Self> {
        let status = response.status().as_u16();
        let url = response.url();
        let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let headers = response.headers().clone();
        let html = response.text().await?;
        let document = Html::parse_document(&html);
        let text = document.root_element().text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        Ok(Self { status, path, headers, html, text })
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The texts of the elements that a CSS selector finds.
    ///
    /// # Panics
    /// The selector is none.
    #[must_use]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let words = |element: ElementRef| element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        Html::parse_document(&self.html).select(&parse(selector)).map(words).collect()
    }

    /// The values of an attribute of the elements that a CSS selector finds.
    ///
    /// # Panics
    /// The selector is none.
    #[must_use]
    pub fn attributes(&self, selector: &str, attribute: &str) -> Vec<String> {
        let (document, selector) = (Html::parse_document(&self.html), parse(selector));
        let values = document.select(&selector).filter_map(|element| element.value().attr(attribute));
        values.map(ToOwned::to_owned).collect()
    }

    /// The form with that action: what it would send if nobody typed anything.
    ///
    /// # Panics
    /// There is none, which is what a test then says.
    #[must_use]
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let (document, fields) = (Html::parse_document(&self.html), parse("input, textarea, select"));
        let form = document.select(&parse("form")).find(|form| form.attr("action") == Some(action));
        let Some(form) = form else { panic!("{} has no form to {action}:\n{}", self.path, self.html) };
        let sent = form.select(&fields).filter(|input| {
            let kind = input.attr("type").unwrap_or("text");
            !matches!(kind, "submit" | "button") && (kind != "checkbox" || input.attr("checked").is_some())
        });
        let pair = |input: ElementRef| {
            let value = match input.value().name() {
                "textarea" => input.text().collect(),
                "select" => input
                    .select(&parse("option[selected]"))
                    .find_map(|option| option.attr("value"))
                    .unwrap_or("")
                    .to_owned(),
                _ => input.attr("value").unwrap_or("").to_owned(),
            };
            Some((input.attr("name")?.to_owned(), value))
        };
        sent.filter_map(pair).collect()
    }
}

#[expect(clippy::expect_used, reason = "a test's own selector")]
fn parse(selector: &str) -> Selector {
    Selector::parse(selector).expect("a CSS selector")
}
