//! The security headers of every response: pages, files, redirects and errors.

use poem::Response;
use poem::http::HeaderValue;
use poem::http::header::{self, HeaderName};

use crate::{Accounts, BuildError};

/// The content security policy without an embedder's sources: files and forms of this origin only, no inline script or
/// style, no framing.
const DEFAULT_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

impl Accounts {
    /// The security headers that the layer adds to every response.
    ///
    /// An HTTP server that responds by itself, before a request reaches the layer, takes them for its error responses.
    #[must_use]
    pub fn security_headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.inner.web.security_headers
    }
}

/// The security headers under a content security policy, with HSTS (one year) where the origin is https.
pub(crate) fn security_headers(csp: HeaderValue, is_secure: bool) -> Vec<(HeaderName, HeaderValue)> {
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
pub(crate) fn add_security_headers(response: &mut Response, security_headers: &[(HeaderName, HeaderValue)]) {
    let headers = response.headers_mut();
    headers.reserve(security_headers.len() + 1); // and `x-request-id`: the map grows once
    for (name, value) in security_headers {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}

/// Keeps the query of the page's address out of every `Referer`, also out of those of its stylesheet, its icons and its forms.
///
/// `Referer` is the origin alone then. Not `no-referrer`: browsers would then send `Origin: null` with forms of this origin.
pub(crate) fn hide_query(response: &mut Response) {
    let policy = HeaderValue::from_static("strict-origin");
    response.headers_mut().entry(header::REFERRER_POLICY).or_insert(policy);
}

/// The content security policy with an embedder's (directive, source) pairs.
pub(crate) fn content_security_policy(sources: &[(String, String)]) -> Result<HeaderValue, BuildError> {
    let mut policy = DEFAULT_CSP.to_owned();
    for (directive, source) in sources {
        let is_name = !directive.is_empty() && directive.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        // A separator would end the directive, and `'unsafe-inline'` would undo the policy.
        let is_token = !source.is_empty() && source.bytes().all(|byte| byte.is_ascii_graphic());
        let is_source = is_token && !source.contains([';', ',']) && !source.to_ascii_lowercase().contains("unsafe");
        if !is_name || !is_source {
            return Err(BuildError::NotASource(format!("{directive} {source}")));
        }
        let is_present = policy.split("; ").any(|part| part.split(' ').next() == Some(directive));
        policy = if is_present {
            policy.replace(&format!("{directive} "), &format!("{directive} {source} "))
        } else {
            format!("{policy}; {directive} {source}")
        };
    }
    HeaderValue::from_str(&policy).map_err(|_| BuildError::NotASource(policy))
}
