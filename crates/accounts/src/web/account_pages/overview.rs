//! The account page: who the user is, links to the other account pages, and the embedder's sections.

use askama::Template;
use jiff::tz::TimeZone;
use poem::http::StatusCode;
use poem::{Response, handler};

use crate::Timestamp;
use crate::web::form::SafeHtml;
use crate::web::messages;
use crate::web::page::{PageContext, Problem};
use crate::web::session::CurrentUser;

#[derive(Template)]
#[template(path = "overview.html")]
struct Content<'a> {
    user: &'a CurrentUser,
    joined: String,
    menu: Vec<(&'a str, &'static str)>,
    sections: Vec<SafeHtml>,
}

#[handler]
pub(super) async fn show(user: CurrentUser, page: PageContext) -> Result<Response, Problem> {
    let settings = page.request().settings();
    let mut sections = Vec::new();
    for section in &settings.account_sections {
        sections.push(SafeHtml(section(page.clone()).await?));
    }
    let content = Content { user: &user, joined: date(user.joined_at), menu: settings.menu(), sections };
    Ok(page.render_template(StatusCode::OK, messages::ACCOUNT_TITLE, &content))
}

/// The date in UTC: "14 March 2026". Empty beyond the years that a calendar has.
fn date(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis());
    at.map_or_else(|_| String::new(), |at| at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string())
}
