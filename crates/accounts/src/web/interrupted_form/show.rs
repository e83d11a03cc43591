//! Shows an interrupted form after the log-in: within the response to the log-in, since nothing of it is stored.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use domain::user::{UserId, Username};
use futures_util::FutureExt;
use poem::error::ResponseError;
use poem::http::uri::Scheme;
use poem::http::{Extensions, HeaderMap, StatusCode, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Body, Endpoint, IntoResponse, PathPattern, Request, RequestParts, Response};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::{InterruptedForm, RESUME_FIELD};
use crate::IdempotencyKey;
use crate::web::AccountPage;
use crate::web::form::{Fields, TypedPasswords};
use crate::web::messages;
use crate::web::page::{Flash, NewFlashes, PageContext, Problem};
use crate::web::request::{RequestContext, ReturnPath};
use crate::web::session::SessionChange;

/// How many redirects of the form's page are followed: to its canonical spelling, and from the form's address to its page.
const MAX_REDIRECTS: usize = 2;

/// The headers of the log-in request that describe its body or its page, not the browser.
const HEADERS_OF_THE_FORM: [header::HeaderName; 6] = [
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::COOKIE, // without the new session
    header::ORIGIN,
    header::REFERER,
    header::TRANSFER_ENCODING,
];

/// A form that a page of this response shows filled in, and what the page has asked for.
pub(crate) struct ResumedForm {
    form: InterruptedForm,
    is_shown: AtomicBool,
    is_discarded: AtomicBool,
    is_key_taken: AtomicBool,
    /// The flash messages of a page that discards the form: without the notice that it is not sent yet.
    flashes_without_notice: Vec<Flash>,
}

impl ResumedForm {
    /// The form for a page that may ask for it, or `is_shown` on a page of its own, which shows all its fields.
    fn new(form: &InterruptedForm, is_shown: bool, flashes_without_notice: Vec<Flash>) -> Self {
        let (is_discarded, is_key_taken) = (AtomicBool::new(false), AtomicBool::new(is_shown));
        let is_shown = AtomicBool::new(is_shown);
        Self { form: form.clone(), is_shown, is_discarded, is_key_taken, flashes_without_notice }
    }

    /// The fields of the form, if it is sent to `action`.
    pub(crate) fn fields(&self, action: &str) -> Option<&Fields> {
        let action = ReturnPath::parse(action); // in the spelling of the request
        (action.as_ref() == Some(&self.form.action)).then(|| {
            self.is_shown.store(true, Ordering::Relaxed);
            &self.form.fields
        })
    }

    /// The form's idempotency key, for the first caller after the fields were asked for: another form of the page needs a key
    /// of its own.
    pub(crate) fn take_idempotency_key(&self) -> Option<IdempotencyKey> {
        let key = self.form.fields.idempotency_key()?;
        (self.is_shown() && !self.is_key_taken.swap(true, Ordering::Relaxed)).then_some(key)
    }

    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown.load(Ordering::Relaxed)
    }

    /// Discards the form: the page no longer has the button that sends it.
    pub(crate) fn discard(&self) {
        self.is_discarded.store(true, Ordering::Relaxed);
        self.is_key_taken.store(true, Ordering::Relaxed);
    }

    /// The flash messages of a page that has discarded the form; `None` while it has not.
    pub(crate) fn flashes_if_discarded(&self) -> Option<&[Flash]> {
        self.is_discarded.load(Ordering::Relaxed).then_some(&self.flashes_without_notice)
    }
}

/// What a request for another page within the same response needs of the request: its headers, its connection, and what an embedder's
/// middleware around the layer has added.
pub(crate) struct SavedRequest {
    headers: HeaderMap,
    extensions: Extensions,
    connection: (LocalAddr, RemoteAddr, Scheme),
}

impl SavedRequest {
    /// Saves the request, if it may need another page: a log-in or a registration with an interrupted form, or a form that may wait for
    /// a page of the embedder's own.
    pub(crate) fn of(request: &Request, context: &RequestContext) -> Option<Self> {
        let has_own_page =
            [AccountPage::LogIn, AccountPage::Confirm].iter().any(|page| context.settings().is_own(*page));
        context.kept_form().filter(|fields| has_own_page || fields.is_sent(RESUME_FIELD))?;
        let mut headers = request.headers().clone();
        for name in HEADERS_OF_THE_FORM {
            headers.remove(name);
        }
        let connection = (request.local_addr().clone(), request.remote_addr().clone(), request.scheme().clone());
        let mut extensions = request.extensions().clone();
        extensions.remove::<TypedPasswords>(); // they belong to the form, and not to a page that is shown
        Some(Self { headers, extensions, connection })
    }

    /// The request for a page, as GET.
    pub(super) fn to(&self, page: &ReturnPath, context: &Arc<RequestContext>) -> Option<Request> {
        let (mut parts, ()) = poem::http::Request::get(page.as_str()).body(()).ok()?.into_parts();
        parts.headers = self.headers.clone();
        parts.extensions = self.extensions.clone();
        parts.extensions.insert(Arc::clone(context));
        let (local, remote, scheme) = self.connection.clone();
        // Unlike `Request::builder`, it sets the original URI too, from which pages and extractors read the query.
        Some(Request::from_parts(RequestParts::from((parts, local, remote, scheme)), Body::empty()))
    }
}

/// Responds to a log-in with the interrupted form that its response carries: on the form's page, or where that page does
/// not show it, on a page of its own. Returns the context of that page too, for the response's cookies.
pub(crate) async fn show<E: Endpoint>(
    inner: &E,
    saved: &SavedRequest,
    log_in: &Response,
    context: &RequestContext,
) -> Option<(Arc<RequestContext>, Response)> {
    let form = log_in.extensions().get::<InterruptedForm>()?;
    let change = log_in.extensions().get::<SessionChange>();
    let greeting = log_in.extensions().get::<NewFlashes>().map(|NewFlashes(new)| new.clone()).unwrap_or_default();
    let not_sent = messages::not_sent_yet(other_user(form, change, context));
    let notice = greeting.iter().map(|flash| flash.text.as_str()).chain([&*not_sent]).collect::<Vec<_>>();
    let notice = Flash::success(notice.join(" "));
    let without_notice: Vec<_> = context.flashes_after(change).chain(&greeting).cloned().collect();
    let mut page = form.page.clone();
    for _ in 0..=MAX_REDIRECTS {
        let resumed = ResumedForm::new(form, false, without_notice.clone());
        let context = Arc::new(context.after_log_in(&page, change, vec![notice.clone()], resumed));
        let Some(response) = load_page(inner, saved.to(&page, &context)?, &context).await else { break };
        if response.status() == StatusCode::OK && context.is_form_shown() {
            return Some((context, with_change(response, change)));
        }
        let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        match location.filter(|_| response.status().is_redirection()).and_then(ReturnPath::parse) {
            Some(next) => page = next,
            None => break,
        }
    }
    let resumed = ResumedForm::new(form, true, without_notice);
    let context = Arc::new(context.after_log_in(&form.page, change, greeting, resumed));
    // The page works without the visitor's name.
    match timeout(context.time_left(), context.visitor()).await {
        Ok(Err(problem)) => log_failure(&problem, None),
        Err(elapsed) => log_timeout(&elapsed),
        Ok(Ok(_)) => {}
    }
    let is_of_other = other_user(form, change, &context).is_some();
    let response = own_page(&PageContext::new(Arc::clone(&context)), form, is_of_other);
    Some((context, with_change(response, change)))
}

/// The user who will send the form, where it was rendered for another one.
fn other_user<'a>(
    form: &InterruptedForm,
    change: Option<&'a SessionChange>,
    context: &'a RequestContext,
) -> Option<&'a Username> {
    let (id, username): (UserId, _) = match change {
        Some(SessionChange::Opened { user, .. }) => (user.id, &user.username),
        _ => context.known_visitor()?.user().map(|user| (user.id, &user.username))?,
    };
    form.user.filter(|user| *user != id).map(|_| username)
}

/// Calls a page within the response to another request. `None` where it fails: a log-in has succeeded, and its form is then shown by
/// itself.
pub(super) async fn load_page<E: Endpoint>(inner: &E, request: Request, context: &RequestContext) -> Option<Response> {
    let call = AssertUnwindSafe(timeout(context.time_left(), inner.call(request)));
    match call.catch_unwind().await.ok()? {
        Ok(Ok(response)) => return Some(response.into_response()),
        Ok(Err(error)) => {
            let route = error.data::<PathPattern>().cloned();
            log_failure(&Problem::of(error), route.as_ref().map(|pattern| &*pattern.0));
        }
        Err(elapsed) => log_timeout(&elapsed),
    }
    None
}

/// Logs why the page of the form, or its visitor, is unknown. A refusal, such as 404, is no failure.
fn log_failure(problem: &Problem, route: Option<&str>) {
    if let Problem::Unavailable(Some(error)) = problem {
        tracing::warn!(route, ?error, "the page of an interrupted form failed");
    } else if problem.status().is_server_error() {
        tracing::warn!(route, error = %problem, "the page of an interrupted form failed");
    }
}

/// Logs that the request had no time left for the page of the form.
fn log_timeout(elapsed: &Elapsed) {
    tracing::warn!(error = %elapsed, "the page of an interrupted form timed out");
}

fn with_change(mut response: Response, change: Option<&SessionChange>) -> Response {
    if let Some(change) = change {
        response.extensions_mut().insert(change.clone());
    }
    response
}

#[derive(Template)]
#[template(path = "resume.html")]
struct Content<'a> {
    page: &'a PageContext,
    text: String,
    button: String,
    action: &'a ReturnPath,
    fields: &'a Fields,
}

/// The form by itself, its fields hidden: for a page that does not ask for it.
fn own_page(page: &PageContext, form: &InterruptedForm, is_of_other: bool) -> Response {
    let username = page.user().map(|user| &user.username);
    let (text, button) = (messages::resume(username, is_of_other), messages::resume_button(username, is_of_other));
    let content = Content { page, text, button, action: &form.action, fields: &form.fields };
    page.render_template(StatusCode::OK, messages::RESUME_TITLE, &content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::AccountPage;
    use crate::web::form::decode_form;
    use crate::web::test_accounts::accounts;
    use crate::{Accounts, Builder};

    /// What is saved of a form that is sent to `path`.
    fn saved(builder: Builder, body: &[u8]) -> Option<SavedRequest> {
        let (fields, passwords) = decode_form(body).unwrap();
        let mut request = Request::builder().uri_str("/wish").header("cookie", "a=b").header("x-a", "b").finish();
        let context = RequestContext::new(&accounts(builder), &request, "1");
        context.set_submitted(fields);
        request.extensions_mut().insert(TypedPasswords::new(passwords));
        request.extensions_mut().insert("of a middleware");
        SavedRequest::of(&request, &context)
    }

    #[test]
    fn request_is_saved_without_its_passwords_where_another_page_may_be_shown() {
        let own = || Accounts::builder().own_page(AccountPage::LogIn, "/enter");
        assert!(saved(Accounts::builder(), b"dish=soup&password=hush").is_none());
        for saved in [saved(own(), b"dish=soup&password=hush"), saved(Accounts::builder(), b"resume=x&password=hush")] {
            let saved = saved.unwrap();
            assert!(saved.extensions.get::<TypedPasswords>().is_none());
            assert_eq!(saved.extensions.get::<&str>(), Some(&"of a middleware"));
            assert_eq!((saved.headers.len(), saved.headers.contains_key("x-a")), (1, true), "{:?}", saved.headers);
        }
    }
}
