//! Whether a request that changes something comes from one of our own pages.

use poem::Request;
use poem::http::Method;

use super::site::Site;

/// The name of the form field that carries the token.
pub(super) const FIELD: &str = "csrf_token";

/// What a request's headers say about where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// One of our pages, or the person themselves: the browser says so.
    Ours,
    /// Some other site: the browser says so.
    Foreign,
    /// Nothing is said: an old browser or a program. The form's token must show it.
    None,
}

/// Whether a method can change something. Only those are asked for evidence, so nothing else may change anything.
pub(super) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Reads what the browser says. `Sec-Fetch-Site` first, since no page can forge it; then `Origin`.
pub(super) fn evidence(request: &Request, site: &Site) -> Evidence {
    let values =
        |name: &str| request.headers().get_all(name).iter().map(|value| value.to_str().unwrap_or("")).collect();
    let fetch: Vec<&str> = values("sec-fetch-site");
    let origin: Vec<&str> = values("origin");
    match (fetch.as_slice(), origin.as_slice()) {
        (["same-origin" | "none"], _) => Evidence::Ours,
        ([], [origin]) if site.is_ours(origin, request) => Evidence::Ours,
        ([], []) => Evidence::None,
        _ => Evidence::Foreign,
    }
}
