//! `/user/{username}`: a user's posts, and on one's own profile the form for a new post.

use accounts::web::{CurrentUser, Flash, FormView, PageContext, Problem, Submitted, permanent_redirect};
use accounts::{Page, PageSize, User, Username};
use askama::Template;
use poem::http::StatusCode;
use poem::web::{Path, Query};
use poem::{Response, handler};

use super::{Posts, before};
use crate::messages;
use crate::post::{NewPost, Place, Post};

#[derive(Template)]
#[template(path = "user.html")]
struct Profile<'a> {
    page: &'a PageContext,
    user: &'a User,
    /// Where the user is from.
    home: Option<String>,
    posts: Page<Post, i64>,
    is_first: bool,
    /// Only on the profile of the current user.
    form: Option<FormView<'a>>,
}

#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    posts: Posts<'_>,
    name: Path<String>,
    query: Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let username = Username::parse(&name).map_err(|_| Problem::NotFound)?;
    let user = page.accounts().find_user(&username).await?.ok_or(Problem::NotFound)?;
    if user.username.as_str() != name.as_str() {
        return Ok(permanent_redirect(&format!("/user/{}", user.username)));
    }
    let before = before(&query);
    let resumed = page.resumed(page.path()); // after a log-in that a postcard was waiting for
    // A postcard for another account's profile is shown on the viewer's own.
    let user = if resumed.is_some() { User::clone(&me) } else { user };
    let form = (user.id == me.id).then(|| resumed.map_or_else(FormView::empty, FormView::filled));
    let home = posts.find_home(user.id).await?;
    let posts = posts.list(Some(user.id), before, PageSize::DEFAULT).await?;
    let content = Profile { page: &page, user: &user, home, posts, is_first: before.is_none(), form };
    Ok(page.render_template(StatusCode::OK, user.username.as_str(), &content))
}

#[handler]
pub(crate) async fn publish(
    me: CurrentUser,
    page: PageContext,
    posts: Posts<'_>,
    name: Path<String>,
    sent: Submitted<Place>,
) -> Result<Response, Problem> {
    let author = Username::parse(&name).map_err(|_| Problem::NotFound)?;
    if author.key() != me.username.key() {
        return Err(Problem::Forbidden);
    }
    match sent.form {
        Ok(place) => {
            posts.add(NewPost { author: me.id, place }).await?;
            Ok(Flash::success(messages::POSTED).to(&format!("/user/{}", me.username)))
        }
        Err(errors) => {
            let form = Some(FormView::new(&sent.fields, &errors));
            let home = posts.find_home(me.id).await?;
            let posts = posts.list(Some(me.id), None, PageSize::DEFAULT).await?;
            let content = Profile { page: &page, user: &me, home, posts, is_first: true, form };
            Ok(page.render_template(StatusCode::UNPROCESSABLE_ENTITY, me.username.as_str(), &content))
        }
    }
}
