//! The security headers of every response: pages, files, redirects and errors.

use poem::Response;
use poem::http::HeaderValue;
use poem::http::header::{self, HeaderName};

use crate::Accounts;

/// The content security policy before an embedder adds sources: files and forms of this origin only, no inline script or
/// style, no framing.
pub(super) const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// One header field.
type Header = (HeaderName, HeaderValue);

impl Accounts {
    /// The security headers that the layer puts on every response.
    ///
    /// An HTTP server that responds by itself, before a request reaches the layer, takes them for its error responses.
    #[must_use]
    pub fn security_headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.inner.web.security_headers
    }
}

/// The security headers under the content security policy `csp`, with HSTS where the origin is https.
pub(super) fn security_headers(csp: HeaderValue, is_secure: bool) -> Vec<Header> {
    let mut headers = vec![
        (header::CONTENT_SECURITY_POLICY, csp),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Not `no-referrer`: browsers would then send `Origin: null` with forms of this origin.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (COOP, HeaderValue::from_static("same-origin")),
        (CORP, HeaderValue::from_static("same-origin")),
        // A page may be private: it shows the user's name, or holds the token of a form. A static file overrides this.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    if is_secure {
        headers.push((header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")));
    }
    headers
}

/// Adds the headers that a response lacks. A header that the response sets itself stays.
pub(super) fn add(response: &mut Response, security_headers: &[Header]) {
    let headers = response.headers_mut();
    headers.reserve(security_headers.len() + 1); // and `x-request-id`: the map grows once
    for (name, value) in security_headers {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}
