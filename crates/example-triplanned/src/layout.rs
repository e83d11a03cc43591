//! The frame around every page: TriPlanned's own and those of `accounts`.

use accounts::web::{Layout, LayoutError, PageContext};
use askama::Template;

use crate::assets;

pub(crate) struct Postcards;

#[derive(Template)]
#[template(path = "layout.html")]
struct Rack<'a> {
    page: &'a PageContext,
    title: &'a str,
    content: &'a str,
    stylesheet: &'a str,
    palm: &'a str,
}

impl Layout for Postcards {
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let (stylesheet, palm) = (assets::stylesheet_path(), assets::palm_path());
        Ok(Rack { page, title, content, stylesheet, palm }.render()?)
    }
}
