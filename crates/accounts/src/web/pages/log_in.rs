//! `/login`: the way in, and back to where somebody was going.

use askama::Template;
use auth::Password;
use poem::http::StatusCode;
use poem::web::Query;
use poem::{Response, handler};

use crate::web::exchange::{Exchange, SessionChange};
use crate::web::form::{Form, FormErrors, Submitted};
use crate::web::{Fields, Flash, FormView, Next, PageContext, Problem, redirect};
use crate::{LogIn, LogInError, LoggedIn, words};

#[derive(Template)]
#[template(path = "log_in.html")]
struct Page<'a> {
    parts: &'a PageContext,
    form: FormView<'a>,
    next: Option<Next>,
    action: &'a str,
    register: Option<&'a str>,
}

fn page(parts: &PageContext, status: StatusCode, fields: &Fields, errors: &FormErrors, next: Option<Next>) -> Response {
    let settings = parts.exchange().settings();
    let registers = !settings.without.contains(&crate::web::AccountPage::Register);
    let register = registers.then_some(settings.paths.register.as_str());
    let form = FormView::new(fields, errors);
    let page = Page { parts, form, next, action: &settings.paths.log_in, register };
    parts.render_template(status, "Log in", &page)
}

/// Where a log-in leads: to `next` where that is a path here, and none that would lead straight out or in again. What
/// answers there only the embedder's routes know: of a path that is nobody's, or takes forms alone, their 404 or 405 tells.
/// No page of ours makes such a `next`: a guest's form leads back to the page it stood on.
fn destination(exchange: &Exchange, next: Option<Next>) -> String {
    let paths = &exchange.settings().paths;
    let is_ours =
        |next: &Next| [&paths.register, &paths.log_in, &paths.log_out].iter().any(|path| *path == next.path());
    next.filter(|next| !is_ours(next)).map_or_else(|| paths.after_log_in.clone(), |next| next.to_string())
}

#[handler]
pub(in crate::web) fn show(parts: PageContext, query: Query<Vec<(String, String)>>) -> Response {
    let next = query.0.iter().find(|(name, _)| name == "next").and_then(|(_, next)| Next::parse(next));
    if parts.user().is_some() {
        return redirect(&destination(parts.exchange(), next));
    }
    page(&parts, StatusCode::OK, &Fields::default(), &FormErrors::new(), next)
}

/// The log-in form as it was filled in.
pub(in crate::web) struct Typed {
    email: String,
    /// `None` where it is longer than any password here: it matches nobody, and is not worth hashing.
    password: Option<Password>,
    remember: bool,
}

impl Form for Typed {
    fn parse(fields: &Fields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let email = errors.field(fields, "email", |typed| match typed.trim() {
            "" => Err(words::EMAIL_MISSING),
            typed => Ok(typed.to_owned()),
        });
        let password = errors.field(fields, "password", |typed| match typed {
            "" => Err(words::PASSWORD_MISSING),
            typed => Ok(Password::parse(typed.to_owned()).ok()),
        });
        match (email, password) {
            (Some(email), Some(password)) => Ok(Self { email, password, remember: fields.is_ticked("remember") }),
            _ => Err(errors),
        }
    }
}

#[handler]
pub(in crate::web) async fn submit(parts: PageContext, sent: Submitted<Typed>) -> Result<Response, Problem> {
    let exchange = parts.exchange();
    let next = sent.fields.one("next").ok().and_then(Next::parse);
    let told = match sent.form {
        Ok(typed) => log_in(exchange, typed).await?.ok_or_else(|| FormErrors::at("email", words::MISMATCH)),
        Err(errors) => Err(errors),
    };
    match told {
        Ok(LoggedIn { user, token, remembered, .. }) => {
            let to = destination(exchange, next);
            let mut response = Flash::success(words::welcome_back(&user.username)).to(&to);
            response.extensions_mut().insert(SessionChange::Opened { token, remembered });
            Ok(response)
        }
        Err(errors) => Ok(page(&parts, StatusCode::UNPROCESSABLE_ENTITY, &sent.fields, &errors, next)),
    }
}

/// Lets somebody in; `None` where address and password do not match.
async fn log_in(exchange: &Exchange, typed: Typed) -> Result<Option<LoggedIn>, Problem> {
    let Typed { email, password, remember } = typed;
    let device = exchange.device.clone();
    let Some(password) = password else {
        exchange.accounts.log_in_refused(&email, device).await?;
        return Ok(None);
    };
    let replaces = exchange.session.clone();
    match exchange.accounts.log_in(LogIn { email, password, remember, device, replaces }).await {
        Ok(logged_in) => Ok(Some(logged_in)),
        Err(LogInError::Mismatch) => Ok(None),
        Err(LogInError::HashQueueFull(_)) => Err(Problem::HashQueueFull),
        Err(LogInError::Store(failure)) => Err(failure.into()),
    }
}
