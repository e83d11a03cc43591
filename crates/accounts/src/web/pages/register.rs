//! `/register`: an account for whoever has none.

use askama::Template;
use auth::Password;
use domain::user::{Email, Username};
use poem::http::StatusCode;
use poem::{Response, handler};

use crate::web::form::{Form, FormErrors, Submitted};
use crate::web::{Fields, Flash, FormView, PageContext, Problem, redirect};
use crate::{RegisterError, Registration, words};

#[derive(Template)]
#[template(path = "register.html")]
struct Page<'a> {
    parts: &'a PageContext,
    form: FormView<'a>,
    action: &'a str,
    log_in: &'a str,
    hint: &'a str,
}

fn page(parts: &PageContext, status: StatusCode, fields: &Fields, errors: &FormErrors) -> Response {
    let accounts = &parts.exchange().accounts;
    let paths = &parts.exchange().settings().paths;
    let hint = words::password_hint(accounts.password_policy().min_length());
    let form = FormView::new(fields, errors);
    let page = Page { parts, form, action: &paths.register, log_in: &paths.log_in, hint: &hint };
    parts.render_template(status, "Register", &page)
}

#[handler]
pub(in crate::web) fn show(parts: PageContext) -> Response {
    if parts.user().is_some() {
        return redirect(&parts.exchange().settings().paths.after_log_in);
    }
    page(&parts, StatusCode::OK, &Fields::default(), &FormErrors::new())
}

impl Form for Registration {
    fn parse(fields: &Fields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let username = errors.field(fields, "username", |typed| Username::parse(typed).map_err(words::username));
        let email = errors.field(fields, "email", |typed| Email::parse(typed).map_err(words::email));
        let password = errors.field(fields, "password", |typed| match typed {
            "" => Err(words::PASSWORD_EMPTY),
            typed => Password::parse(typed.to_owned()).map_err(|_| words::PASSWORD_TOO_LONG),
        });
        errors.field(fields, "password2", |typed| match fields.one("password") {
            Ok(password) if password != typed => Err(words::PASSWORDS_DIFFER),
            _ => Ok(()),
        });
        match (username, email, password) {
            (Some(username), Some(email), Some(password)) if errors.is_empty() => {
                Ok(Self { username, email, password })
            }
            _ => Err(errors),
        }
    }
}

#[handler]
pub(in crate::web) async fn submit(parts: PageContext, sent: Submitted<Registration>) -> Result<Response, Problem> {
    let exchange = parts.exchange();
    let told = match sent.form {
        Ok(registration) => exchange.accounts.register(registration).await.map_err(errors_of),
        Err(errors) => Err(Ok(errors)),
    };
    match told {
        Ok(_) => Ok(Flash::success(words::REGISTERED).to(&exchange.settings().after_registration)),
        Err(errors) => Ok(page(&parts, StatusCode::UNPROCESSABLE_ENTITY, &sent.fields, &errors?)),
    }
}

/// What is wrong by field, where it is something the visitor can mend.
fn errors_of(error: RegisterError) -> Result<FormErrors, Problem> {
    match error {
        RegisterError::Weak(refusal) => Ok(FormErrors::at("password", words::password(&refusal))),
        RegisterError::Taken(taken) => {
            let mut errors = FormErrors::new();
            if taken.username {
                errors.add("username", words::USERNAME_TAKEN);
            }
            if taken.email {
                errors.add("email", words::EMAIL_TAKEN);
            }
            Ok(errors)
        }
        RegisterError::HashQueueFull(_) => Err(Problem::HashQueueFull),
        RegisterError::Store(failure) => Err(failure.into()),
    }
}
