//! The page to change the password. The other sessions end, and no other browser is known any more.

use askama::Template;
use auth::Password;
use poem::http::StatusCode;
use poem::{Response, handler};

use crate::log_in::Client;
use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem, with_retry_after};
use crate::web::session::{CurrentUser, SessionChange};
use crate::{ChangePassword, ChangePasswordError, PasswordChanged, Wait};

#[derive(Template)]
#[template(path = "password.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    action: &'a str,
    account: &'a str,
    hint: &'a str,
    username: &'a str,
    throttled: Option<String>,
}

fn render(page: &PageContext, status: StatusCode, form: FormView<'_>, throttled: Option<Wait>) -> Response {
    let settings = page.request().settings();
    let (action, account) = (settings.path(AccountPage::Password), settings.path(AccountPage::Overview));
    let hint = messages::password_hint(page.accounts().password_policy().min_length());
    let title = form.title(messages::PASSWORD_MENU);
    let title = if throttled.is_some() { messages::error_title(&title) } else { title };
    let throttled = throttled.map(messages::throttled);
    let username = page.user().map_or("", |user| user.username.as_str());
    page.render_template(status, &title, &Content { page, form, action, account, hint: &hint, username, throttled })
}

#[handler]
pub(super) fn show(_user: CurrentUser, page: PageContext) -> Response {
    render(&page, StatusCode::OK, FormView::empty(), None)
}

/// The form.
pub(super) struct PasswordForm {
    /// `None` for a password above the length limit.
    current: Option<Password>,
    new: Password,
}

impl Form for PasswordForm {
    fn parse(_: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let current = errors.value("password", passwords.take("password"));
        if current.as_ref().is_some_and(|typed| typed.is_empty()) {
            errors.add("password", messages::PASSWORD_MISSING);
        }
        let new = passwords.take_new(&mut errors, "new_password", "new_password2");
        match (current, new) {
            (Some(current), Some(new)) if errors.is_empty() => Ok(Self { current: Password::parse(current).ok(), new }),
            _ => Err(errors),
        }
    }
}

#[handler]
pub(super) async fn submit(
    user: CurrentUser,
    page: PageContext,
    submitted: Submitted<PasswordForm>,
) -> Result<Response, Problem> {
    let errors = match submitted.form {
        Ok(form) => match change(&user, &page, form).await {
            Ok(changed) => return Ok(respond(&page, changed)),
            Err(ChangePasswordError::Throttled(throttled)) => return Ok(wait(&page, throttled.wait)),
            Err(error) => refusal(error)?,
        },
        Err(errors) => errors,
    };
    Ok(render(&page, StatusCode::UNPROCESSABLE_ENTITY, FormView::new(&submitted.fields, &errors), None))
}

async fn change(
    user: &CurrentUser,
    page: &PageContext,
    form: PasswordForm,
) -> Result<PasswordChanged, ChangePasswordError> {
    let (request, PasswordForm { current, new }) = (page.request(), form);
    let (caller, browser) = (&request.caller, &request.browser);
    let Some(current) = current else {
        page.accounts().verify_in_session(user, None, Client { caller, browser }).await?; // always a failure
        return Err(ChangePasswordError::Mismatch);
    };
    let session = request.session().cloned().ok_or(ChangePasswordError::SessionEnded)?;
    let (caller, browser) = (caller.clone(), browser.clone());
    page.accounts().change_password(ChangePassword { session, current, new, caller, browser }).await
}

/// The response to a changed password: the new token of this session, or the log-in page where it has ended meanwhile.
fn respond(page: &PageContext, changed: PasswordChanged) -> Response {
    let settings = page.request().settings();
    let Some(kept) = changed.kept else {
        let mut response = Flash::success(messages::PASSWORD_CHANGED_LOG_IN).to(settings.path(AccountPage::LogIn));
        response.extensions_mut().insert(SessionChange::Ended);
        return response;
    };
    let mut response = Flash::success(messages::PASSWORD_CHANGED).to(settings.path(AccountPage::Overview));
    response.extensions_mut().insert(SessionChange::confirmed(kept));
    response
}

fn wait(page: &PageContext, wait: Wait) -> Response {
    let response = render(page, StatusCode::TOO_MANY_REQUESTS, FormView::empty(), Some(wait));
    with_retry_after(response, wait.seconds())
}

/// Why the form is shown again. Any other error is a problem.
fn refusal(error: ChangePasswordError) -> Result<FormErrors, Problem> {
    match error {
        ChangePasswordError::Mismatch => Ok(FormErrors::at("password", messages::WRONG_PASSWORD)),
        ChangePasswordError::Weak(refusal) => Ok(FormErrors::at("new_password", messages::password(&refusal))),
        ChangePasswordError::SessionEnded => Err(Problem::LoginRequired),
        ChangePasswordError::Throttled(throttled) => Err(Problem::Throttled(throttled)),
        ChangePasswordError::HashQueueFull(_) => Err(Problem::HashQueueFull),
        ChangePasswordError::Store(failure) => Err(failure.into()),
    }
}
