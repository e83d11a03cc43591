//! `/`: what this is, and the way in; for those logged in, the people.

use accounts::StoreError;
use accounts::web::{PageParts, Problem};
use askama::Template;
use domain::user::{User, UserId, UserRepository};
use domain::{Page, PageSize};
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use super::Ask;
use super::listing::Parameters;

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome;

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    me: &'a User,
    people: Page<User, UserId>,
    is_first: bool,
}

#[handler]
pub(crate) async fn show(page: PageParts, dinner: Ask<'_>, request: &Request) -> Result<Response, Problem> {
    let Some(me) = page.user() else {
        return Ok(page.render_template(StatusCode::OK, "Welcome", &Welcome));
    };
    let before = Parameters::of(request).number("before").map(UserId::new);
    let people = people(&*dinner.users, before).await?;
    let content = Index { me, people, is_first: before.is_none() };
    Ok(page.render_template(StatusCode::OK, "Home", &content))
}

async fn people(users: &dyn UserRepository, before: Option<UserId>) -> Result<Page<User, UserId>, StoreError> {
    users.list(before, PageSize::DEFAULT).await
}
