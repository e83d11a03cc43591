//! The page to change the password. The other sessions end, and no other browser is known any more.

use askama::Template;
use poem::{Response, handler};

use crate::web::AccountPage;
use crate::web::form::{FormView, Submitted};
use crate::web::messages;
use crate::web::own_pages::ChangePasswordForm;
use crate::web::page::{PageContext, Problem};
use crate::web::session::CurrentUser;

#[derive(Template)]
#[template(path = "password.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    action: &'a str,
    account: &'a str,
    hint: &'a str,
    username: &'a str,
}

fn render(page: &PageContext, user: &CurrentUser, form: FormView<'_>) -> Response {
    let settings = page.request().settings();
    let (action, account) = (settings.path(AccountPage::Password), settings.path(AccountPage::Overview));
    let hint = messages::password_hint(page.accounts().password_policy().min_length());
    let content = Content { page, form, action, account, hint: &hint, username: user.username.as_str() };
    page.render_form_template(messages::PASSWORD_MENU, form, &content)
}

#[handler]
pub(super) fn show(user: CurrentUser, page: PageContext) -> Response {
    render(&page, &user, FormView::empty())
}

#[handler]
pub(super) async fn submit(
    user: CurrentUser,
    page: PageContext,
    submitted: Submitted<ChangePasswordForm>,
) -> Result<Response, Problem> {
    let errors = match submitted.form {
        Ok(form) => match page.change_password(form).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    Ok(render(&page, &user, FormView::new(&submitted.fields, &errors)))
}
