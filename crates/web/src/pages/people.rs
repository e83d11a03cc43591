//! `/people`: all users, the newest first.

use accounts::web::{CurrentUser, PageContext, Problem};
use askama::Template;
use domain::user::{User, UserId};
use domain::{Page, PageSize};
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use super::State;
use super::query::QueryParameters;

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    people: Page<User, UserId>,
    is_first: bool,
}

#[handler]
pub(crate) async fn list(
    _: CurrentUser,
    page: PageContext,
    state: State<'_>,
    request: &Request,
) -> Result<Response, Problem> {
    let before = QueryParameters::of(request).number("before").map(UserId::new);
    let people = state.users.list(before, PageSize::DEFAULT).await?;
    let content = PeoplePage { people, is_first: before.is_none() };
    Ok(page.render_template(StatusCode::OK, "People", &content))
}
