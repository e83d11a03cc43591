//! The registration page. It is made of what an embedder's own registration page is made of.

use askama::Template;
use auth::RegistrationCode;
use domain::user::{Email, Username, UsernameError};
use domain::{Own, trim_invisible};
use poem::http::StatusCode;
use poem::{Response, handler};

use super::entry_form::EntryForm;
use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{PageContext, Problem};
use crate::web::request::{CODE_FIELD, with_code};
use crate::{Accounts, Registration, RegistrationPolicy};

#[derive(Template)]
#[template(path = "register.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    around: &'a EntryForm,
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
    let content = ClosedContent { around: page.entry_form(AccountPage::Register).await };
    page.render_template(status, messages::REGISTRATION_CLOSED_TITLE, &content)
}

/// The fields of the form, in its order.
const FIELDS: [&str; 5] = [CODE_FIELD, "username", "email", "password", "password2"];

fn render(page: &PageContext, form: FormView<'_>, around: &EntryForm) -> Response {
    let hint = messages::password_hint(page.accounts().password_policy().min_length());
    let asks_for_code = page.accounts().registration_policy() == RegistrationPolicy::Code;
    page.render_form_template("Register", form, &Content { page, form, around, hint: &hint, asks_for_code })
}

#[handler]
pub(super) async fn show(page: PageContext) -> Response {
    if page.user().is_some() {
        return page.lead_on();
    }
    if !page.can_register() {
        return render_closed(&page, StatusCode::OK).await;
    }
    let around = page.entry_form(AccountPage::Register).await;
    render(&page, FormView::filled(around.prefilled()), &around)
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
    let (settings, fields) = (page.request().settings(), &submitted.fields);
    if !page.can_register() {
        return Ok(render_closed(&page, StatusCode::FORBIDDEN).await);
    }
    let own = settings.own_fields.as_ref().map(|own| own.parse(fields)).transpose();
    let form = both(submitted.form, own).map_err(|errors| with_code_error(&page, fields, errors));
    let errors = match page.ensure_cookies("username").and(form) {
        Ok((registration, own)) => match page.register(registration, own).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    let around = page.entry_form(AccountPage::Register).await;
    Ok(render(&page, FormView::new(fields, &errors), &around))
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
pub(in crate::web) fn code_error(typed: &str) -> &'static str {
    if trim_invisible(typed).is_empty() { messages::CODE_MISSING } else { messages::CODE_UNUSABLE }
}

impl Accounts {
    /// The link to the registration page that fills a registration code in. `None` without [`crate::Builder::origin`], and where the
    /// service is without the page.
    #[must_use]
    pub fn registration_link(&self, code: &RegistrationCode) -> Option<String> {
        let settings = &self.inner.web;
        let origin = settings.site.own_origin().filter(|_| settings.has(AccountPage::Register))?;
        let path = with_code(settings.path(AccountPage::Register).to_owned(), Some(&code.expose()));
        Some(format!("{origin}{path}"))
    }
}
