//! DinnerParty's layout: the title, navigation and flash messages around every page.

use accounts::web::{Flash, Layout, LayoutError, PageContext, ReturnPath};
use askama::Template;
use askama::filters::Safe;

use crate::assets::assets;
use crate::head::SharedPage;
use crate::icons::{APPLE_TOUCH_ICON, MANIFEST};
use crate::palette::{THEME_COLOR_DAY, THEME_COLOR_NIGHT};
use crate::{messages, preview};

/// DinnerParty's layout.
pub(crate) struct DinnerPartyLayout;

#[derive(Template)]
#[template(path = "layout.html")]
struct LayoutTemplate<'a> {
    page: &'a PageContext,
    title: &'a str,
    content: &'a str,
    stylesheet: &'a str,
    icon: &'a str,
    /// The description of the page, one sentence.
    description: &'a str,
    /// The metadata of a page that can be shared.
    shared: Option<&'a SharedPage>,
    /// The absolute URL of the page, without its query: a cursor, a search or `next`.
    canonical: Option<String>,
    scripts: Vec<&'a str>,
    /// Empty where the content shows the messages itself, beside what they respond to.
    flashes: &'a [Flash],
    /// On profiles, the path of the user's own one, encoded as in the path of a request; empty on other pages.
    own_profile: &'a str,
}

impl Layout for DinnerPartyLayout {
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let files = assets();
        let (stylesheet, icon) = (files.stylesheet.path(), files.icon.path());
        let shared = page.layout_data::<SharedPage>();
        let description = shared.map_or_else(|| messages::page_description(page.path()), |shared| &shared.description);
        let canonical = page.origin().map(|origin| format!("{origin}{}", page.path()));
        let flashes = page.flashes();
        // Only a page with messages is searched for them: reading a long list again costs time.
        let flashes = if !flashes.is_empty() && content.contains(r#"class="flash "#) { &[] } else { flashes };
        let user = page.user().filter(|_| page.path().starts_with("/user/"));
        let own_profile = user.and_then(|user| ReturnPath::parse(&format!("/user/{}", user.username)));
        let own_profile = own_profile.as_ref().map_or("", ReturnPath::path);
        let scripts = scripts(page, content);
        let template = LayoutTemplate {
            page,
            title,
            content,
            stylesheet,
            icon,
            description,
            shared,
            canonical,
            scripts,
            flashes,
            own_profile,
        };
        Ok(template.render()?)
    }
}

impl LayoutTemplate<'_> {
    /// The attribute that marks a link of the navigation as the one to the page itself.
    fn current(&self, path: &str) -> Safe<&'static str> {
        Safe(if self.page.path() == path { r#" aria-current="page""# } else { "" })
    }
}

/// The scripts that a page loads. Each is optional, and a page loads only the scripts that have something to do on it.
fn scripts(page: &PageContext, content: &str) -> Vec<&'static str> {
    let files = assets();
    let has_log_out_form = page.user().is_some();
    let scripts = [
        (&files.send_once, has_log_out_form || content.contains(r#"method="post""#)),
        (&files.show_password, content.contains(r#"type="password""#)),
        (&files.share, content.contains(" data-share")),
        (&files.time_zone, content.contains(" data-guess=")),
    ];
    scripts.into_iter().filter(|(_, is_used)| *is_used).map(|(script, _)| script.path()).collect()
}
