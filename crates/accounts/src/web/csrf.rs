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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &'static str)]) -> Evidence {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let site = Site::Origin(url::Url::parse("https://dinner.example").unwrap().origin());
        evidence(&request.finish(), &site)
    }

    #[test]
    fn the_browsers_own_word_counts_before_the_origin() {
        let ours = ("origin", "https://dinner.example");
        assert_eq!(of(&[("sec-fetch-site", "same-origin")]), Evidence::Ours);
        assert_eq!(of(&[("sec-fetch-site", "none")]), Evidence::Ours);
        assert_eq!(of(&[("sec-fetch-site", "same-site"), ours]), Evidence::Foreign);
        assert_eq!(of(&[("sec-fetch-site", "cross-site"), ours]), Evidence::Foreign);
        assert_eq!(of(&[ours]), Evidence::Ours);
    }

    #[test]
    fn what_is_said_twice_or_makes_no_sense_is_foreign_and_silence_is_nothing() {
        assert_eq!(of(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")]), Evidence::Foreign);
        assert_eq!(
            of(&[("origin", "https://dinner.example"), ("origin", "https://dinner.example")]),
            Evidence::Foreign
        );
        assert_eq!(of(&[("origin", "null")]), Evidence::Foreign);
        assert_eq!(of(&[("origin", "\u{e9}")]), Evidence::Foreign);
        assert_eq!(of(&[("referer", "https://dinner.example/")]), Evidence::None);
    }

    #[test]
    fn every_method_that_may_change_something_is_unsafe_even_one_nobody_knows() {
        for (method, is) in [("GET", false), ("HEAD", false), ("OPTIONS", false), ("POST", true), ("PUT", true)] {
            assert_eq!(is_unsafe(&Method::from_bytes(method.as_bytes()).unwrap()), is, "{method}");
        }
        for method in ["PATCH", "DELETE", "TRACE", "CONNECT", "PROPPATCH", "get", "BREW"] {
            assert!(is_unsafe(&Method::from_bytes(method.as_bytes()).unwrap()), "{method}");
        }
    }
}
