//! What the door answers by itself, before any page: few words, and a closed connection. Everything else is answered by
//! the service, or, where a head cannot be parsed at all, by hyper with a bare status.

use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};

/// Refuses a request with `status`. It carries the headers of every other answer.
pub(super) fn refuse(status: StatusCode) -> Response {
    let text = format!("{status}\n");
    let mut response = text.with_content_type("text/plain; charset=utf-8").with_status(status).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONNECTION, "close"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}
