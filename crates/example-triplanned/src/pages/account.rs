//! TriPlanned's section of the account page.

use std::sync::Arc;

use accounts::web::{PageContext, Problem};
use accounts::{PageSize, User};
use askama::Template;

use crate::post::Post;
use crate::posts::PostRepository;

#[derive(Template)]
#[template(path = "account.html")]
struct Section<'a> {
    user: &'a User,
    latest: Option<Post>,
}

/// The user's latest postcard, and the way to all of them.
pub(crate) async fn section(posts: Arc<dyn PostRepository>, page: PageContext) -> Result<String, Problem> {
    let user = page.user().ok_or(Problem::LoginRequired)?;
    let latest = posts.list(Some(user.id), None, PageSize::clamped(1)).await?.items.pop();
    Ok(Section { user, latest }.render()?)
}
