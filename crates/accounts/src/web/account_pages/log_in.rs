//! The log-in page.

use askama::Template;
use auth::Password;
use domain::trim_invisible;
use poem::http::StatusCode;
use poem::{Response, handler};

use super::entry_form::{EntryForm, Refusal, entered, is_switch, lead_on, missing_cookie};
use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::interrupted_form::WaitingForm;
use crate::web::messages;
use crate::web::page::{PageContext, Problem};
use crate::web::request::RequestContext;
use crate::web::session::SessionChange;
use crate::{LogIn, LogInBy, LogInError, LoggedIn};

#[derive(Template)]
#[template(path = "log_in.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    around: EntryForm,
    label: &'a str,
    /// The on-screen keyboard. The type of the field is text: a browser would refuse what the server can read, such as
    /// a pasted `Ada <ada@example.com>`.
    keyboard: &'a str,
}

async fn render(page: &PageContext, status: StatusCode, form: FormView<'_>) -> Response {
    render_around(page, status, form, EntryForm::new(page, AccountPage::LogIn).await)
}

/// The log-in page as the response to a form that requires a log-in, which waits on it as signed text.
pub(crate) async fn interrupt(page: &PageContext, status: StatusCode, waiting: WaitingForm) -> Response {
    let had_session = page.request().had_expired_session() || page.request().form_user().is_some();
    let problem = match had_session {
        true => messages::SESSION_ENDED_FORM,
        false if page.can_register() => messages::LOG_IN_FOR_FORM,
        false => messages::LOG_IN_FOR_FORM_ALONE,
    };
    let around = EntryForm::with(page, AccountPage::LogIn, Some(waiting), Some(problem)).await;
    render_around(page, status, FormView::empty(), around)
}

fn render_around(page: &PageContext, status: StatusCode, form: FormView<'_>, around: EntryForm) -> Response {
    let by = page.accounts().inner.log_in_by;
    let (label, keyboard) = (messages::log_in_label(by), if by == LogInBy::Username { "text" } else { "email" });
    let title = around.title(&form, "Log in");
    page.render_template(status, &title, &Content { page, form, around, label, keyboard })
}

#[handler]
pub(super) async fn show(page: PageContext) -> Response {
    if page.user().is_some() {
        return lead_on(page.request());
    }
    render(&page, StatusCode::OK, FormView::empty()).await
}

/// The log-in form.
pub(super) struct LogInForm {
    identifier: String,
    /// `None` for a password above the length limit, which matches no user and is rejected without hashing.
    password: Option<Password>,
    remember: bool,
}

impl Form for LogInForm {
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let identifier = errors.field(fields, "email", |typed| match trim_invisible(typed) {
            "" => Err(messages::IDENTIFIER_MISSING),
            typed => Ok(typed.to_owned()),
        });
        let password = errors.value("password", passwords.take("password"));
        if password.as_ref().is_some_and(|typed| typed.is_empty()) {
            errors.add("password", messages::PASSWORD_MISSING);
        }
        match (identifier, password) {
            (Some(identifier), Some(typed)) if errors.is_empty() => {
                Ok(Self { identifier, password: Password::parse(typed).ok(), remember: fields.is_ticked("remember") })
            }
            _ => Err(errors),
        }
    }
}

#[handler]
pub(super) async fn submit(page: PageContext, submitted: Submitted<LogInForm>) -> Result<Response, Problem> {
    let (request, Submitted { fields, form }) = (page.request(), submitted);
    if is_switch(&fields) {
        return Ok(switched(&page, &fields).await);
    }
    let refusal: Refusal = match form {
        _ if let Some(error) = missing_cookie(request, &fields) => FormErrors::at("email", error).into(),
        Ok(form) => match log_in(request, form).await? {
            Ok(logged_in) => return Ok(welcome(request, logged_in)),
            Err(refusal) => refusal,
        },
        Err(errors) => errors.into(),
    };
    Ok(refusal.show(&page, AccountPage::LogIn, &fields, render_around).await)
}

/// Greets the user and leads on.
fn welcome(request: &RequestContext, logged_in: LoggedIn) -> Response {
    let greeting = messages::welcome_back(&logged_in.user.username, logged_in.has_undone_deletion);
    let destination = request.settings().destination_of_log_in(request.next().as_ref());
    entered(request, greeting, SessionChange::opened(logged_in), &destination)
}

/// The log-in page after the button on the registration page, with the e-mail address or the username that was typed there.
/// After a log-in in another tab, the response redirects to `next`.
async fn switched(page: &PageContext, typed: &Fields) -> Response {
    if page.user().is_some() {
        return lead_on(page.request());
    }
    let identifier = [typed.shown("email"), typed.shown("username")].into_iter().find(|typed| !typed.is_empty());
    let fields: Fields = identifier.map(|typed| ("email", typed)).into_iter().collect();
    render(page, StatusCode::OK, FormView::filled(&fields)).await
}

/// Opens a session, or returns why the log-in page is shown again.
async fn log_in(request: &RequestContext, form: LogInForm) -> Result<Result<LoggedIn, Refusal>, Problem> {
    let LogInForm { identifier, password, remember } = form;
    let mismatch = || FormErrors::at("email", messages::mismatch(request.accounts.inner.log_in_by)).into();
    let (caller, browser) = (request.caller.clone(), request.browser.clone());
    let outcome = match password {
        Some(password) => {
            let replaces = request.session().cloned();
            request.accounts.log_in(LogIn { identifier, password, remember, caller, browser, replaces }).await
        }
        None => Err(request.accounts.refuse_log_in(&identifier, &caller, &browser).await),
    };
    match outcome {
        Ok(logged_in) => Ok(Ok(logged_in)),
        Err(LogInError::Mismatch) => Ok(Err(mismatch())),
        Err(LogInError::Throttled(throttled)) => Ok(Err(throttled.into())),
        Err(LogInError::HashQueueFull(_)) => Err(Problem::HashQueueFull),
        Err(LogInError::Store(failure)) => Err(failure.into()),
    }
}
