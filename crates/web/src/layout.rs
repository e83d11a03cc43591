//! What stands around every page: the title, the way about, the messages.

use accounts::web::{Layout, LayoutError, PageParts};
use askama::Template;

use crate::assets;

/// DinnerParty's layout.
pub(crate) struct DinnerParty;

#[derive(Template)]
#[template(path = "layout.html")]
struct Frame<'a> {
    page: &'a PageParts,
    title: &'a str,
    content: &'a str,
    stylesheet: &'a str,
    icon: &'a str,
}

impl Layout for DinnerParty {
    fn page(&self, page: &PageParts, title: &str, content: &str) -> Result<String, LayoutError> {
        let (stylesheet, icon) = (assets::stylesheet().path(), assets::icon().path());
        Ok(Frame { page, title, content, stylesheet, icon }.render()?)
    }
}
