//! The origin check: which site a request comes from, by its headers alone.

use poem::Request;

use super::Site;

/// Where a request comes from, by the headers that browsers set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestOrigin {
    /// A page of this origin, or the browser's own address bar.
    Own,
    /// Another site, or headers that contradict each other.
    Foreign,
    /// No header: an old browser, or a program. The form's CSRF token decides.
    Unknown,
}

/// Reads `Sec-Fetch-Site`, which no page can forge, and where it is missing `Origin`.
pub(super) fn request_origin(request: &Request, site: &Site) -> RequestOrigin {
    let values =
        |name: &str| request.headers().get_all(name).iter().map(|value| value.to_str().unwrap_or("")).collect();
    let fetch_site: Vec<&str> = values("sec-fetch-site");
    let origin: Vec<&str> = values("origin");
    match (fetch_site.as_slice(), origin.as_slice()) {
        (["same-origin" | "none"], _) => RequestOrigin::Own,
        ([], [origin]) if site.is_own_origin(origin, request) => RequestOrigin::Own,
        ([], []) => RequestOrigin::Unknown,
        _ => RequestOrigin::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: (&str, &str) = ("origin", "https://dinner.example");

    fn origin_of(headers: &[(&'static str, &'static str)]) -> RequestOrigin {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let site = Site::Origin(url::Url::parse("https://dinner.example").unwrap().origin());
        request_origin(&request.finish(), &site)
    }

    #[test]
    fn sec_fetch_site_wins_over_origin() {
        assert_eq!(origin_of(&[("sec-fetch-site", "same-origin")]), RequestOrigin::Own);
        assert_eq!(origin_of(&[("sec-fetch-site", "none")]), RequestOrigin::Own);
        assert_eq!(origin_of(&[("sec-fetch-site", "same-site"), OWN]), RequestOrigin::Foreign);
        assert_eq!(origin_of(&[("sec-fetch-site", "cross-site"), OWN]), RequestOrigin::Foreign);
        assert_eq!(origin_of(&[OWN]), RequestOrigin::Own);
    }

    #[test]
    fn repeated_or_malformed_header_is_foreign() {
        let same_origin = ("sec-fetch-site", "same-origin");
        assert_eq!(origin_of(&[same_origin, same_origin]), RequestOrigin::Foreign);
        assert_eq!(origin_of(&[OWN, OWN]), RequestOrigin::Foreign);
        assert_eq!(origin_of(&[("origin", "null")]), RequestOrigin::Foreign);
        assert_eq!(origin_of(&[("origin", "\u{e9}")]), RequestOrigin::Foreign);
    }

    #[test]
    fn request_without_both_headers_has_unknown_origin() {
        assert_eq!(origin_of(&[("referer", "https://dinner.example/")]), RequestOrigin::Unknown);
    }
}
