//! The body of an unsafe request: read once, under its limit, and accepted by the origin check and the CSRF token.
//!
//! Passwords are moved out of the form at once and the body is wiped. What this crate cannot wipe: the buffers of the HTTP
//! server, of TLS in the proxy, and of the kernel.

use std::io::{self, ErrorKind};
use std::mem::take;

use domain::StoreError;
use futures_util::StreamExt;
use poem::http::{StatusCode, header};
use poem::{Body, Request};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::csrf::form_user;
use super::multipart::accept_upload;
use super::origin_check::{RequestOrigin, request_origin};
use super::{CSRF_FIELD, RequestContext};
use crate::web::AccountPage;
use crate::web::form::{Fields, TypedPasswords, decode_form};
use crate::web::page::Problem;
use crate::web::session::Visitor;

/// The first capacity of the buffer for a body without a declared length. A form with a password fits in, so that its bytes
/// are never moved.
const FIRST_CAPACITY: usize = 8 * 1024;

/// The greatest first capacity. A client may declare a length and send nothing.
const MAX_FIRST_CAPACITY: usize = 64 * 1024;

/// Reads the body of a request that may change something, and accepts it if a page of this origin sent it.
///
/// A form's fields are then in the context, its passwords in the request, and the body remains for other types only, for a form
/// without passwords, and for a program, which may have signed it.
pub(crate) async fn accept_body(request: &mut Request, context: &RequestContext) -> Result<(), Problem> {
    let origin = request_origin(request, &context.settings().site);
    let (is_exempt, expected) = (context.exemption.is_some(), context.expected_body);
    if origin == RequestOrigin::Foreign && !is_exempt {
        return Err(Problem::CrossSite); // unread: a foreign body takes no memory
    }
    if expected.is_for_users {
        ensure_user(context).await?;
    }
    let length = declared_length(request);
    if length.is_some_and(|length| length > expected.limit) {
        return Err(Problem::TooLarge); // before a byte of it is read
    }
    if expected.is_upload {
        return accept_upload(request, context, origin).await;
    }
    let mut body = read(request.take_body(), length, expected.limit).await?;
    let form = if is_form(request) { Some(decode_form(&body).map_err(|_| Problem::Undecodable)?) } else { None };
    let fields = form.as_ref().map(|(fields, _)| fields);
    let accepted = ensure_accepted(context, origin, fields).await;
    if let Some((fields, passwords)) = form {
        if passwords.is_empty() || is_exempt {
            request.set_body(take(&mut *body));
        }
        request.extensions_mut().insert(TypedPasswords::new(passwords));
        // An error page may offer the form again, also where the token is stale or the store failed.
        if origin == RequestOrigin::Own || accepted.is_ok() {
            context.set_submitted(fields);
        }
    } else {
        request.set_body(take(&mut *body));
    }
    accepted
}

/// Rejects an anonymous visitor before the body is read, which takes memory and time.
async fn ensure_user(context: &RequestContext) -> Result<(), Problem> {
    match in_time(context, context.visitor()).await? {
        Visitor::User(_) => Ok(()),
        Visitor::Anonymous => Err(Problem::LoginRequired),
    }
}

/// Rejects a form without a CSRF proof, but for a request that needs none.
pub(super) async fn ensure_accepted(
    context: &RequestContext,
    origin: RequestOrigin,
    fields: Option<&Fields>,
) -> Result<(), Problem> {
    if context.exemption.is_some() { Ok(()) } else { ensure_valid_token(context, origin, fields).await }
}

/// Rejects a form without a valid CSRF token. Where the origin is known to be ours the token may be missing, but not wrong.
async fn ensure_valid_token(
    context: &RequestContext,
    origin: RequestOrigin,
    fields: Option<&Fields>,
) -> Result<(), Problem> {
    let tokens: Vec<&str> = fields.map(|fields| fields.values(CSRF_FIELD).collect()).unwrap_or_default();
    match (origin, tokens.as_slice()) {
        (_, [token]) if in_time(context, context.is_valid_csrf_token(token)).await? => Ok(()),
        (RequestOrigin::Own, []) => Ok(()),
        (RequestOrigin::Own, _) if needs_no_valid_token(context, fields).await? => Ok(()),
        (RequestOrigin::Own, _) => Err(Problem::StaleForm),
        _ => Err(Problem::CrossSite),
    }
}

/// Whether the form of an own page is accepted with a stale token. A log-in form and a registration form act for no user, and
/// cannot be sent again without their password. Nor can the form that asks for the password again, if the user is still the
/// same. A log-out of an anonymous visitor ends nothing.
async fn needs_no_valid_token(context: &RequestContext, fields: Option<&Fields>) -> Result<bool, Problem> {
    let (settings, path) = (context.settings(), context.path().unwrap_or_default());
    let is_log_out = path == settings.path(AccountPage::LogOut) && settings.has(AccountPage::LogOut);
    let ends_nothing = is_log_out && matches!(in_time(context, context.visitor()).await?, Visitor::Anonymous);
    if settings.is_confirm_page(path) {
        let user = in_time(context, context.visitor()).await?.user().map(|user| user.id);
        return Ok(user.is_some() && user == fields.and_then(form_user));
    }
    Ok(ends_nothing || settings.is_entry_form(path))
}

/// Waits for what is asked of the store, within the handler timeout. That timeout begins after the body, which an upload still has to send.
async fn in_time<T>(context: &RequestContext, look_up: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    let is_body_read = !context.expected_body.is_upload && !context.expected_body.is_for_users;
    let limit = if is_body_read { context.time_left() } else { context.settings().handler_timeout };
    timeout(limit, look_up).await.map_err(|elapsed| Problem::from(StoreError::new(elapsed)))?
}

/// Reads a body up to a limit. The buffer has the declared length from the start. Where it grows, the old one is wiped.
async fn read(body: Body, declared: Option<usize>, limit: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let capacity = declared.unwrap_or(FIRST_CAPACITY).min(MAX_FIRST_CAPACITY);
    let mut buffer = Zeroizing::new(Vec::with_capacity(capacity));
    let mut chunks = body.into_bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| body_problem(&error))?;
        let length = buffer.len() + chunk.len();
        if length > limit {
            return Err(Problem::TooLarge);
        }
        if length > buffer.capacity() {
            let capacity = length.max(2 * buffer.capacity());
            let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
            larger.extend_from_slice(&buffer);
            buffer = larger;
        }
        buffer.extend_from_slice(&chunk);
    }
    Ok(buffer)
}

/// Why a body could not be read.
pub(super) fn body_problem(error: &io::Error) -> Problem {
    match error.kind() {
        // From an HTTP server with a body timeout.
        ErrorKind::TimedOut => Problem::Status(StatusCode::REQUEST_TIMEOUT),
        ErrorKind::FileTooLarge => Problem::TooLarge,
        _ => Problem::Undecodable,
    }
}

fn declared_length(request: &Request) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether the body is a form in UTF-8. The media type has no parameters (WHATWG URL, 5), but some programs name a charset;
/// another charset would be decoded wrongly, so such a body is not a form.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Accounts;
    use crate::web::test_accounts::accounts;

    const FORM: &str = "application/x-www-form-urlencoded";

    /// Accepts a request of this origin, and returns what is left of it.
    async fn accept(content_type: &str, body: &'static str) -> (Result<(), Problem>, Request, RequestContext) {
        let request = Request::builder().header("content-type", content_type).header("sec-fetch-site", "same-origin");
        let mut request = request.body(body);
        let context = RequestContext::new(&accounts(Accounts::builder()), &request, "1");
        let accepted = accept_body(&mut request, &context).await;
        (accepted, request, context)
    }

    #[tokio::test]
    async fn password_is_in_no_field_and_no_body() {
        let (accepted, mut request, context) = accept(FORM, "email=a%40b.c&password=hush-hush&password2=hush").await;
        accepted.unwrap();
        let fields = context.submitted().unwrap();
        assert_eq!(fields.iter().collect::<Vec<_>>(), [("email", "a@b.c")]);
        assert!(!format!("{fields:?}").contains("hush"));
        assert_eq!(request.take_body().into_string().await.unwrap(), "");
        let mut passwords = request.data::<TypedPasswords>().unwrap().take();
        assert!(!format!("{passwords:?}").contains("hush"));
        assert_eq!(passwords.take("password").unwrap().as_str(), "hush-hush");
    }

    #[tokio::test]
    async fn refused_form_is_kept_without_its_password() {
        let (accepted, _, context) = accept(FORM, "csrf_token=stale&dish=soup&password=hush-hush").await;
        assert!(matches!(accepted, Err(Problem::StaleForm)));
        assert_eq!(context.submitted().unwrap().iter().last(), Some(("dish", "soup")));
    }

    #[tokio::test]
    async fn body_without_a_password_reaches_the_handler() {
        for (content_type, body) in [(FORM, "dish=soup"), ("text/plain", "password=not+a+form")] {
            let (accepted, mut request, _) = accept(content_type, body).await;
            accepted.unwrap();
            assert_eq!(request.take_body().into_string().await.unwrap(), body);
        }
    }

    #[tokio::test]
    async fn body_longer_than_the_first_buffer_is_read_whole() {
        let body: String = (0..3 * FIRST_CAPACITY).map(|n| char::from(b'a' + u8::try_from(n % 26).unwrap())).collect();
        let chunks =
            || body.as_bytes().chunks(1000).map(|chunk| Ok(chunk.to_vec())).collect::<Vec<std::io::Result<_>>>();
        for declared in [None, Some(10), Some(body.len()), Some(usize::MAX)] {
            let body_stream = Body::from_bytes_stream(futures_util::stream::iter(chunks()));
            let read = read(body_stream, declared, body.len()).await.unwrap();
            assert_eq!(read.as_slice(), body.as_bytes(), "{declared:?}");
            assert!(read.capacity() <= MAX_FIRST_CAPACITY, "{declared:?}: {}", read.capacity());
        }
    }
}
