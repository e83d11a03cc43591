//! The log-in page.

use askama::Template;
use auth::Password;
use poem::http::StatusCode;
use poem::web::Query;
use poem::{Response, handler};

use super::ShownLink;
use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem, redirect};
use crate::web::request::{RequestContext, ReturnPath};
use crate::web::session::SessionChange;
use crate::{LogIn, LogInError, LoggedIn};

#[derive(Template)]
#[template(path = "log_in.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    next: Option<ReturnPath>,
    action: &'a str,
    links: Vec<ShownLink<'a>>,
}

fn render(page: &PageContext, status: StatusCode, form: FormView<'_>, next: Option<ReturnPath>) -> Response {
    let settings = page.request().settings();
    let (action, links) = (settings.path(AccountPage::LogIn), settings.links_from(AccountPage::LogIn));
    page.render_template(status, "Log in", &Content { page, form, next, action, links })
}

/// Where a log-in leads: to `next`, unless that is an account page that is open to all, which would lead back or log out
/// again.
///
/// Whether a page exists at `next` is not known here: for a path without a page the service responds 404 or 405.
fn destination(request: &RequestContext, next: Option<ReturnPath>) -> String {
    let settings = request.settings();
    let next = next.filter(|next| !settings.is_open_account_page(next.path()));
    next.map_or_else(|| settings.after_log_in.clone(), |next| next.to_string())
}

#[handler]
pub(super) fn show(page: PageContext, query: Query<Vec<(String, String)>>) -> Response {
    let next = query.0.iter().find(|(name, _)| name == "next").and_then(|(_, next)| ReturnPath::parse(next));
    if page.user().is_some() {
        return redirect(&destination(page.request(), next));
    }
    render(&page, StatusCode::OK, FormView::empty(), next)
}

/// The log-in form.
pub(super) struct LogInForm {
    email: String,
    /// `None` for a password above the length limit, which matches no user and is rejected without hashing.
    password: Option<Password>,
    remember: bool,
}

impl Form for LogInForm {
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let email = errors.field(fields, "email", |typed| match typed.trim() {
            "" => Err(messages::EMAIL_MISSING),
            typed => Ok(typed.to_owned()),
        });
        let password = errors.value("password", passwords.take("password"));
        if password.as_ref().is_some_and(|typed| typed.is_empty()) {
            errors.add("password", messages::PASSWORD_MISSING);
        }
        match (email, password) {
            (Some(email), Some(typed)) if errors.is_empty() => {
                Ok(Self { email, password: Password::parse(typed).ok(), remember: fields.is_ticked("remember") })
            }
            _ => Err(errors),
        }
    }
}

#[handler]
pub(super) async fn submit(page: PageContext, submitted: Submitted<LogInForm>) -> Result<Response, Problem> {
    let request = page.request();
    let next = submitted.fields.one("next").ok().and_then(ReturnPath::parse);
    let outcome = match submitted.form {
        Ok(form) => log_in(request, form).await?.ok_or_else(|| FormErrors::at("email", messages::MISMATCH)),
        Err(errors) => Err(errors),
    };
    match outcome {
        Ok(LoggedIn { user, token, is_remembered, .. }) => {
            let mut response = Flash::success(messages::welcome_back(&user.username)).to(&destination(request, next));
            response.extensions_mut().insert(SessionChange::Opened { token, is_remembered });
            Ok(response)
        }
        Err(errors) => {
            let form = FormView::new(&submitted.fields, &errors);
            Ok(render(&page, StatusCode::UNPROCESSABLE_ENTITY, form, next))
        }
    }
}

/// Opens a session; `None` where the e-mail address and the password do not match.
async fn log_in(request: &RequestContext, form: LogInForm) -> Result<Option<LoggedIn>, Problem> {
    let LogInForm { email, password, remember } = form;
    let device = request.device.clone();
    let Some(password) = password else {
        request.accounts.refuse_log_in(&email, device).await?;
        return Ok(None);
    };
    let replaces = request.session.clone();
    match request.accounts.log_in(LogIn { email, password, remember, device, replaces }).await {
        Ok(logged_in) => Ok(Some(logged_in)),
        Err(LogInError::Mismatch) => Ok(None),
        Err(LogInError::HashQueueFull(_)) => Err(Problem::HashQueueFull),
        Err(LogInError::Store(failure)) => Err(failure.into()),
    }
}
