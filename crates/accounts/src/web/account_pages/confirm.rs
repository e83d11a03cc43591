//! The page that asks a user for the password again.

use askama::Template;
use auth::Password;
use poem::http::StatusCode;
use poem::{Response, handler};

use super::entry_form::{EntryForm, Refusal, confirmed, lead_on};
use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::interrupted_form::WaitingForm;
use crate::web::messages;
use crate::web::page::{PageContext, Problem};
use crate::web::request::RequestContext;
use crate::web::session::{CurrentUser, SessionChange};
use crate::{ConfirmPasswordError, ConfirmedPassword};

#[derive(Template)]
#[template(path = "confirm.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    around: EntryForm,
    username: &'a str,
}

/// The page as the response to a form that requires the password again, which waits on it as signed text.
pub(super) async fn interrupt(page: &PageContext, status: StatusCode, waiting: WaitingForm) -> Response {
    let around = EntryForm::with(page, AccountPage::Confirm, Some(waiting), Some(messages::CONFIRM_FOR_FORM)).await;
    render_around(page, status, FormView::empty(), around)
}

fn render_around(page: &PageContext, status: StatusCode, form: FormView<'_>, around: EntryForm) -> Response {
    let title = around.title(&form, messages::CONFIRM_FIRST.title);
    let username = page.user().map_or("", |user| user.username.as_str());
    page.render_template(status, &title, &Content { page, form, around, username })
}

#[handler]
pub(super) async fn show(user: CurrentUser, page: PageContext) -> Response {
    if user.has_recent_log_in() {
        return lead_on(page.request());
    }
    let around = EntryForm::new(&page, AccountPage::Confirm).await;
    render_around(&page, StatusCode::OK, FormView::empty(), around)
}

/// The form: a password, or `None` for one above the length limit.
pub(super) struct ConfirmForm(Option<Password>);

impl Form for ConfirmForm {
    fn parse(_: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        match passwords.take("password") {
            Ok(typed) if typed.is_empty() => Err(FormErrors::at("password", messages::PASSWORD_MISSING)),
            Ok(typed) => Ok(Self(Password::parse(typed).ok())),
            Err(error) => Err(FormErrors::at("password", error)),
        }
    }
}

#[handler]
pub(super) async fn submit(page: PageContext, submitted: Submitted<ConfirmForm>) -> Result<Response, Problem> {
    let (request, Submitted { fields, form }) = (page.request(), submitted);
    let refusal = match form {
        Ok(ConfirmForm(password)) => match confirm(request, password).await? {
            Ok(session) => return Ok(confirmed(request, SessionChange::confirmed(session))),
            Err(refusal) => refusal,
        },
        Err(errors) => errors.into(),
    };
    Ok(refusal.show(&page, AccountPage::Confirm, &fields, render_around).await)
}

/// Confirms the password, or returns why the page is shown again.
async fn confirm(
    request: &RequestContext,
    password: Option<Password>,
) -> Result<Result<ConfirmedPassword, Refusal>, Problem> {
    let session = request.session().ok_or(Problem::LoginRequired)?;
    match request.accounts.confirm(session, password, &request.caller, &request.browser).await {
        Ok(session) => Ok(Ok(session)),
        Err(ConfirmPasswordError::SessionEnded) => Err(Problem::LoginRequired),
        Err(ConfirmPasswordError::Mismatch) => Ok(Err(FormErrors::at("password", messages::WRONG_PASSWORD).into())),
        Err(ConfirmPasswordError::Throttled(throttled)) => Ok(Err(throttled.into())),
        Err(ConfirmPasswordError::HashQueueFull(_)) => Err(Problem::HashQueueFull),
        Err(ConfirmPasswordError::Store(failure)) => Err(failure.into()),
    }
}
