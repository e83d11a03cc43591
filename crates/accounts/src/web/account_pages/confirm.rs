//! The page that asks a user for the password again.

use askama::Template;
use poem::http::StatusCode;
use poem::{Response, handler};

use super::entry_form::{EntryForm, Waiting};
use crate::web::AccountPage;
use crate::web::form::{FormView, Submitted};
use crate::web::messages;
use crate::web::own_pages::ConfirmForm;
use crate::web::page::{PageContext, Problem};
use crate::web::session::CurrentUser;

#[derive(Template)]
#[template(path = "confirm.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    around: &'a EntryForm,
    username: &'a str,
}

fn render(page: &PageContext, form: FormView<'_>, around: &EntryForm) -> Response {
    let username = page.user().map_or("", |user| user.username.as_str());
    page.render_form_template(messages::CONFIRM_FIRST.title, form, &Content { page, form, around, username })
}

/// The page as the response to a form that requires the password again, which waits on it as signed text.
pub(super) async fn interrupt(page: &PageContext, status: StatusCode, waiting: Waiting) -> Response {
    let around = EntryForm::with(page, AccountPage::Confirm, Some(waiting)).await;
    let mut response = render(page, FormView::empty(), &around);
    if response.status() == StatusCode::OK {
        response.set_status(status);
    }
    response
}

#[handler]
pub(super) async fn show(user: CurrentUser, page: PageContext) -> Response {
    if user.has_recent_log_in() {
        return page.lead_on();
    }
    let around = page.entry_form(AccountPage::Confirm).await;
    render(&page, FormView::empty(), &around)
}

#[handler]
pub(super) async fn submit(page: PageContext, submitted: Submitted<ConfirmForm>) -> Result<Response, Problem> {
    let errors = match submitted.form {
        Ok(form) => match page.confirm_password(form).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    let around = page.entry_form(AccountPage::Confirm).await;
    Ok(render(&page, FormView::new(&submitted.fields, &errors), &around))
}
