//! The page that deletes the account of its user: what happens is said before it does.

use askama::Template;
use domain::user::RequestDeletionError;
use poem::http::StatusCode;
use poem::{Response, handler};

use crate::web::form::{Fields, Form, FormErrors, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem};
use crate::web::session::RecentLogIn;
use crate::web::{AccountPage, error_title};

#[derive(Template)]
#[template(path = "delete.html")]
struct Content<'a> {
    page: &'a PageContext,
    action: &'a str,
    account: &'a str,
    export: Option<&'a str>,
    username: &'a str,
    /// What the embedder says of its own.
    consequences: &'a [&'static str],
    /// Why the embedder refuses.
    refusal: Option<&'a str>,
}

fn render(page: &PageContext, user: &RecentLogIn, refusal: Option<&str>) -> Response {
    let settings = page.request().settings();
    let content = Content {
        page,
        action: settings.path(AccountPage::Delete),
        account: settings.path(AccountPage::Overview),
        export: settings.has(AccountPage::Export).then(|| settings.path(AccountPage::Export)),
        username: user.username.as_str(),
        consequences: &settings.deletion_consequences,
        refusal,
    };
    let (status, title) = match refusal {
        None => (StatusCode::OK, messages::DELETE_TITLE.to_owned()),
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, error_title(messages::DELETE_TITLE)),
    };
    page.render_template(status, &title, &content)
}

#[handler]
pub(super) fn show(user: RecentLogIn, page: PageContext) -> Response {
    // A form that has waited for a log-in, perhaps of another user, does not stay behind a button that only says to send it.
    page.discard_resumed(page.request().settings().path(AccountPage::Delete));
    render(&page, &user, None)
}

/// The form, which is a button alone.
pub(super) struct DeleteForm;

impl Form for DeleteForm {
    fn parse(_: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        Ok(Self)
    }
}

#[handler]
pub(super) async fn submit(
    user: RecentLogIn,
    page: PageContext,
    _form: Submitted<DeleteForm>,
) -> Result<Response, Problem> {
    let request = page.request();
    match request.accounts.request_deletion(user.id, &request.caller).await {
        Ok(_) => {
            let requested = Flash::success(messages::DELETION_REQUESTED).to(&request.settings().after_log_out);
            Ok(page.without_session(requested))
        }
        Err(RequestDeletionError::Refused(refusal)) => Ok(render(&page, &user, Some(&refusal.message))),
        Err(RequestDeletionError::NotFound) => Err(Problem::LoginRequired), // deleted meanwhile
        Err(RequestDeletionError::Store(failure)) => Err(failure.into()),
    }
}
