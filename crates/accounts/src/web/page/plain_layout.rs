//! The default layout.

use askama::Template;

use super::{Layout, LayoutError, PageContext};
use crate::web::AccountPage;

/// A layout without a stylesheet: flash messages, the content, and a link to log in or a button to log out.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainLayout;

#[derive(Template)]
#[template(path = "plain_layout.html")]
struct PlainPage<'a> {
    page: &'a PageContext,
    title: &'a str,
    content: &'a str,
    log_in: &'a str,
    log_out: &'a str,
}

impl Layout for PlainLayout {
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let settings = page.request().settings();
        let (log_in, log_out) = (settings.path(AccountPage::LogIn), settings.path(AccountPage::LogOut));
        Ok(PlainPage { page, title, content, log_in, log_out }.render()?)
    }
}
