//! The page of a link that sets a new password. GET shows the form and changes nothing: programs open links too.

use askama::Template;
use auth::{Password, ResetToken};
use poem::http::StatusCode;
use poem::{Request, Response, handler};
use url::form_urlencoded;

use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, FormView, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem};
use crate::{Accounts, PasswordReset, ResetPassword, ResetPasswordError, User};

/// The name of the token in the link and in the form.
const TOKEN: &str = "token";

#[derive(Template)]
#[template(path = "reset.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    action: &'a str,
    token: String,
    username: &'a str,
    hint: &'a str,
}

#[derive(Template)]
#[template(path = "reset_unusable.html")]
struct Unusable;

fn render(page: &PageContext, status: StatusCode, token: &ResetToken, user: &User, form: FormView<'_>) -> Response {
    let hint = messages::password_hint(page.accounts().password_policy().min_length());
    let title = form.title(messages::RESET_TITLE);
    let action = page.request().settings().path(AccountPage::Reset);
    let (token, username) = (token.expose(), user.username.as_str());
    page.render_template(status, &title, &Content { page, form, action, token, username, hint: &hint })
}

/// The page of a link that does not work: it does not tell why, since all causes have one remedy.
fn unusable(page: &PageContext) -> Response {
    page.render_template(StatusCode::NOT_FOUND, messages::RESET_UNUSABLE.title, &Unusable)
}

#[handler]
pub(super) async fn show(request: &Request, page: PageContext) -> Result<Response, Problem> {
    let query = request.uri().query().unwrap_or_default();
    let token = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == TOKEN);
    match find(&page, token.as_ref().map_or("", |(_, token)| token)).await? {
        Some((token, user)) => Ok(render(&page, StatusCode::OK, &token, &user, FormView::empty())),
        None => Ok(unusable(&page)),
    }
}

/// The token that a text is, and its user, if it works.
async fn find(page: &PageContext, text: &str) -> Result<Option<(ResetToken, User)>, Problem> {
    let Some(token) = ResetToken::parse(text) else { return Ok(None) };
    let user = page.accounts().find_user_by_reset_token(&token, &page.request().caller).await?;
    Ok(user.map(|user| (token, user)))
}

/// The form: the new password, typed twice.
pub(super) struct NewPassword(Password);

impl Form for NewPassword {
    fn parse(_: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let password = passwords.take_new(&mut errors, "password", "password2");
        password.filter(|_| errors.is_empty()).map(Self).ok_or(errors)
    }
}

#[handler]
pub(super) async fn submit(page: PageContext, submitted: Submitted<NewPassword>) -> Result<Response, Problem> {
    let Submitted { fields, form } = submitted;
    let Some((token, user)) = find(&page, fields.shown(TOKEN)).await? else { return Ok(unusable(&page)) };
    let errors = match form {
        Ok(NewPassword(new)) => match set(&page, token.clone(), new).await {
            Ok(reset) => return Ok(log_in(&page, reset)),
            Err(error) => match refusal(error)? {
                Some(errors) => errors,
                None => return Ok(unusable(&page)),
            },
        },
        Err(errors) => errors,
    };
    Ok(render(&page, StatusCode::UNPROCESSABLE_ENTITY, &token, &user, FormView::new(&fields, &errors)))
}

async fn set(page: &PageContext, token: ResetToken, new: Password) -> Result<PasswordReset, ResetPasswordError> {
    let (caller, browser) = (page.request().caller.clone(), page.request().browser.clone());
    page.accounts().reset_password(ResetPassword { token, new, caller, browser }).await
}

/// The log-in page, which recognizes the browser.
fn log_in(page: &PageContext, reset: PasswordReset) -> Response {
    let to_log_in = Flash::success(messages::PASSWORD_IS_SET).to(page.request().settings().path(AccountPage::LogIn));
    reset.with_cookies(to_log_in)
}

/// What the visitor can correct; `None` where the link does not work any more. Any other error is a problem.
fn refusal(error: ResetPasswordError) -> Result<Option<FormErrors>, Problem> {
    match error {
        ResetPasswordError::Unusable => Ok(None),
        ResetPasswordError::Weak(refusal) => Ok(Some(FormErrors::at("password", messages::password(&refusal)))),
        ResetPasswordError::Throttled(throttled) => Err(Problem::Throttled(throttled)),
        ResetPasswordError::HashQueueFull(_) => Err(Problem::HashQueueFull),
        ResetPasswordError::Store(failure) => Err(failure.into()),
    }
}

/// Why there is no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResetLinkError {
    /// The service has no origin: [`crate::Builder::origin`].
    #[error("a link needs the origin of the site")]
    NoOrigin,
    /// The service is without the page: [`crate::Builder::without`].
    #[error("this service has no page for such a link")]
    NoPage,
}

impl Accounts {
    /// The link to the page that sets a new password, with a token of [`Accounts::create_reset_token`]. It is a secret of the
    /// user.
    ///
    /// # Errors
    /// [`ResetLinkError`]
    pub fn reset_link(&self, token: &ResetToken) -> Result<String, ResetLinkError> {
        Ok(format!("{}?{TOKEN}={}", self.reset_page()?, token.expose()))
    }

    /// The address of the page, before a token is made for nothing.
    pub(crate) fn reset_page(&self) -> Result<String, ResetLinkError> {
        let settings = &self.inner.web;
        if !settings.has(AccountPage::Reset) {
            return Err(ResetLinkError::NoPage);
        }
        let origin = settings.site.own_origin().ok_or(ResetLinkError::NoOrigin)?;
        Ok(format!("{origin}{}", settings.path(AccountPage::Reset)))
    }
}
