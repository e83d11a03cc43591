//! DinnerParty's layout: the title, navigation and flash messages around every page.

use accounts::web::{Flash, Layout, LayoutError, PageContext, ReturnPath};
use askama::Template;
use askama::filters::Safe;

use crate::assets::assets;
use crate::head::SharedPage;
use crate::icons::{APPLE_TOUCH_ICON, MANIFEST};
use crate::palette::{THEME_COLOR_DAY, THEME_COLOR_NIGHT};
use crate::{messages, preview};

/// More bytes than the layout adds to the content of most pages.
const FRAME_LENGTH: usize = 4 * 1024;

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
    script: &'a str,
    /// The description of the page, one sentence.
    description: &'a str,
    /// The metadata of a page that can be shared.
    shared: Option<&'a SharedPage>,
    /// The absolute URL of the page, without its query: a cursor, a search or `next`.
    canonical: Option<String>,
    /// Empty where the content shows the messages itself, beside what they respond to.
    flashes: &'a [Flash],
    /// On profiles, the path of the user's own one, encoded as in the path of a request; empty on other pages.
    own_profile: &'a str,
}

impl Layout for DinnerPartyLayout {
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let files = assets();
        let (stylesheet, icon, script) = (files.stylesheet.path(), files.icon.path(), files.script.path());
        let shared = page.layout_data::<SharedPage>();
        let description = shared.map_or_else(|| messages::page_description(page.path()), |shared| &shared.description);
        let canonical = page.origin().map(|origin| format!("{origin}{}", page.path()));
        let flashes = page.flashes();
        // Only a page with messages is searched for them: reading a long list again costs time.
        let flashes = if !flashes.is_empty() && content.contains(r#"class="flash "#) { &[] } else { flashes };
        let user = page.user().filter(|_| page.path().starts_with("/user/"));
        let own_profile = user.and_then(|user| ReturnPath::parse(&format!("/user/{}", user.username)));
        let own_profile = own_profile.as_ref().map_or("", ReturnPath::path);
        let template = LayoutTemplate {
            page,
            title,
            content,
            stylesheet,
            icon,
            script,
            description,
            shared,
            canonical,
            flashes,
            own_profile,
        };
        // The page is written once, into memory for the whole of it.
        let mut html = String::with_capacity(content.len() + FRAME_LENGTH);
        template.render_into(&mut html)?;
        Ok(html)
    }
}

impl LayoutTemplate<'_> {
    /// The attribute that marks a link of the navigation as the one to the page itself.
    fn current(&self, path: &str) -> Safe<&'static str> {
        Safe(if self.page.path() == path { r#" aria-current="page""# } else { "" })
    }
}
