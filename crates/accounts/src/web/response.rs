//! Small answers that several pages give, and the one behind all pages.

use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};

use super::next::Next;
use crate::words;

/// A redirect (303) to a path of this site. What is no such path leads to the index: a redirect never leaves the site.
#[must_use]
pub fn redirect(path: &str) -> Response {
    see(StatusCode::SEE_OTHER, path)
}

/// A redirect (308) to the one right spelling of an address.
#[must_use]
pub fn permanent_redirect(path: &str) -> Response {
    see(StatusCode::PERMANENT_REDIRECT, path)
}

fn see(status: StatusCode, path: &str) -> Response {
    let next = Next::parse(path);
    let location = next.as_ref().map_or("/", Next::as_str);
    // A parsed path is ASCII without controls, so it is always a header's value.
    let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
    Response::builder().status(status).header(header::LOCATION, location).finish()
}

pub(super) fn html_response(status: StatusCode, html: String) -> Response {
    html.with_content_type("text/html; charset=utf-8").with_status(status).into_response()
}

/// The page behind all pages: when even the layout fails.
pub(super) fn last_resort() -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let (title, sentence) = words::status(status.as_u16());
    let head = format!("<meta charset=\"utf-8\"><title>{title}</title>");
    let page = format!("<!doctype html><html lang=\"en\">{head}<h1>{title}</h1><p>{sentence}</p></html>");
    html_response(status, page)
}
