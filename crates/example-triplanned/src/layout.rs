//! The postcard rack around every page.

use accounts::web::{Layout, LayoutError, PageParts};
use askama::Template;

pub(crate) struct Postcards;

#[derive(Template)]
#[template(path = "layout.html")]
struct Rack<'a> {
    page: &'a PageParts,
    title: &'a str,
    content: &'a str,
}

impl Layout for Postcards {
    fn page(&self, page: &PageParts, title: &str, content: &str) -> Result<String, LayoutError> {
        Ok(Rack { page, title, content }.render()?)
    }
}
