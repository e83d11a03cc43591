//! The registration page.

use askama::Template;
use auth::Password;
use domain::user::{Email, Username};
use poem::http::StatusCode;
use poem::{Response, handler};

use super::ShownLink;
use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem, redirect};
use crate::{RegisterError, Registration};

#[derive(Template)]
#[template(path = "register.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    action: &'a str,
    links: Vec<ShownLink<'a>>,
    hint: &'a str,
}

fn render(page: &PageContext, status: StatusCode, form: FormView<'_>) -> Response {
    let settings = page.request().settings();
    let hint = messages::password_hint(page.accounts().password_policy().min_length());
    let (action, links) = (settings.path(AccountPage::Register), settings.links_from(AccountPage::Register));
    page.render_template(status, "Register", &Content { page, form, action, links, hint: &hint })
}

#[handler]
pub(super) fn show(page: PageContext) -> Response {
    if page.user().is_some() {
        return redirect(&page.request().settings().after_log_in);
    }
    render(&page, StatusCode::OK, FormView::empty())
}

impl Form for Registration {
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let username = errors.field(fields, "username", |typed| Username::parse(typed).map_err(messages::username));
        let email = errors.field(fields, "email", |typed| Email::parse(typed).map_err(messages::email));
        let (typed, repeated) = (passwords.take("password"), passwords.take("password2"));
        let differ = matches!((&typed, &repeated), (Ok(typed), Ok(repeated)) if typed != repeated);
        if typed.as_ref().is_ok_and(|typed| typed.is_empty()) {
            errors.add("password", messages::PASSWORD_EMPTY);
        }
        let parsed = errors.value("password", typed).map(Password::parse);
        let password =
            parsed.and_then(|parsed| errors.value("password", parsed.map_err(|_| messages::PASSWORD_TOO_LONG)));
        errors.value("password2", repeated);
        if differ {
            errors.add("password2", messages::PASSWORDS_DIFFER);
        }
        match (username, email, password) {
            (Some(username), Some(email), Some(password)) if errors.is_empty() => {
                Ok(Self { username, email, password })
            }
            _ => Err(errors),
        }
    }
}

#[handler]
pub(super) async fn submit(page: PageContext, submitted: Submitted<Registration>) -> Result<Response, Problem> {
    let errors = match submitted.form {
        Ok(registration) => match page.accounts().register(registration).await {
            Ok(_) => {
                let to = page.request().settings().after_registration();
                return Ok(Flash::success(messages::REGISTERED).to(to));
            }
            Err(error) => form_errors(error)?,
        },
        Err(errors) => errors,
    };
    Ok(render(&page, StatusCode::UNPROCESSABLE_ENTITY, FormView::new(&submitted.fields, &errors)))
}

/// What the visitor can correct, by field; any other error is a problem.
fn form_errors(error: RegisterError) -> Result<FormErrors, Problem> {
    match error {
        RegisterError::Weak(refusal) => Ok(FormErrors::at("password", messages::password(&refusal))),
        RegisterError::Taken(taken) => {
            let mut errors = FormErrors::new();
            if taken.username {
                errors.add("username", messages::USERNAME_TAKEN);
            }
            if taken.email {
                errors.add("email", messages::EMAIL_TAKEN);
            }
            Ok(errors)
        }
        RegisterError::HashQueueFull(_) => Err(Problem::HashQueueFull),
        RegisterError::Store(failure) => Err(failure.into()),
    }
}
