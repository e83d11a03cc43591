//! Small answers that several pages give.

use poem::Response;
use poem::http::{HeaderValue, StatusCode, header};

use super::next::Next;

/// A redirect (303) to a path of this site. What is no such path leads to the index: a redirect never leaves the site.
#[must_use]
pub fn redirect(path: &str) -> Response {
    see(StatusCode::SEE_OTHER, path)
}

/// A redirect (308) to the one right spelling of an address.
#[must_use]
pub fn permanently(path: &str) -> Response {
    see(StatusCode::PERMANENT_REDIRECT, path)
}

fn see(status: StatusCode, path: &str) -> Response {
    let next = Next::parse(path);
    let location = next.as_ref().map_or("/", Next::as_str);
    // A parsed path is ASCII without controls, so it is always a header's value.
    let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
    Response::builder().status(status).header(header::LOCATION, location).finish()
}
