//! The page to change the e-mail address. No mail confirms it, so its form asks for the password.

use askama::Template;
use auth::Password;
use poem::{Response, handler};

use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem};
use crate::web::session::CurrentUser;
use crate::{ChangeEmailError, Email};

#[derive(Template)]
#[template(path = "email.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    action: &'a str,
    account: &'a str,
}

fn render(page: &PageContext, form: FormView<'_>) -> Response {
    let settings = page.request().settings();
    let (action, account) = (settings.path(AccountPage::Email), settings.path(AccountPage::Overview));
    page.render_form_template(messages::EMAIL_MENU, form, &Content { page, form, action, account })
}

#[handler]
pub(super) fn show(user: CurrentUser, page: PageContext) -> Response {
    let current: Fields = [("email", user.email.as_str())].into_iter().collect();
    let fields = page.resumed(page.request().settings().path(AccountPage::Email)).unwrap_or(&current);
    render(&page, FormView::filled(fields))
}

/// The form.
pub(super) struct EmailForm {
    email: Email,
    /// `None` for a password above the length limit.
    password: Option<Password>,
}

impl Form for EmailForm {
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let email = errors.field(fields, "email", |typed| Email::parse(typed).map_err(messages::email));
        let password = errors.value("password", passwords.take("password"));
        if password.as_ref().is_some_and(|typed| typed.is_empty()) {
            errors.add("password", messages::PASSWORD_MISSING);
        }
        match (email, password) {
            (Some(email), Some(typed)) if errors.is_empty() => {
                Ok(Self { email, password: Password::parse(typed).ok() })
            }
            _ => Err(errors),
        }
    }
}

#[handler]
pub(super) async fn submit(
    user: CurrentUser,
    page: PageContext,
    submitted: Submitted<EmailForm>,
) -> Result<Response, Problem> {
    let Submitted { fields, form } = submitted;
    let errors = match form {
        Ok(form) => match change(&user, &page, form).await {
            Ok(()) => {
                let account = page.request().settings().path(AccountPage::Overview);
                return Ok(Flash::success(messages::EMAIL_CHANGED).to(account));
            }
            Err(error) => refusal(error)?,
        },
        Err(errors) => errors,
    };
    Ok(render(&page, FormView::new(&fields, &errors)))
}

async fn change(user: &CurrentUser, page: &PageContext, form: EmailForm) -> Result<(), ChangeEmailError> {
    let (request, EmailForm { email, password }) = (page.request(), form);
    page.accounts().change_email_of(user.id, email, password, &request.caller, &request.browser).await.map(drop)
}

/// Why the form is shown again. Any other error is a problem.
fn refusal(error: ChangeEmailError) -> Result<FormErrors, Problem> {
    match error {
        ChangeEmailError::Taken => Ok(FormErrors::at("email", messages::EMAIL_TAKEN)),
        ChangeEmailError::Mismatch => Ok(FormErrors::at("password", messages::WRONG_PASSWORD)),
        ChangeEmailError::NotFound => Err(Problem::LoginRequired),
        ChangeEmailError::Throttled(throttled) => Ok(FormErrors::throttled(throttled.wait)),
        ChangeEmailError::HashQueueFull(_) => Err(Problem::HashQueueFull),
        ChangeEmailError::Store(failure) => Err(failure.into()),
    }
}
