//! Redirects, and the error page that needs no layout.

use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};

use crate::web::messages::{self, Message};
use crate::web::request::ReturnPath;

/// A redirect (303) to a path on this origin of at most 8 KiB. Any other text leads to `/`: see [`ReturnPath::parse`].
#[must_use]
pub fn redirect(path: &str) -> Response {
    redirect_as(StatusCode::SEE_OTHER, path)
}

/// A permanent redirect (308) to a path on this origin, such as the canonical spelling of an address.
#[must_use]
pub fn permanent_redirect(path: &str) -> Response {
    redirect_as(StatusCode::PERMANENT_REDIRECT, path)
}

fn redirect_as(status: StatusCode, path: &str) -> Response {
    let path = ReturnPath::parse_location(path);
    let location = path.as_ref().map_or("/", ReturnPath::as_str);
    // A return path is printable ASCII, so it is always a valid header value.
    let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
    Response::builder().status(status).header(header::LOCATION, location).finish()
}

/// The response with `Retry-After` (RFC 9110, 10.2.3): in how many seconds the same request may succeed.
#[must_use]
pub fn with_retry_after(mut response: Response, seconds: u64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

pub(super) fn html_response(status: StatusCode, html: String) -> Response {
    html.with_content_type("text/html; charset=utf-8").with_status(status).into_response()
}

/// The plain error page (500) for a layout that failed.
pub(crate) fn fallback_error_page() -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let Message { title, text } = messages::status(status.as_u16());
    let head = format!("<meta charset=\"utf-8\"><title>{title}</title>");
    let page = format!("<!doctype html><html lang=\"en\">{head}<h1>{title}</h1><p>{text}</p></html>");
    html_response(status, page)
}
