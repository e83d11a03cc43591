//! The embedder's layout around every page, and what it is given to draw with.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use askama::Template;
use domain::user::User;
use poem::http::StatusCode;
use poem::{FromRequest, Request, RequestBody, Response};

use super::csrf;
use super::exchange::Exchange;
use super::flash::Flash;
use super::form_view::SafeHtml;
use super::next::Next;
use super::response::{html_response, last_resort};
use super::visitor::Visitor;
use crate::Accounts;

/// Puts a page together: the one thing that an embedder brings, so that this crate's pages look like theirs.
pub trait Layout: Send + Sync {
    /// The whole page. `title` is plain text, to be escaped; `content` is HTML that is safe already.
    ///
    /// # Errors
    /// A template that fails to render: the visitor gets the page of last resort, and the log the cause.
    fn page(&self, parts: &PageContext, title: &str, content: &str) -> Result<String, LayoutError>;
}

/// Why a layout did not render.
#[derive(Debug, thiserror::Error)]
#[error("the layout did not render")]
pub struct LayoutError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl LayoutError {
    /// Keeps the cause for the log.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

impl From<&str> for LayoutError {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for LayoutError {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<askama::Error> for LayoutError {
    fn from(error: askama::Error) -> Self {
        Self::new(error)
    }
}

/// What a page of this request is drawn with: who reads it, its forms' token, its messages. An extractor too: a handler
/// takes it and ends in [`PageContext::render`].
#[derive(Clone)]
pub struct PageContext {
    exchange: Arc<Exchange>,
}

impl PageContext {
    pub(super) fn of(exchange: Arc<Exchange>) -> Self {
        Self { exchange }
    }

    pub(super) fn exchange(&self) -> &Arc<Exchange> {
        &self.exchange
    }

    /// Who reads the page; `None` for a guest, and on an error page whose store could not say.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.exchange.known_visitor().and_then(Visitor::user).map(|user| &**user)
    }

    /// Whether a guest reads it: neither a user nor unknown.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        matches!(self.exchange.known_visitor(), Some(Visitor::Guest))
    }

    /// The hidden field that every form with `method="post"` needs, as safe HTML. A new value each time: answers are
    /// compressed, and a repeated secret could be guessed from their length.
    #[must_use]
    pub fn csrf_field(&self) -> SafeHtml {
        SafeHtml(format!(r#"<input type="hidden" name="{}" value="{}">"#, csrf::FIELD, self.exchange.csrf_token()))
    }

    /// A hidden field called `once`, for a form that must not be taken twice, as safe HTML: 22 letters that no other form
    /// has. Two presses on a slow line send the same ones; what is stored beside what was asked for tells that. It proves
    /// nothing: the CSRF field does.
    #[must_use]
    pub fn idempotency_field(&self) -> SafeHtml {
        SafeHtml(format!(r#"<input type="hidden" name="once" value="{}">"#, self.exchange.once()))
    }

    /// The messages for this page, as plain text. A layout shows all of them: the next page has them no more.
    #[must_use]
    pub fn flashes(&self) -> &[Flash] {
        self.exchange.take_flashes()
    }

    /// Where a log-in begun on this page should lead back to: here, or, for a form that was refused, where it stood.
    #[must_use]
    pub fn way_back(&self) -> Option<&Next> {
        self.exchange.way_back()
    }

    /// The accounts that this page belongs to.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.exchange.accounts
    }

    /// The path of this page, without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.exchange.here.as_ref().map_or("/", |here| here.path())
    }

    /// The page in the embedder's layout, with status 200. `title` is plain text, `content` safe HTML.
    #[must_use]
    pub fn render(&self, title: &str, content: &str) -> Response {
        self.render_as(StatusCode::OK, title, content)
    }

    /// The page in the embedder's layout, with another status.
    #[must_use]
    pub fn render_as(&self, status: StatusCode, title: &str, content: &str) -> Response {
        let layout = &self.exchange.settings().layout;
        match catch_unwind(AssertUnwindSafe(|| layout.page(self, title, content))) {
            Ok(Ok(html)) => return html_response(status, html),
            Ok(Err(error)) => tracing::error!(error = ?error, title, "the layout did not render"),
            Err(_) => tracing::error!(title, "the layout panicked"),
        }
        self.exchange.leave_flashes();
        last_resort()
    }

    /// Renders a template of the page's content, then the page. A template that fails gets the page of last resort.
    #[must_use]
    pub fn render_template(&self, status: StatusCode, title: &str, content: &impl Template) -> Response {
        match content.render() {
            Ok(content) => self.render_as(status, title, &content),
            Err(error) => {
                tracing::error!(error = ?error, title, "a page did not render");
                last_resort()
            }
        }
    }
}

impl<'a> FromRequest<'a> for PageContext {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let exchange = Exchange::of(request)?;
        exchange.visitor().await?;
        Ok(Self::of(Arc::clone(exchange)))
    }
}

/// The layout for whoever has none yet: a heading, the messages, the way in or out, no stylesheet.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainLayout;

#[derive(Template)]
#[template(path = "plain.html")]
struct PlainPage<'a> {
    parts: &'a PageContext,
    title: &'a str,
    content: &'a str,
    log_in: &'a str,
    log_out: &'a str,
}

impl Layout for PlainLayout {
    fn page(&self, parts: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let paths = &parts.exchange.settings().paths;
        Ok(PlainPage { parts, title, content, log_in: &paths.log_in, log_out: &paths.log_out }.render()?)
    }
}
