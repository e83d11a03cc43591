//! The headers of every answer: pages, files, redirects and errors alike.

use poem::Response;
use poem::http::HeaderValue;
use poem::http::header::{self, HeaderName};

/// What a page may load and do: our own files, our own forms; no inline script or style, no frame around us.
pub(super) const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Adds what an answer lacks. A page that sets one of these itself keeps its own.
pub(super) fn add(response: &mut Response, csp: &HeaderValue, is_secure: bool) {
    let headers = response.headers_mut();
    headers.reserve(8); // grown once, not for every second header
    let mut add = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    add(header::CONTENT_SECURITY_POLICY, csp.clone());
    add(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    add(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    add(COOP, HeaderValue::from_static("same-origin"));
    add(CORP, HeaderValue::from_static("same-origin"));
    // Whatever is not a file that says otherwise may be private: it names the visitor, or holds their form's token.
    add(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if is_secure {
        add(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
