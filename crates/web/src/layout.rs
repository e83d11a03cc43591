//! What stands around every page: the title, the way about, the messages.

use accounts::web::{Layout, LayoutError, PageContext};
use askama::Template;

use crate::assets::assets;

/// DinnerParty's layout.
pub(crate) struct DinnerParty;

#[derive(Template)]
#[template(path = "layout.html")]
struct Frame<'a> {
    page: &'a PageContext,
    title: &'a str,
    content: &'a str,
    stylesheet: &'a str,
    icon: &'a str,
    scripts: Vec<&'a str>,
}

impl Layout for DinnerParty {
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let files = assets();
        let (stylesheet, icon) = (files.stylesheet.path(), files.icon.path());
        Ok(Frame { page, title, content, stylesheet, icon, scripts: scripts(page, content) }.render()?)
    }
}

/// Comforts that nothing depends on, each where it has something to do: a page without a form loads none.
fn scripts(page: &PageContext, content: &str) -> Vec<&'static str> {
    let files = assets();
    let is_logged_in = page.user().is_some(); // then the way out is a form
    let wanted = [
        (&files.send_once, is_logged_in || content.contains(r#"method="post""#)),
        (&files.show_password, content.contains(r#"type="password""#)),
        (&files.time_zone, content.contains(" data-guess=")),
    ];
    wanted.into_iter().filter(|(_, is_wanted)| *is_wanted).map(|(script, _)| script.path()).collect()
}
