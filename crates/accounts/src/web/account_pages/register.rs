//! The registration page.

use askama::Template;
use auth::RegistrationCode;
use domain::credential::PasswordVersion;
use domain::session::OpenSessionError;
use domain::user::{Email, RegistrationKey, Username, UsernameError};
use domain::{Own, trim_invisible};
use poem::http::StatusCode;
use poem::{Response, handler};

use super::entry_form::{EntryForm, Refusal, carried_fields, entered, is_switch, lead_on, missing_cookie};
use crate::log_in::OpenSession;
use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, IDEMPOTENCY_FIELD, PageContext, Problem};
use crate::web::request::{CODE_FIELD, RequestContext, with_code, with_next};
use crate::web::session::SessionChange;
use crate::{Accounts, RegisterError, Registration, RegistrationPolicy, User};

#[derive(Template)]
#[template(path = "register.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    around: EntryForm,
    hint: &'a str,
    asks_for_code: bool,
}

impl Content<'_> {
    /// The embedder's own fields, as safe HTML.
    fn own_fields(&self) -> askama::Result<String> {
        let own = self.page.request().settings().own_fields.as_ref();
        let rendered = own.map(|own| own.render(self.form)).transpose();
        rendered.map(Option::unwrap_or_default).map_err(|error| askama::Error::Custom(Box::new(error)))
    }
}

/// The page where nobody may register.
#[derive(Template)]
#[template(path = "registration_closed.html")]
struct ClosedContent {
    around: EntryForm,
}

async fn render_closed(page: &PageContext, status: StatusCode) -> Response {
    let content = ClosedContent { around: EntryForm::new(page, AccountPage::Register).await };
    page.render_template(status, messages::REGISTRATION_CLOSED_TITLE, &content)
}

/// The fields of the form, in its order.
const FIELDS: [&str; 5] = [CODE_FIELD, "username", "email", "password", "password2"];

async fn render(page: &PageContext, status: StatusCode, form: FormView<'_>) -> Response {
    render_around(page, status, form, EntryForm::new(page, AccountPage::Register).await)
}

fn render_around(page: &PageContext, status: StatusCode, form: FormView<'_>, around: EntryForm) -> Response {
    let hint = messages::password_hint(page.accounts().password_policy().min_length());
    let title = around.title(&form, "Register");
    let asks_for_code = page.accounts().registration_policy() == RegistrationPolicy::Code;
    page.render_template(status, &title, &Content { page, form, around, hint: &hint, asks_for_code })
}

#[handler]
pub(super) async fn show(page: PageContext) -> Response {
    if page.user().is_some() {
        return lead_on(page.request());
    }
    if !page.can_register() {
        return render_closed(&page, StatusCode::OK).await;
    }
    let fields: Fields = page.request().code().map(|code| (CODE_FIELD, code)).into_iter().collect();
    render(&page, StatusCode::OK, FormView::filled(&fields)).await
}

impl Form for Registration {
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let username = errors.field(fields, "username", |typed| parse_username(typed).map_err(messages::username));
        let email = errors.field(fields, "email", |typed| Email::parse(typed).map_err(messages::email));
        let password = passwords.take_new(&mut errors, "password", "password2");
        match (username, email, password) {
            (Some(username), Some(email), Some(password)) if errors.is_empty() => {
                // Whether a code is asked for is not known here: a field that holds none is refused with the use case.
                let code = fields.one(CODE_FIELD).ok().and_then(RegistrationCode::parse);
                Ok(Self { username, email, password, code })
            }
            _ => Err(errors),
        }
    }
}

fn parse_username(typed: &str) -> Result<Username, UsernameError> {
    let username = Username::parse(typed)?;
    username.ensure_assignable()?;
    Ok(username)
}

#[handler]
pub(super) async fn submit(page: PageContext, submitted: Submitted<Registration>) -> Result<Response, Problem> {
    let (request, fields) = (page.request(), &submitted.fields);
    if is_switch(fields) {
        return Ok(switched(&page, fields).await);
    }
    if !page.can_register() {
        return Ok(render_closed(&page, StatusCode::FORBIDDEN).await);
    }
    let own = request.settings().own_fields.as_ref().map(|own| own.parse(fields)).transpose();
    let refusal = match both(submitted.form, own) {
        _ if let Some(error) = missing_cookie(request, fields) => FormErrors::at("username", error).into(),
        Ok((registration, _)) if is_own(&page, &registration) => return Ok(lead_on(request)),
        Ok((registration, own)) => {
            let key = form_key(request, fields, &registration);
            match page.accounts().register_once(registration, own, key, &request.caller).await {
                Ok(user) => return Ok(registered(request, user).await),
                Err(error) => refusal(error, fields)?,
            }
        }
        Err(errors) => with_code_error(&page, fields, errors).into(),
    };
    Ok(refusal.show(&page, AccountPage::Register, fields, render_around).await)
}

/// Our part of the form and the embedder's, or the errors of both.
fn both(
    ours: Result<Registration, FormErrors>,
    own: Result<Option<Own>, FormErrors>,
) -> Result<(Registration, Option<Own>), FormErrors> {
    match (ours, own) {
        (Ok(registration), Ok(own)) => Ok((registration, own)),
        (Ok(_), Err(errors)) | (Err(errors), Ok(_)) => Err(errors),
        (Err(mut errors), Err(own)) => {
            errors.extend(own);
            Err(errors)
        }
    }
}

/// The errors with that of the code, which is not looked up before the others are corrected.
fn with_code_error(page: &PageContext, fields: &Fields, mut errors: FormErrors) -> FormErrors {
    let is_asked = page.accounts().registration_policy() == RegistrationPolicy::Code;
    match fields.one(CODE_FIELD) {
        _ if !is_asked => {}
        Ok(typed) if RegistrationCode::parse(typed).is_some() => {}
        Ok(typed) => errors.add(CODE_FIELD, code_error(typed)),
        Err(error) => errors.add(CODE_FIELD, error),
    }
    errors.sort_by_fields(&FIELDS);
    errors
}

/// Why what was typed as a code registers nobody.
fn code_error(typed: &str) -> &'static str {
    if trim_invisible(typed).is_empty() { messages::CODE_MISSING } else { messages::CODE_UNUSABLE }
}

/// The registration page after the button on the log-in page, with the e-mail address or the username that was typed there.
/// After a log-in in another tab, the response redirects to `next`.
async fn switched(page: &PageContext, typed: &Fields) -> Response {
    if page.user().is_some() {
        return lead_on(page.request());
    }
    let identifier = typed.shown("email");
    let field = if identifier.contains('@') { "email" } else { "username" };
    if !page.can_register() {
        return render_closed(page, StatusCode::OK).await;
    }
    let carried = carried_fields(page.request(), page.request().code());
    let fields: Fields = [(field.to_owned(), identifier.to_owned())].into_iter().chain(carried).collect();
    render(page, StatusCode::OK, FormView::filled(&fields)).await
}

/// Whether the registration is that of the user who is logged in: the form was sent again, such as after Back.
fn is_own(page: &PageContext, registration: &Registration) -> bool {
    page.user().is_some_and(|user| {
        user.username.key() == registration.username.key() && user.email.key() == registration.email.key()
    })
}

/// The idempotency key of the form, where it has one and the browser keeps cookies.
fn form_key(request: &RequestContext, fields: &Fields, registration: &Registration) -> Option<RegistrationKey> {
    let form_key = fields.one(IDEMPOTENCY_FIELD).ok().filter(|key| !key.is_empty())?;
    let Registration { username, email, .. } = registration;
    Some(auth::registration_key(request.form_pre_session()?, form_key, username, email))
}

impl Accounts {
    /// The link to the registration page that fills a registration code in. `None` without [`crate::Builder::origin`], and where the
    /// page is the embedder's.
    #[must_use]
    pub fn registration_link(&self, code: &RegistrationCode) -> Option<String> {
        let settings = &self.inner.web;
        let origin = settings.site.own_origin().filter(|_| settings.has(AccountPage::Register))?;
        let path = with_code(settings.path(AccountPage::Register).to_owned(), Some(&code.expose()));
        Some(format!("{origin}{path}"))
    }
}

/// Logs the new user in and leads on. Where a setting asks for it, or the session cannot be opened, the way leads over the
/// log-in page: the account exists, and the response must not say otherwise. So does a form that is sent again by Back after the
/// user was disabled, has changed the password, or has asked for the deletion: the account is not said to be ready then.
async fn registered(request: &RequestContext, user: User) -> Response {
    let (settings, next) = (request.settings(), request.next());
    let log_in = settings.path(AccountPage::LogIn);
    let has_ended = user.disabled_at.is_some() || user.deletion.is_some();
    if has_ended {
        return Flash::success(messages::REGISTERED_BEFORE).to(&with_next(log_in, next.as_ref()));
    }
    if settings.log_in_after_registration {
        let greeting = messages::welcome(&user.username);
        let (caller, browser, replaces) = (&request.caller, &request.browser, request.session());
        let verified = PasswordVersion::INITIAL; // the log-in page is for a user whose password was changed since
        let open = OpenSession { remember: false, verified, caller, browser, known_browser: None, replaces };
        match request.accounts.open_session(user, open).await {
            Ok(logged_in) => {
                let change = SessionChange::opened(logged_in);
                return entered(request, greeting, change, &settings.destination_of_registration(next.as_ref()));
            }
            Err(OpenSessionError::Store(failure)) => {
                tracing::error!(error = ?failure, "no session after a registration");
            }
            Err(
                OpenSessionError::UserDisabled
                | OpenSessionError::PasswordChanged
                | OpenSessionError::DeletionRequested,
            ) => return Flash::success(messages::REGISTERED_BEFORE).to(&with_next(log_in, next.as_ref())),
        }
    }
    let to = match &settings.after_registration {
        Some(path) if next.is_none() => path.clone(),
        _ => with_next(log_in, next.as_ref()),
    };
    Flash::success(messages::REGISTERED).to(&to)
}

/// Why the registration page is shown again: what the visitor can correct, by field. Any other error is a problem.
fn refusal(error: RegisterError, fields: &Fields) -> Result<Refusal, Problem> {
    match error {
        RegisterError::Code(_) => Ok(FormErrors::at(CODE_FIELD, code_error(fields.shown(CODE_FIELD))).into()),
        RegisterError::Closed => Err(Problem::Forbidden),
        RegisterError::Weak(refusal) => Ok(FormErrors::at("password", messages::password(&refusal)).into()),
        RegisterError::Username(error) => Ok(FormErrors::at("username", messages::username(error)).into()),
        RegisterError::Throttled(throttled) => Ok(throttled.into()),
        RegisterError::Taken(taken) => {
            let mut errors = FormErrors::new();
            if taken.username {
                errors.add("username", messages::USERNAME_TAKEN);
            } else if taken.look_alike {
                errors.add("username", messages::USERNAME_LOOKS_ALIKE);
            }
            if taken.email {
                errors.add("email", messages::EMAIL_TAKEN);
            }
            Ok(errors.into())
        }
        RegisterError::Refused(refusal) => Ok(FormErrors::at(refusal.field, refusal.message).into()),
        RegisterError::HashQueueFull(_) => Err(Problem::HashQueueFull),
        RegisterError::Store(failure) => Err(failure.into()),
    }
}
