//! The page to change the username. What copies of the name must follow is done by hooks in the same commit.

use askama::Template;
use poem::http::StatusCode;
use poem::{Response, handler};

use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem};
use crate::web::session::RecentLogIn;
use crate::{Action, RenameUserError, Username};

/// How often a user may take another name: each renaming rewrites every copy of the name.
const RENAME: Action = Action::per_hour("rename", 10);

#[derive(Template)]
#[template(path = "username.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    action: &'a str,
    account: &'a str,
}

fn render(page: &PageContext, status: StatusCode, form: FormView<'_>) -> Response {
    let settings = page.request().settings();
    let (action, account) = (settings.path(AccountPage::Username), settings.path(AccountPage::Overview));
    let title = form.title(messages::USERNAME_MENU);
    page.render_template(status, &title, &Content { page, form, action, account })
}

#[handler]
pub(super) fn show(user: RecentLogIn, page: PageContext) -> Response {
    let current: Fields = [("username", user.username.as_str())].into_iter().collect();
    let fields = page.resumed(page.request().settings().path(AccountPage::Username)).unwrap_or(&current);
    render(&page, StatusCode::OK, FormView::filled(fields))
}

/// The form: a name.
pub(super) struct NameForm(Username);

impl Form for NameForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let name = errors.field(fields, "username", |typed| Username::parse(typed).map_err(messages::username));
        name.map(Self).ok_or(errors)
    }
}

#[handler]
pub(super) async fn submit(
    user: RecentLogIn,
    page: PageContext,
    submitted: Submitted<NameForm>,
) -> Result<Response, Problem> {
    let Submitted { fields, form } = submitted;
    let errors = match form {
        Ok(NameForm(name)) => match rename(&user, &page, name).await? {
            Ok(response) => return Ok(response),
            Err(errors) => errors,
        },
        Err(errors) => errors,
    };
    Ok(render(&page, StatusCode::UNPROCESSABLE_ENTITY, FormView::new(&fields, &errors)))
}

/// Renames the user, or returns why the form is shown again.
async fn rename(
    user: &RecentLogIn,
    page: &PageContext,
    name: Username,
) -> Result<Result<Response, FormErrors>, Problem> {
    if name != user.username {
        page.throttle(&RENAME, &user.id.get().to_be_bytes()).await?;
    }
    match page.accounts().rename(user.id, name, &page.request().caller).await {
        Ok(user) => {
            let account = page.request().settings().path(AccountPage::Overview);
            Ok(Ok(Flash::success(messages::renamed(&user.username)).to(account)))
        }
        Err(error) => Ok(Err(FormErrors::at("username", refusal(error)?))),
    }
}

/// Why the form is shown again. Any other error is a problem.
fn refusal(error: RenameUserError) -> Result<String, Problem> {
    match error {
        RenameUserError::Taken => Ok(messages::USERNAME_TAKEN.into()),
        RenameUserError::LookAlike => Ok(messages::USERNAME_LOOKS_ALIKE.into()),
        RenameUserError::Name(error) => Ok(messages::username(error)),
        // The page has one field: a refusal about another one of the embedder's is shown beside it.
        RenameUserError::Refused(refusal) => Ok(refusal.message),
        RenameUserError::NotFound => Err(Problem::LoginRequired),
        RenameUserError::Store(failure) => Err(failure.into()),
    }
}
