//! The page context: what a handler and a layout need to render a page.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::user::User;
use poem::http::StatusCode;
use poem::{FromRequest, Request, RequestBody, Response};

use super::Flash;
use super::response::{fallback_error_page, html_response, with_retry_after};
use crate::web::AccountPage;
use crate::web::form::{Fields, FormView, IDEMPOTENCY_FIELD, SafeHtml};
use crate::web::request::{CSRF_FIELD, RequestContext, ReturnPath, with_next};
use crate::web::session::{CurrentUser, Visitor};
use crate::{Accounts, Action, RegistrationPolicy, ThrottleError};

/// The context of a page: its user, its flash messages, the hidden fields of its forms.
///
/// A handler takes it as an extractor and ends in [`PageContext::render`]. Extracting it looks up the visitor, and fails
/// with 503 where the store fails.
#[derive(Clone)]
pub struct PageContext {
    request: Arc<RequestContext>,
    layout_data: Option<Arc<dyn Any + Send + Sync>>,
}

impl PageContext {
    pub(crate) fn new(request: Arc<RequestContext>) -> Self {
        Self { request, layout_data: None }
    }

    pub(crate) fn request(&self) -> &Arc<RequestContext> {
        &self.request
    }

    /// The user who is logged in; `None` for an anonymous visitor, and on an error page where the visitor is unknown.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.request.known_visitor().and_then(Visitor::user).map(|user| &**user)
    }

    /// The number of notices to the user, as [`CurrentUser::notices`](crate::web::CurrentUser::notices) counts them; 0 for an
    /// anonymous visitor, and where the visitor is unknown. Nothing shows it but a layout that asks for it.
    #[must_use]
    pub fn notices(&self) -> u32 {
        self.request.known_visitor().and_then(Visitor::user).map_or(0, CurrentUser::notices)
    }

    /// Whether the visitor is anonymous; `false` for a user, and where the visitor is unknown.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        matches!(self.request.known_visitor(), Some(Visitor::Anonymous))
    }

    /// The hidden field with the CSRF token, which every form with `method="post"` needs.
    ///
    /// Its value differs in each response: in a compressed response a repeated secret could be guessed from the length (BREACH).
    #[must_use]
    pub fn csrf_field(&self) -> SafeHtml {
        SafeHtml(format!(r#"<input type="hidden" name="{CSRF_FIELD}" value="{}">"#, self.request.csrf_token()))
    }

    /// A hidden field named `once` with an idempotency key: 22 random letters (128 bits), new in each form.
    ///
    /// A form that is submitted twice sends the same key twice. A handler reads it by [`Fields::idempotency_key`], stores it with
    /// the row that it adds, and responds to a key that is already stored as to the first submit. It does not replace the CSRF
    /// token.
    ///
    /// After [`PageContext::resumed`] has returned the fields of a form, the next call returns the key of that form: it may
    /// have had its effect before the log-in, and its response may have been lost.
    #[must_use]
    pub fn idempotency_field(&self) -> SafeHtml {
        let new = || BASE64_URL_SAFE_NO_PAD.encode::<[u8; 16]>(self.request.accounts.inner.random.bytes());
        let key = self.request.take_idempotency_key().map_or_else(new, |key| key.as_str().to_owned());
        SafeHtml(format!(r#"<input type="hidden" name="{IDEMPOTENCY_FIELD}" value="{key}">"#))
    }

    /// The fields of the form to `action` (a path and query) that a log-in has interrupted; `None` for any other form.
    ///
    /// A visitor who is not logged in submits a form that requires it, logs in or registers, and is then shown the page of
    /// that form. A page that asks for the fields here must show them, filled in, with its button to send them. Where no
    /// page asks, the layer shows a page with that button alone.
    #[must_use]
    pub fn resumed(&self, action: &str) -> Option<&Fields> {
        self.request.resumed(action)
    }

    /// Discards the interrupted form to `action`, for a page that no longer has the button to send it. The page then has no
    /// notice that the form waits for a press. Call it before [`PageContext::flashes`].
    pub fn discard_resumed(&self, action: &str) {
        self.request.discard_resumed(action);
    }

    /// The flash messages for this page, as plain text. A layout that reads them shows them all: the response removes them
    /// from their cookie.
    #[must_use]
    pub fn flashes(&self) -> &[Flash] {
        self.request.set_flashes_shown(true);
        self.request.flashes()
    }

    /// Where a log-in that begins on this page leads back to: this page, or the page of the form that was refused.
    #[must_use]
    pub fn return_path(&self) -> Option<&ReturnPath> {
        self.request.return_path()
    }

    /// The path of an account page for a link: a log-in or a registration that begins there leads back to this page. On the
    /// log-in page and the registration page the link carries their own `next`.
    #[must_use]
    pub fn account_path(&self, page: AccountPage) -> String {
        self.request.account_path(page)
    }

    /// The path of an account page for a link: a log-in or a registration that begins there leads to `next`, not to this page.
    #[must_use]
    pub fn account_path_to(&self, page: AccountPage, next: &ReturnPath) -> String {
        with_next(self.request.settings().path(page), Some(next))
    }

    /// The path of the log-in page, as [`PageContext::account_path`] gives it.
    #[must_use]
    pub fn log_in_path(&self) -> String {
        self.account_path(AccountPage::LogIn)
    }

    /// The path of the registration page, as [`PageContext::account_path`] gives it.
    #[must_use]
    pub fn register_path(&self) -> String {
        self.account_path(AccountPage::Register)
    }

    /// Whether a visitor can register here, openly or with a registration code. A layout shows its links to the registration page
    /// only then. [`Accounts::registration_policy`] tells the two apart.
    #[must_use]
    pub fn can_register(&self) -> bool {
        self.accounts().registration_policy() != RegistrationPolicy::Closed
    }

    /// The accounts of the service.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.request.accounts
    }

    /// Counts an action of the embedder for a key, as [`Accounts::throttle`] does for the client of the request.
    ///
    /// # Errors
    /// [`ThrottleError`], which is a [`crate::web::Problem`] with 429 or 503.
    pub async fn throttle(&self, action: &Action, key: &[u8]) -> Result<(), ThrottleError> {
        self.accounts().throttle(action, key, &self.request.caller).await
    }

    /// Emits that an action of the user was refused for a limit, as [`Accounts::report_throttled`] does.
    pub fn report_throttled(&self, action: &'static str) {
        self.accounts().report_throttled(action, self.user().map(|user| user.id), &self.request.caller);
    }

    /// The path of this page, without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.request.path().unwrap_or("/")
    }

    /// The origin of this service for an absolute URL, without a slash at its end: the one of [`crate::Builder::origin`];
    /// without that setting, plain HTTP and the host by which the client reached the service.
    ///
    /// `None` on the error page for a foreign host.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.request.origin.as_deref()
    }

    /// Passes a value to the embedder's layout, beside the title and the content: metadata for the head, say. A second value
    /// replaces the first.
    #[must_use]
    pub fn with_layout_data<T: Any + Send + Sync>(self, data: T) -> Self {
        Self { layout_data: Some(Arc::new(data)), ..self }
    }

    /// The value that the handler passed by [`PageContext::with_layout_data`]; `None` for a value of another type, and on
    /// pages without one, such as the account pages.
    #[must_use]
    pub fn layout_data<T: Any>(&self) -> Option<&T> {
        self.layout_data.as_ref()?.downcast_ref()
    }

    /// Renders the page in the embedder's layout, with status 200. `title` is plain text, `content` safe HTML.
    #[must_use]
    pub fn render(&self, title: &str, content: &str) -> Response {
        self.render_as(StatusCode::OK, title, content)
    }

    /// Renders the page in the embedder's layout, with another status.
    #[must_use]
    pub fn render_as(&self, status: StatusCode, title: &str, content: &str) -> Response {
        let layout = &self.request.settings().layout;
        match catch_unwind(AssertUnwindSafe(|| layout.page(self, title, content))) {
            Ok(Ok(html)) => return html_response(status, html),
            Ok(Err(error)) => tracing::error!(error = ?error, title, "the layout did not render"),
            Err(_) => tracing::error!(title, "the layout panicked"),
        }
        // The flash messages that the layout read were not shown: the next page shows them.
        self.request.set_flashes_shown(false);
        fallback_error_page()
    }

    /// Renders the page of a form: with status 422 and "Error: …" as its title where the form has errors, and with status 429 and
    /// `Retry-After` where a limit refuses it. `content` is safe HTML, and has [`FormView::summary`].
    #[must_use]
    pub fn render_form(&self, title: &str, form: FormView<'_>, content: &str) -> Response {
        let response = self.render_as(form.status(), &form.title(title), content);
        match form.wait() {
            Some(wait) => with_retry_after(response, wait.seconds()),
            None => response,
        }
    }

    /// The same with a template.
    #[must_use]
    pub fn render_form_template(&self, title: &str, form: FormView<'_>, content: &impl Template) -> Response {
        match content.render() {
            Ok(content) => self.render_form(title, form, &content),
            Err(error) => not_rendered(&error, title),
        }
    }

    /// Renders a template as the content of a page. Where the template fails the response is a plain error page with status
    /// 500.
    #[must_use]
    pub fn render_template(&self, status: StatusCode, title: &str, content: &impl Template) -> Response {
        match content.render() {
            Ok(content) => self.render_as(status, title, &content),
            Err(error) => not_rendered(&error, title),
        }
    }
}

fn not_rendered(error: &askama::Error, title: &str) -> Response {
    tracing::error!(error = ?error, title, "a page did not render");
    fallback_error_page()
}

impl<'a> FromRequest<'a> for PageContext {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let request = RequestContext::of(request)?;
        request.visitor().await?;
        Ok(Self::new(Arc::clone(request)))
    }
}
