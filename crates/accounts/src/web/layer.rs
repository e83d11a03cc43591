//! The outermost layer: what happens to every request before and after its page. The order is the point.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::ErrorKind;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use domain::StoreError;
use futures_util::FutureExt;
use poem::error::ReadBodyError;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use tokio::time::timeout;
use tracing::Instrument;

use super::answer;
use super::csrf::{self, Evidence};
use super::exchange::Exchange;
use super::fields::Fields;
use super::headers;
use super::layout::PageContext;
use super::methods;
use super::problem::Problem;
use super::response::last_resort;
use super::site::{self, Site};
use crate::Accounts;

/// A service with accounts around it. [`Accounts::routes`] makes one.
pub struct Layer<E> {
    accounts: Accounts,
    inner: E,
}

impl<E> Layer<E> {
    pub(super) fn new(accounts: Accounts, inner: E) -> Self {
        Self { accounts, inner }
    }
}

impl<E: Endpoint> Endpoint for Layer<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let id = request_id();
        let exchange = Arc::new(Exchange::begin(&self.accounts, &request, &id));
        let span = exchange.span().clone();
        let mut response = self.exchange(request, exchange).instrument(span).await;
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", id);
        }
        Ok(response)
    }
}

impl<E: Endpoint> Layer<E> {
    async fn exchange(&self, request: Request, exchange: Arc<Exchange>) -> Response {
        let settings = &self.accounts.inner.web;
        let parts = PageContext::of(Arc::clone(&exchange));
        let answered = AssertUnwindSafe(self.answer(request, &exchange)).catch_unwind().await;
        let answered = answered.unwrap_or_else(|_| Err(Problem::Status(StatusCode::INTERNAL_SERVER_ERROR).into()));
        let mut response = match answered {
            Ok(response) => response,
            Err(error) => {
                let page = AssertUnwindSafe(answer::answer(error, &parts)).catch_unwind().await;
                page.unwrap_or_else(|_| {
                    tracing::error!("the page of an error panicked");
                    last_resort()
                })
            }
        };
        exchange.finish(&mut response);
        headers::add(&mut response, &settings.security_headers);
        tracing::debug!(method = %exchange.method, status = response.status().as_u16(), "answered");
        response
    }

    async fn answer(&self, mut request: Request, exchange: &Arc<Exchange>) -> poem::Result<Response> {
        let settings = exchange.settings();
        let proxied = settings.site == Site::Loopback && settings.trusted_proxies.is_empty();
        if !settings.site.is_meant(&request) || (proxied && site::came_by_proxy(&request)) {
            return Err(Problem::Misdirected.into());
        }
        if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
            return Err(methods::not_allowed(methods::EVERY)); // for no page, whatever is at that address
        }
        if csrf::is_unsafe(request.method()) {
            // What is refused here reaches no endpoint, not even one that could only say that it takes no such method:
            // whether there is a handler behind it that would run, nobody can tell from outside.
            self.admit(&mut request, exchange).await?;
        } else {
            drop(request.take_body()); // it means nothing there, and no limit is set to it
        }
        request.extensions_mut().insert(Arc::clone(exchange));
        let answered = timeout(settings.handler_timeout, self.inner.call(request)).await;
        // What it was about to save is not known to be saved.
        let answered = answered.map_err(|late| Problem::from(StoreError::outcome_unknown(late)))?;
        answered.map(poem::IntoResponse::into_response)
    }

    /// Reads the body, under its limit and once, and lets through what comes from our own pages.
    async fn admit(&self, request: &mut Request, exchange: &Exchange) -> Result<(), Problem> {
        let settings = exchange.settings();
        let evidence = csrf::evidence(request, &settings.site);
        if evidence == Evidence::Foreign {
            return Err(Problem::CrossSite); // unread: a stranger's body is not worth our memory
        }
        if declared_length(request).is_some_and(|length| length > settings.body_limit) {
            return Err(Problem::TooLarge); // before a byte of it is asked for
        }
        let body = request.take_body().into_bytes_limit(settings.body_limit).await.map_err(|error| match error {
            ReadBodyError::PayloadTooLarge => Problem::TooLarge,
            // Set by a server that holds a body against the clock.
            ReadBodyError::Io(error) if error.kind() == ErrorKind::TimedOut => {
                Problem::Status(StatusCode::REQUEST_TIMEOUT)
            }
            _ => Problem::Undecodable,
        })?;
        let fields =
            if is_form(request) { Some(Fields::decode(&body).map_err(|_| Problem::Undecodable)?) } else { None };
        let tokens = fields.iter().flat_map(Fields::iter).filter(|(name, _)| *name == csrf::FIELD);
        let tokens: Vec<_> = tokens.map(|(_, token)| token).collect();
        if let Some(fields) = fields.as_ref().filter(|_| evidence == Evidence::Ours) {
            exchange.keep(fields); // whatever comes of it, it can be offered once more
        }
        let is_ours = async |token| {
            let asked = timeout(settings.handler_timeout, exchange.is_csrf_token(token)).await;
            asked.map_err(|late| Problem::from(StoreError::new(late)))?
        };
        match (evidence, tokens.as_slice()) {
            (_, [token]) if is_ours(token).await? => {}
            (Evidence::Ours, []) => {}
            (Evidence::Ours, _) => return Err(Problem::StaleForm),
            _ => return Err(Problem::CrossSite),
        }
        if let Some(fields) = fields {
            exchange.keep(&fields);
            request.extensions_mut().insert(fields);
        }
        request.set_body(body);
        Ok(())
    }
}

/// Names a request in the log, and in the answer, so that somebody can ask about it. It must be unlike the others and is no
/// secret: the standard library's hasher has new keys each time, without asking the system for them as a token does.
fn request_id() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

fn declared_length(request: &Request) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether the body is a form in the one charset that is read. (The type has no parameters by its standard; programs
/// name a charset all the same, and one that is not ours would be misread.)
fn is_form(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = content_type.unwrap_or_default().split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_readable = |parameter: &str| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") && parts.all(is_readable)
}
