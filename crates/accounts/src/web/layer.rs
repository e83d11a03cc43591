//! The layer: the outermost middleware. It fixes the order of everything around a handler.
//!
//! 1. A request id and a tracing span, for the log and for `x-request-id`.
//! 2. The host check: 421 for a host that is not ours, and for a forwarding proxy that is not trusted.
//! 3. For an unsafe method: origin check, body limit, form decoding, CSRF token ([`accept_body`]).
//! 4. The handler. After a log-in, the page of the form that was waiting for it. Both under one timeout.
//! 5. Errors and panics become error pages.
//! 6. Cookies, then security headers.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use domain::StoreError;
use futures_util::FutureExt;
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Body, Endpoint, IntoResponse, Request, RequestParts, Response};
use tokio::time::timeout;
use tracing::Instrument;

use super::interrupted_form::{self, Asks, SavedRequest};
use super::methods::{ALL_METHODS, method_not_allowed};
use super::page::{PageContext, Problem, add_security_headers, error_page, fallback_error_page, hide_query};
use super::request::{RequestContext, Site, accept_body, has_forwarding_headers, is_unsafe, peer_address};
use crate::Accounts;

/// An endpoint with the accounts' layer around it. [`Accounts::routes`] and [`Accounts::wrap`] make one.
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
        self.accounts.start_maintenance_once();
        let id = request_id();
        let context = Arc::new(RequestContext::new(&self.accounts, &request, &id));
        let span = context.span.clone();
        let mut response = self.respond(request, context).instrument(span).await;
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", id);
        }
        Ok(response)
    }
}

impl<E: Endpoint> Layer<E> {
    /// Runs the request, and turns every outcome into a complete response.
    async fn respond(&self, request: Request, mut context: Arc<RequestContext>) -> Response {
        let page = PageContext::new(Arc::clone(&context));
        let head = context.settings().unauthorized.is_some().then(|| without_body(&request));
        let mut saved = None;
        let outcome = AssertUnwindSafe(self.run(request, &context, &mut saved)).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|_| Err(Problem::Status(StatusCode::INTERNAL_SERVER_ERROR).into()));
        let mut response = match outcome {
            Ok((Some(shown), response)) => {
                context = shown; // of the page that the response shows: its cookies
                response
            }
            Ok((None, response)) => response,
            Err(error) => {
                let response = AssertUnwindSafe(error_page(error, &page, head.as_ref())).catch_unwind().await;
                let response = response.unwrap_or_else(|_| {
                    tracing::error!("the error page panicked");
                    fallback_error_page()
                });
                match self.ask_on_own_page(saved.as_ref(), &response, &context).await {
                    Some((asking, page)) => {
                        context = asking;
                        page
                    }
                    None => response,
                }
            }
        };
        context.add_cookies(&mut response);
        if context.may_have_secret_in_query() {
            hide_query(&mut response);
        }
        add_security_headers(&mut response, &context.settings().security_headers);
        tracing::debug!(method = %context.method, status = response.status().as_u16(), "responded");
        response
    }

    /// The embedder's own page for a form that requires a log-in or the password, if the response says that the form waits for one.
    async fn ask_on_own_page(
        &self,
        saved: Option<&SavedRequest>,
        response: &Response,
        context: &RequestContext,
    ) -> Option<(Arc<RequestContext>, Response)> {
        let asks = response.extensions().get::<Asks>()?;
        interrupted_form::ask(&self.inner, saved?, asks, context).await
    }

    /// Checks the request, and calls the inner endpoint. A log-in that a form was waiting for responds with that form, and
    /// with the context of its page.
    async fn run(
        &self,
        mut request: Request,
        context: &Arc<RequestContext>,
        saved: &mut Option<SavedRequest>,
    ) -> poem::Result<(Option<Arc<RequestContext>>, Response)> {
        let settings = context.settings();
        let trusted_proxies = &settings.trusted_proxies;
        let can_be_proxied = match peer_address(&request) {
            Some(_) => settings.site != Site::Loopback || !trusted_proxies.networks.is_empty(),
            None => trusted_proxies.unix_socket,
        };
        if !settings.site.is_allowed_host(&request) || (!can_be_proxied && has_forwarding_headers(&request)) {
            return Err(Problem::Misdirected.into());
        }
        if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
            return Err(method_not_allowed(ALL_METHODS)); // on every path
        }
        if is_unsafe(request.method()) {
            // Refused before routing: a refusal must not depend on whether a handler for the path and method exists.
            accept_body(&mut request, context).await?;
        } else {
            drop(request.take_body()); // a safe method has no body that means anything, and none is read
        }
        if context.is_switch() {
            request.set_method(Method::GET); // a button that opens the other page, with what was typed
        }
        *saved = SavedRequest::of(&request, context);
        request.extensions_mut().insert(Arc::clone(context));
        let outcome = timeout(context.time_left(), self.inner.call(request)).await;
        // The handler may have been saving something.
        let outcome = outcome.map_err(|elapsed| Problem::from(StoreError::outcome_unknown(elapsed)))?;
        let response = outcome?.into_response();
        if let Some(saved) = saved.as_ref()
            && let Some((shown, response)) = interrupted_form::show(&self.inner, saved, &response, context).await
        {
            return Ok((Some(shown), response));
        }
        Ok((None, response))
    }
}

/// A copy of a request without its body, for [`crate::Builder::unauthorized`]: the request itself is the handler's.
fn without_body(request: &Request) -> Request {
    let mut parts = poem::http::Request::new(()).into_parts().0;
    parts.method = request.method().clone();
    parts.uri = request.original_uri().clone();
    parts.version = request.version();
    parts.headers = request.headers().clone();
    parts.extensions = request.extensions().clone();
    let connection = (request.local_addr().clone(), request.remote_addr().clone(), request.scheme().clone());
    Request::from_parts(RequestParts::from((parts, connection.0, connection.1, connection.2)), Body::empty())
}

/// An id that names a request in the log and in the response: 16 hexadecimal digits.
///
/// It must be unique, not secret. A new `RandomState` has new keys without a call to the operating system.
fn request_id() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
