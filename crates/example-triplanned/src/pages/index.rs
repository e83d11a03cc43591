//! `/`: the posts of all users, for every visitor.

use accounts::web::{PageContext, Problem};
use accounts::{Page, PageSize};
use askama::Template;
use poem::http::StatusCode;
use poem::web::Query;
use poem::{Response, handler};

use super::{Posts, before};
use crate::post::Post;

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    page: &'a PageContext,
    posts: Page<Post, i64>,
    is_first: bool,
}

#[handler]
pub(crate) async fn show(
    page: PageContext,
    posts: Posts<'_>,
    query: Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let before = before(&query);
    let posts = posts.list(None, before, PageSize::DEFAULT).await?;
    let content = Index { page: &page, posts, is_first: before.is_none() };
    Ok(page.render_template(StatusCode::OK, "", &content))
}
